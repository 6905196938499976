from datetime import UTC, datetime

import factory

from filiera.mail.models import OutgoingMail

NOW = datetime(2023, 5, 10, 9, 0, tzinfo=UTC)


class OutgoingMailFactory(factory.django.DjangoModelFactory[OutgoingMail]):
    class Meta:
        model = OutgoingMail

    key = factory.Sequence(lambda number: f"test:{number}")
    to_address = "reader@example.org"
    subject = "Programme published"
    text = "The programme is there.\n"
    language = "en"
    created_at = NOW
    send_after = NOW
