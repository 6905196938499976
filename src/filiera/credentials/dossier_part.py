"""What certificates add to somebody's take-home dossier."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from filiera.academy.dates import plain_date
from filiera.academy.models import Edition
from filiera.accounts.viewer import Viewer
from filiera.credentials.queries.certificates import certificates_of_holder
from filiera.credentials.queries.verification import verify_address
from filiera.texts.languages import translated
from filiera.workshops import dossier_parts
from filiera.workshops.dossier_parts import Entry, Section


def certificates(viewer: Viewer, edition: Edition) -> Iterable[Section]:
    entries = [
        Entry(
            translated(certificate.award.name),
            _("Issued on %(day)s") % {"day": plain_date(certificate.issued_at.date())},
            verify_address(certificate.code),
        )
        for certificate in certificates_of_holder(viewer, edition).filter(revoked_at__isnull=True)
    ]
    return [Section(_("My certificates"), entries, _("No certificate was issued yet."))]


def register_part() -> None:
    dossier_parts.register("credentials", certificates, order=90)
