"""The certificate on paper (PDF/UA-1), in the language asked for."""

from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from babel.dates import format_date
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from filiera.academy.dates import days_between, plain_date
from filiera.admissions.models import PresenceMode
from filiera.credentials.codes import shown_code
from filiera.credentials.contents import AttendedDay, Contents
from filiera.credentials.models import Certificate
from filiera.credentials.queries.verification import verify_address
from filiera.credentials.words import duration_words, mode_words, share_words
from filiera.design.codes import qr_file
from filiera.design.typesetting import pdf
from filiera.texts.languages import translated
from filiera.texts.markdown import plain_text

TEMPLATE = Path(__file__).with_name("certificate.typ")


def certificate_pdf(certificate: Certificate, *, language: str) -> bytes:
    """What the certificate says, with its code and the address at which it can be verified."""
    with override(language):
        contents: Contents = certificate.contents
        address = verify_address(certificate.code)
        award = translated(contents["award"], language)
        return pdf(
            TEMPLATE,
            {
                "language": language,
                "title": _("Certificate: %(award)s, %(name)s")
                % {"award": award, "name": certificate.holder_name},
                "heading": _("Certificate of attendance"),
                "organiser": contents["organiser"],
                "certifies": _("This certifies that"),
                "name": certificate.holder_name,
                "took_part": _("took part in"),
                "award": award,
                "description": plain_text(translated(contents["description"], language)),
                "edition": translated(contents["edition"], language),
                "when": _when(contents),
                "figures": _figures(contents),
                "days_title": _("The days"),
                "days": [_day(day, language) for day in contents["days"]],
                "outcomes_title": _("Learning outcomes"),
                "outcomes": [translated(outcome, language) for outcome in contents["outcomes"]],
                "criteria_title": _("What was asked for"),
                "criteria": translated(contents["criteria"], language),
                "issued": _("Issued on %(day)s by %(organiser)s")
                % {"day": plain_date(certificate.issued_at.date()), "organiser": contents["organiser"]},
                "verify": _("Anybody can verify this certificate:"),
                "address": f"{urlsplit(settings.PUBLIC_URL).netloc}/verify/",
                "code_label": _("Code"),
                "code": shown_code(certificate.code),
                "link": address,
                "qr": qr_file(address),
                "qr_alt": _("QR code that leads to %(address)s") % {"address": address},
                "mark": _("Demonstration: made up, certifies nothing")
                if certificate.is_demonstration
                else "",
            },
        )


def _when(contents: Contents) -> str:
    first, last = date.fromisoformat(contents["starts_on"]), date.fromisoformat(contents["ends_on"])
    return ", ".join(filter(None, (days_between(first, last), contents["place"])))


def _figures(contents: Contents) -> list[dict[str, str]]:
    days = len(contents["days"])
    figures = [
        {"value": duration_words(contents["minutes"]), "label": _("attended")},
        {"value": str(days), "label": ngettext("day", "days", days)},
    ]
    if contents["held_minutes"]:
        share = min(1.0, contents["minutes"] / contents["held_minutes"])
        figures.append({"value": share_words(share), "label": _("of the hours held")})
    return figures


def _day(day: AttendedDay, language: str) -> dict[str, str]:
    told = date.fromisoformat(day["date"])
    return {
        "date": format_date(told, "d MMM y", locale=language),
        "mode": mode_words(day["modes"]),
        "hours": duration_words(day["minutes"]),
        "node": "ring" if day["modes"] == [PresenceMode.ONLINE] else "disc",
    }
