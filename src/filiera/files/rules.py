"""What may be uploaded: kinds of file told by their content, their extension and their size."""

import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath
from typing import IO

from django.utils.translation import gettext_lazy as _

from filiera.shared.errors import DomainError

_MEGABYTE = 1024 * 1024
_HEAD_BYTES = 4096
_MAX_ARCHIVE_ENTRIES = 10_000


class FileEmpty(DomainError):
    message = _("This file is empty.")


class FileTooLarge(DomainError):
    def __init__(self, *, limit_bytes: int) -> None:
        limit_mb = max(1, limit_bytes // _MEGABYTE)
        super().__init__(
            _("This file is too large; at most %(limit)s MB are possible.") % {"limit": limit_mb}
        )


class FileTypeNotAccepted(DomainError):
    def __init__(self, *, extensions: tuple[str, ...]) -> None:
        listed = ", ".join(extensions)
        super().__init__(
            _("This kind of file is not accepted here; possible are: %(list)s.") % {"list": listed}
        )


class FileContentDiffers(DomainError):
    def __init__(self, *, extension: str) -> None:
        super().__init__(
            _("The content of this file is not what its name says (%(extension)s).")
            % {"extension": extension}
        )


@dataclass(frozen=True, slots=True)
class FileKind:
    """One kind of file: how it is called, how it is recognised."""

    content_type: str
    extensions: tuple[str, ...]
    recognises: Callable[[IO[bytes]], bool]


@dataclass(frozen=True, slots=True)
class UploadRules:
    """The kinds and the size that one place of the platform accepts."""

    kinds: tuple[FileKind, ...]
    max_bytes: int = 20 * _MEGABYTE

    @property
    def extensions(self) -> tuple[str, ...]:
        return tuple(extension for kind in self.kinds for extension in kind.extensions)


def recognised_kind(*, content: IO[bytes], name: str, size_bytes: int, rules: UploadRules) -> FileKind:
    """The kind that both the name and the content of an upload agree on.

    Raises FileEmpty, FileTooLarge, FileTypeNotAccepted, FileContentDiffers.
    """
    if size_bytes <= 0:
        raise FileEmpty
    if size_bytes > rules.max_bytes:
        raise FileTooLarge(limit_bytes=rules.max_bytes)
    extension = PurePath(name).suffix.lower()
    kind = next((kind for kind in rules.kinds if extension in kind.extensions), None)
    if kind is None:
        raise FileTypeNotAccepted(extensions=rules.extensions)
    content.seek(0)
    is_what_it_says = kind.recognises(content)
    content.seek(0)
    if not is_what_it_says:
        raise FileContentDiffers(extension=extension)
    return kind


def _starts_with(*signatures: bytes) -> Callable[[IO[bytes]], bool]:
    return lambda content: content.read(_HEAD_BYTES).startswith(signatures)


def _is_webp(content: IO[bytes]) -> bool:
    head = content.read(12)
    return head[:4] == b"RIFF" and head[8:12] == b"WEBP"


def _is_text(content: IO[bytes]) -> bool:
    head = content.read(_HEAD_BYTES)
    if b"\x00" in head:
        return False
    try:
        head.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # A character may be cut in two at the end of what was read.
        return error.start > len(head) - 4
    return True


def _is_archive_with(entry: str) -> Callable[[IO[bytes]], bool]:
    def recognises(content: IO[bytes]) -> bool:
        try:
            with zipfile.ZipFile(content) as archive:
                names = archive.namelist()
        except (zipfile.BadZipFile, ValueError, OSError):
            return False
        return len(names) <= _MAX_ARCHIVE_ENTRIES and any(name.startswith(entry) for name in names)

    return recognises


_OFFICE = "application/vnd.openxmlformats-officedocument"
PDF = FileKind("application/pdf", (".pdf",), _starts_with(b"%PDF-"))
PNG = FileKind("image/png", (".png",), _starts_with(b"\x89PNG\r\n\x1a\n"))
JPEG = FileKind("image/jpeg", (".jpg", ".jpeg"), _starts_with(b"\xff\xd8\xff"))
WEBP = FileKind("image/webp", (".webp",), _is_webp)
PPTX = FileKind(f"{_OFFICE}.presentationml.presentation", (".pptx",), _is_archive_with("ppt/"))
DOCX = FileKind(f"{_OFFICE}.wordprocessingml.document", (".docx",), _is_archive_with("word/"))
XLSX = FileKind(f"{_OFFICE}.spreadsheetml.sheet", (".xlsx",), _is_archive_with("xl/"))
ODP = FileKind("application/vnd.oasis.opendocument.presentation", (".odp",), _is_archive_with("content.xml"))
ODT = FileKind("application/vnd.oasis.opendocument.text", (".odt",), _is_archive_with("content.xml"))
ODS = FileKind("application/vnd.oasis.opendocument.spreadsheet", (".ods",), _is_archive_with("content.xml"))
CSV = FileKind("text/csv", (".csv",), _is_text)
TEXT = FileKind("text/plain", (".txt", ".md"), _is_text)
PARQUET = FileKind("application/vnd.apache.parquet", (".parquet",), _starts_with(b"PAR1"))
ZIP = FileKind("application/zip", (".zip",), _starts_with(b"PK\x03\x04"))

PHOTOGRAPHS = UploadRules((JPEG, PNG, WEBP), max_bytes=10 * _MEGABYTE)
MATERIALS = UploadRules(
    (PDF, PPTX, DOCX, XLSX, ODP, ODT, ODS, CSV, TEXT, PNG, JPEG, WEBP), max_bytes=50 * _MEGABYTE
)
TABLES = UploadRules((CSV, XLSX), max_bytes=10 * _MEGABYTE)
