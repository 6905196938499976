from datetime import UTC, datetime
from hashlib import sha256

import factory

from filiera.files.models import StoredFile

NOW = datetime(2023, 5, 10, 9, 0, tzinfo=UTC)


class StoredFileFactory(factory.django.DjangoModelFactory[StoredFile]):
    class Meta:
        model = StoredFile

    name = "slides.pdf"
    content_type = "application/pdf"
    size_bytes = 9
    sha256 = sha256(b"%PDF-1.7\n").hexdigest()
    path = factory.Sequence(lambda number: f"test/{number}")
    policy = "files.uploader_only"
    uploaded_at = NOW
