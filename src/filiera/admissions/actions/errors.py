"""Refusals of this room that a form shows at one of its fields."""

from typing import ClassVar

from filiera.shared.errors import DomainError


class FieldRefusal(DomainError):
    """A refusal with the name of the field it belongs to."""

    field: ClassVar[str] = ""
