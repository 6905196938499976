"""The tables that every statement reads, the same on every engine.

Moments are whole microseconds since 1970 and identities whole numbers: no engine has a time zone, a
collation or a floating point of its own to add. A fact that was reversed, and its reversal, are not there.
"""

FACTS = {
    "fact": "int64",  # 60 random bits of its id
    "mark": "int64",  # 32 of them, to sum into a digest
    "kind": "string",
    "at_us": "int64",
    "period": "int16",  # the place of its period among those asked for; null before the first
    "organisation": "int64",
    "counterpart": "int64",
    "person": "int64",
    "subject": "int64",
    "quantity": "decimal(16, 4)",
    "amount": "decimal(16, 2)",
    "ecosystem": "string",
    "region": "string",
    "size_class": "string",
    "source": "string",
    "organisation_type": "string",
    "organisation_country": "string",
    "counterpart_type": "string",
    "counterpart_country": "string",
    "edition": "int64",
}
# Which organisations' facts a body counts, and for which time; its intervals never overlap.
SCOPE = {"body": "int64", "organisation": "int64", "since_us": "int64", "until_us": "int64"}
# A region lies in itself and in those above it.
PLACES = {"body": "string", "region": "string"}
# What an organisation works on among the priorities of its region, while their strategy is in force.
PRIORITIES = {"holder": "int64", "s3_priority": "string", "from_us": "int64", "to_us": "int64"}
# The moment at which a stock is taken: the end of a period, or now in the open one.
PERIODS = {"period": "int16", "end_us": "int64"}

BEGINNING_US = -(2**62)
ENDLESS_US = 2**62
