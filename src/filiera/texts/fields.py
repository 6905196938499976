"""The column type for a text in several languages."""

from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper


class TranslatedField(models.JSONField):
    """A JSON object from language code to text, e.g. {"en": "Welcome", "it": "Benvenuto"}.

    The database refuses anything else: a check on the column itself, so no model can forget it.
    """

    _pyi_private_set_type: dict[str, str]
    _pyi_private_get_type: dict[str, str]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", dict)
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)

    def db_check(self, connection: BaseDatabaseWrapper) -> str:
        column = connection.ops.quote_name(self.column or self.name)
        return (
            f"jsonb_typeof({column}) = 'object'"
            f" AND NOT jsonb_path_exists({column}, '$.* ? (@.type() != \"string\")')"
        )
