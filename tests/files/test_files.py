import io
import struct
import zipfile
import zlib
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.http import Http404
from django.test import RequestFactory
from PIL import Image

from filiera.accounts.viewer import SYSTEM, VISITOR
from filiera.files import actions, images, policies, rules, views
from filiera.files.forms import PhotographField, UploadField
from filiera.files.models import StoredFile
from tests.accounts.factories import NOW, PersonFactory, viewer_of
from tests.files.factories import StoredFileFactory

PDF = b"%PDF-1.7\nslides"


@pytest.fixture(autouse=True)
def _files_in_a_temporary_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def picture(width=800, height=600, kind="PNG", mode="RGB"):
    written = io.BytesIO()
    Image.new(mode, (width, height), "teal").save(written, format=kind)
    return written.getvalue()


def png_that_claims(width, height):
    """A few bytes whose header promises an enormous picture."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(b"\x00")), (b"IEND", b"")]
    body = b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + body


def archive_with(*names):
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name in names:
            archive.writestr(name, "content")
    return written.getvalue()


@pytest.mark.django_db
def test_store_upload_keeps_bytes_digest_and_owner():
    person = PersonFactory()

    stored = actions.store_upload(
        upload=SimpleUploadedFile("../../Slides è.pdf", PDF),
        rules=rules.MATERIALS,
        policy=policies.UPLOADER_ONLY,
        by=viewer_of(person),
        at=NOW,
    )

    assert (stored.name, stored.content_type, stored.size_bytes, stored.uploaded_by, stored.uploaded_at) == (
        "Slides è.pdf",
        "application/pdf",
        len(PDF),
        person,
        NOW,
    )
    assert Path(default_storage.path(stored.path)).read_bytes() == PDF


@pytest.mark.parametrize(
    ("name", "content", "error"),
    [
        ("empty.pdf", b"", rules.FileEmpty),
        ("program.exe", b"MZ", rules.FileTypeNotAccepted),
        ("page.html", b"<script>", rules.FileTypeNotAccepted),
        ("drawing.svg", b"<svg/>", rules.FileTypeNotAccepted),
        ("slides.pdf", b"<script>alert(1)</script>", rules.FileContentDiffers),
        ("slides.pptx", archive_with("word/document.xml"), rules.FileContentDiffers),
        ("slides.pptx", b"PK\x03\x04 cut off", rules.FileContentDiffers),
        ("photo.png", picture(kind="JPEG"), rules.FileContentDiffers),
        ("table.csv", b"a;b\x00c", rules.FileContentDiffers),
        ("table.csv", b"caf\xe9;1\n" * 3, rules.FileContentDiffers),
        ("no_extension", PDF, rules.FileTypeNotAccepted),
    ],
)
def test_upload_refused(name, content, error):
    with pytest.raises(error):
        rules.recognised_kind(
            content=io.BytesIO(content), name=name, size_bytes=len(content), rules=rules.MATERIALS
        )


@pytest.mark.parametrize(
    ("name", "content", "content_type"),
    [
        ("SLIDES.PDF", PDF, "application/pdf"),
        ("a.pptx", archive_with("ppt/presentation.xml"), rules.PPTX.content_type),
        ("a.odp", archive_with("content.xml"), rules.ODP.content_type),
        ("a.csv", "città;1\n".encode(), "text/csv"),
        ("a.webp", picture(kind="WEBP"), "image/webp"),
    ],
)
def test_upload_recognised(name, content, content_type):
    kind = rules.recognised_kind(
        content=io.BytesIO(content), name=name, size_bytes=len(content), rules=rules.MATERIALS
    )

    assert kind.content_type == content_type


def test_too_large_upload_names_the_limit():
    with pytest.raises(rules.FileTooLarge, match="at most 10 MB"):
        rules.recognised_kind(
            content=io.BytesIO(PDF), name="a.csv", size_bytes=11 * 1024 * 1024, rules=rules.TABLES
        )


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P", "L"])
def test_photograph_is_a_small_square_without_metadata(mode):
    source = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "where I live"
    Image.new(mode, (900, 500)).save(source, format="PNG", exif=exif)

    written = images.square_photograph(io.BytesIO(source.getvalue()))

    with Image.open(io.BytesIO(written)) as result:
        assert (result.format, result.size, dict(result.getexif())) == ("JPEG", (640, 640), {})


@pytest.mark.parametrize("side", [7000, 12_000, 60_000])
def test_picture_of_too_many_pixels_is_refused_before_it_is_decoded(side):
    with pytest.raises(images.ImageTooManyPixels):
        images.square_photograph(io.BytesIO(png_that_claims(side, side)))


@pytest.mark.parametrize("content", [png_that_claims(100, 100), picture()[:60], b"GIF89a", b""])
def test_damaged_picture_is_refused(content):
    with pytest.raises(images.ImageUnreadable):
        images.square_photograph(io.BytesIO(content))


@pytest.mark.parametrize(
    ("field", "upload"),
    [
        (UploadField(rules=rules.TABLES), SimpleUploadedFile("a.exe", b"MZ")),
        (PhotographField(), SimpleUploadedFile("a.png", png_that_claims(50_000, 50_000))),
        (PhotographField(), SimpleUploadedFile("a.png", picture()[:80])),
    ],
)
def test_field_tells_what_is_wrong(field, upload):
    with pytest.raises(ValidationError) as refused:
        field.clean(upload)

    assert len(refused.value.messages) == 1


@pytest.mark.django_db
def test_file_is_served_as_attachment_to_whom_its_policy_lets():
    person = PersonFactory()
    stored = actions.store_made(
        content=PDF,
        name="é.pdf",
        content_type="application/pdf",
        policy=policies.UPLOADER_ONLY,
        by=viewer_of(person),
        at=NOW,
    )
    request = RequestFactory().get("/")
    request.viewer = viewer_of(person)

    response = views.file_download(request, stored.uuid)

    assert (b"".join(response.streaming_content), dict(response.headers)) == (
        PDF,
        {
            "Content-Type": "application/pdf",
            "Content-Length": str(len(PDF)),
            "Content-Disposition": "attachment; filename*=utf-8''%C3%A9.pdf",
            "ETag": f'"{stored.sha256}"',
            "Cache-Control": "private, no-cache",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; sandbox",
        },
    )
    response.close()


@pytest.mark.django_db
@pytest.mark.parametrize("policy", [policies.UPLOADER_ONLY, "gone.away"])
def test_file_is_unknown_to_others(policy):
    stored = StoredFileFactory(policy=policy, uploaded_by=PersonFactory())
    request = RequestFactory().get("/")

    for viewer in (VISITOR, viewer_of(PersonFactory())):
        request.viewer = viewer
        with pytest.raises(Http404):
            views.file_download(request, stored.uuid)


@pytest.mark.django_db
def test_unchanged_file_is_not_sent_again():
    person = PersonFactory()
    stored = StoredFileFactory(uploaded_by=person)
    request = RequestFactory().get("/", headers={"If-None-Match": f'"{stored.sha256}"'})
    request.viewer = viewer_of(person)

    assert views.file_download(request, stored.uuid).status_code == 304


@pytest.mark.django_db
def test_discarded_file_leaves_the_disk_after_the_transaction(django_capture_on_commit_callbacks):
    stored = actions.store_made(
        content=PDF,
        name="a.pdf",
        content_type="application/pdf",
        policy=policies.UPLOADER_ONLY,
        by=SYSTEM,
        at=NOW,
    )
    path = Path(default_storage.path(stored.path))

    with django_capture_on_commit_callbacks(execute=True):
        actions.discard_file(stored_file=stored)
        assert path.exists()

    assert (path.exists(), StoredFile.objects.count()) == (False, 0)


@pytest.mark.django_db
def test_a_policy_nobody_registered_is_refused_at_the_door():
    with pytest.raises(ValueError, match="No policy"):
        actions.store_made(content=PDF, name="a", content_type="x/y", policy="no.such", by=SYSTEM, at=NOW)


@pytest.mark.django_db
@pytest.mark.parametrize("values", [{"size_bytes": 0}, {"sha256": "short"}, {"policy": ""}])
def test_database_refuses_impossible_files(values):
    with pytest.raises(IntegrityError), transaction.atomic():
        StoredFileFactory(**values)


@pytest.mark.django_db
def test_visible_to_shows_own_uploads():
    person = PersonFactory()
    own = StoredFileFactory(uploaded_by=person)
    other = StoredFileFactory(uploaded_by=PersonFactory())

    assert list(StoredFile.objects.visible_to(viewer_of(person))) == [own]
    assert set(StoredFile.objects.visible_to(SYSTEM)) == {own, other}
    assert list(StoredFile.objects.visible_to(VISITOR)) == []


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("C:\\Users\\me\\plan.pdf", "plan.pdf"),
        ("a\x00b\n.pdf", "ab.pdf"),
        ("", "file"),
        (None, "file"),
        ("x" * 300 + ".pdf", "x" * 150 + ".pdf"),
        ('<img src="x">.png', "img src=x.png"),
    ],
)
def test_file_name_is_made_harmless(given, kept):
    assert actions.file_name(given) == kept
