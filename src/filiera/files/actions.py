"""Keeping and removing uploaded files."""

from datetime import datetime
from functools import partial
from hashlib import file_digest
from pathlib import PurePath
from uuid import uuid4

from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.db import transaction

from filiera.files.images import square_photograph
from filiera.files.models import StoredFile
from filiera.files.policies import is_registered
from filiera.files.rules import JPEG, PHOTOGRAPHS, UploadRules, recognised_kind
from filiera.shared.viewing import Onlooker


@transaction.atomic
def store_upload(
    *, upload: "File[bytes]", rules: UploadRules, policy: str, by: Onlooker, at: datetime
) -> StoredFile:
    """Keep an upload whose content, name and size are what the rules accept.

    `policy` is the registered name of the owner app's policy that will be asked at each reading.
    Raises FileEmpty, FileTooLarge, FileTypeNotAccepted, FileContentDiffers.
    """
    name = file_name(upload.name)
    kind = recognised_kind(content=upload, name=name, size_bytes=upload.size, rules=rules)
    return _keep(content=upload, name=name, content_type=kind.content_type, policy=policy, by=by, at=at)


@transaction.atomic
def store_photograph(*, upload: "File[bytes]", policy: str, by: Onlooker, at: datetime) -> StoredFile:
    """Keep a square, freshly written copy of a picture; the uploaded file itself is not kept.

    Raises what store_upload raises, and ImageUnreadable, ImageTooManyPixels.
    """
    name = file_name(upload.name)
    recognised_kind(content=upload, name=name, size_bytes=upload.size, rules=PHOTOGRAPHS)
    photograph = ContentFile(square_photograph(upload))
    name = f"{PurePath(name).stem}.jpg"
    return _keep(content=photograph, name=name, content_type=JPEG.content_type, policy=policy, by=by, at=at)


@transaction.atomic
def store_made(
    *, content: bytes, name: str, content_type: str, policy: str, by: Onlooker, at: datetime
) -> StoredFile:
    """Keep a file that the platform itself made, such as an export."""
    return _keep(
        content=ContentFile(content),
        name=file_name(name),
        content_type=content_type,
        policy=policy,
        by=by,
        at=at,
    )


@transaction.atomic
def discard_file(*, stored_file: StoredFile) -> None:
    """Remove a file; its bytes go once the removal is certain."""
    path = stored_file.path
    stored_file.delete()
    transaction.on_commit(partial(default_storage.delete, path))


def file_name(given: str | None) -> str:
    """The last part of an uploaded name, without what a file system or a header could stumble over."""
    last = PurePath((given or "").replace("\\", "/")).name
    readable = "".join(
        character for character in last if character.isprintable() and character not in '<>:"|?*'
    )
    stem, suffix = PurePath(readable).stem[:150].strip(), PurePath(readable).suffix[:20]
    return f"{stem or 'file'}{suffix}"


def _keep(
    *,
    content: "File[bytes]",
    name: str,
    content_type: str,
    policy: str,
    by: Onlooker,
    at: datetime,
) -> StoredFile:
    if not is_registered(policy):
        raise ValueError(f"No policy is registered as {policy!r}.")
    content.seek(0)
    digest = file_digest(content, "sha256").hexdigest()
    content.seek(0)
    uuid = uuid4()
    # Written before the row is certain: a file without a row is harmless, a row without a file is not.
    path = default_storage.save(f"{uuid.hex[:2]}/{uuid.hex}", content)
    return StoredFile.objects.create(
        uuid=uuid,
        name=name,
        content_type=content_type,
        size_bytes=content.size,
        sha256=digest,
        path=path,
        policy=policy,
        uploaded_by_id=by.person_id,
        uploaded_at=at,
    )
