"""The errors that a person can do something about."""

import re
from typing import ClassVar

from django.utils.functional import Promise


class DomainError(Exception):
    """A refusal with a sentence that a user can read and a stable code for the API."""

    message: ClassVar[str | Promise] = ""
    status: ClassVar[int] = 422

    def __init__(self, message: str | Promise | None = None) -> None:
        super().__init__(message or self.message)

    @property
    def code(self) -> str:
        return re.sub(r"(?<!^)(?=[A-Z])", "_", type(self).__name__).lower()

    def __str__(self) -> str:
        return str(self.args[0])
