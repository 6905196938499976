"""Writing the ledger: recording, reversing, importing many facts at once."""

from .exports import export_facts
from .imports import (
    IMPORT_COLUMNS,
    FactsHaveMistakes,
    FactsReport,
    ImportAlreadyReversed,
    import_facts,
    reverse_import,
)
from .recording import (
    EvidenceMissing,
    FactAlreadyReversed,
    Happening,
    ReversalCannotBeReversed,
    idempotency_key,
    record,
    record_many,
    reverse,
    reverse_standing,
    subject_type,
)

__all__ = [
    "IMPORT_COLUMNS",
    "EvidenceMissing",
    "FactAlreadyReversed",
    "FactsHaveMistakes",
    "FactsReport",
    "Happening",
    "ImportAlreadyReversed",
    "ReversalCannotBeReversed",
    "export_facts",
    "idempotency_key",
    "import_facts",
    "record",
    "record_many",
    "reverse",
    "reverse_import",
    "reverse_standing",
    "subject_type",
]
