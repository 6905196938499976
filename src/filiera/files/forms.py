"""Form fields for uploads: what is wrong with a file is told at the field."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from filiera.files.images import square_photograph
from filiera.files.rules import PHOTOGRAPHS, UploadRules, recognised_kind
from filiera.shared.errors import DomainError


class UploadField(forms.FileField):
    """A file of the kinds and the size that the rules accept."""

    def __init__(self, *, rules: UploadRules, **kwargs: Any) -> None:
        self.rules = rules
        super().__init__(**kwargs)
        self.widget.attrs.setdefault("accept", ",".join(rules.extensions))

    def clean(self, data: Any, initial: Any = None) -> Any:
        upload = super().clean(data, initial)
        if isinstance(upload, UploadedFile):
            try:
                self.check_upload(upload)
            except DomainError as error:
                raise ValidationError(str(error), code=error.code) from error
        return upload

    def check_upload(self, upload: "UploadedFile[bytes]") -> None:
        recognised_kind(content=upload, name=upload.name or "", size_bytes=upload.size or 0, rules=self.rules)


class PhotographField(UploadField):
    """A picture that can be decoded within the limits."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(rules=PHOTOGRAPHS, **kwargs)

    def check_upload(self, upload: "UploadedFile[bytes]") -> None:
        super().check_upload(upload)
        square_photograph(upload)
        upload.seek(0)
