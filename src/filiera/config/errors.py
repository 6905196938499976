"""What an operator is told when a command cannot do its work: one line, exit code 1."""


class CannotRun(Exception):
    """The work could not be done; the text is the line for standard error."""
