"""Writing the ledger: recording, reversing, importing many facts at once."""

from .imports import IMPORT_COLUMNS, FactsHaveMistakes, FactsReport, import_facts
from .recording import (
    EvidenceMissing,
    FactAlreadyReversed,
    ReversalCannotBeReversed,
    idempotency_key,
    record,
    reverse,
    subject_type,
)

__all__ = [
    "IMPORT_COLUMNS",
    "EvidenceMissing",
    "FactAlreadyReversed",
    "FactsHaveMistakes",
    "FactsReport",
    "ReversalCannotBeReversed",
    "idempotency_key",
    "import_facts",
    "record",
    "reverse",
    "subject_type",
]
