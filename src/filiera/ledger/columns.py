"""The columns under which engines for figures read facts, each as PostgreSQL forms it.

The live table and the export to Parquet use the same expressions, so no engine sees another number.
Identities are whole numbers: engines count and compare them alike, and a file of them names nobody.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FactColumn:
    """A column, its expression over `fact`, `organisation` and `counterpart`, and its type in Parquet."""

    name: str
    expression: str
    arrow_type: str


def _hash_of(uuid: str) -> str:
    # The first 60 random bits of a key of version 4.
    return f"('x' || substr(replace({uuid}::text, '-', ''), 1, 16))::bit(64)::bigint"


FACT_COLUMNS = (
    FactColumn("fact", _hash_of("fact.id"), "int64"),
    FactColumn("mark", "('x' || left(fact.id::text, 8))::bit(32)::bigint & 4294967295", "int64"),
    FactColumn("kind", "fact.kind", "string"),
    FactColumn("at_us", "(extract(epoch FROM fact.happened_at) * 1000000)::bigint", "int64"),
    FactColumn("organisation", "fact.organisation_id", "int64"),
    FactColumn("counterpart", "fact.counterpart_id", "int64"),
    FactColumn("person", _hash_of("fact.person"), "int64"),
    FactColumn("subject", "hashtextextended(fact.subject_type || '/' || fact.subject_key, 0)", "int64"),
    FactColumn("quantity", "fact.quantity", "decimal(16, 4)"),
    FactColumn("amount", "fact.amount_eur", "decimal(16, 2)"),
    FactColumn("ecosystem", "fact.ecosystem_id", "string"),
    FactColumn("region", "fact.region_id", "string"),
    FactColumn("size_class", "fact.size_class", "string"),
    FactColumn("source", "fact.source", "string"),
    FactColumn("organisation_type", "organisation.kind", "string"),
    FactColumn("organisation_country", "organisation.country_id", "string"),
    FactColumn("counterpart_type", "counterpart.kind", "string"),
    FactColumn("counterpart_country", "counterpart.country_id", "string"),
)
FACTS_WITH_ORGANISATIONS = (
    "ledger_fact AS fact"
    " LEFT JOIN organisations_organisation AS organisation ON organisation.id = fact.organisation_id"
    " LEFT JOIN organisations_organisation AS counterpart ON counterpart.id = fact.counterpart_id"
)
# A fact that was reversed, and what reversed it, both vanish.
STANDING = (
    "fact.reverses IS NULL AND NOT EXISTS (SELECT FROM ledger_fact AS reversal"
    " WHERE reversal.year = fact.year AND reversal.reverses = fact.id AND reversal.reverses IS NOT NULL)"
)


def standing_until(last: int, first: int | None = None) -> str:
    """The same for these years only, said twice: a plan then leaves out the partitions of all others."""
    within = f"<= {last}" if first is None else f"BETWEEN {first} AND {last}"
    reversal = f"reversal.year {within} AND reversal.year = fact.year"
    return f"fact.year {within} AND " + STANDING.replace("reversal.year = fact.year", reversal)
