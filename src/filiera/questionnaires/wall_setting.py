"""The setting of a transaction that the database asks before it shows a sensitive answer.

Here by itself, because restoring a backup counts all rows before the models are loaded.
"""

SETTING = "filiera.sensitive"
EVERYTHING = "all"
