"""The invitation letter on paper (PDF/UA-1), in the language of the reader."""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import override

from filiera.academy.dates import days_between, plain_date
from filiera.academy.models import Edition, Part, PartMode
from filiera.admissions.models import InvitationLetter, Participation
from filiera.design.typesetting import pdf
from filiera.shared.time import at_zone
from filiera.texts.languages import translated

TEMPLATE = Path(__file__).with_name("invitation.typ")


def invitation_pdf(
    *,
    participation: Participation,
    letter: InvitationLetter,
    parts: Sequence[Part],
    language: str,
    at: datetime,
) -> bytes:
    """The letter to one participant, with the parts of the edition and who signs it."""
    edition = participation.edition
    with override(language):
        name = translated(edition.name, language)
        data = {
            "title": _("Invitation to %(edition)s") % {"edition": name},
            "language": language,
            "footer": _("Filiera, %(edition)s") % {"edition": edition.slug},
            "sender": edition.organiser.name,
            "date": plain_date(at_zone(at, edition.time_zone).date()),
            "addressee": [
                participation.name,
                participation.position,
                participation.organisation.name
                if participation.organisation
                else participation.organisation_name,
                translated(participation.country.names, language) if participation.country else "",
            ],
            "greeting": _("Dear %(name)s,") % {"name": participation.name},
            "opening": _(
                "%(organiser)s invites you to take part in %(edition)s. "
                "Your place is confirmed since %(day)s."
            )
            % {
                "organiser": edition.organiser.name,
                "edition": name,
                "day": plain_date(_confirmed_on(participation, at)),
            },
            "host": _("The host is %(host)s.") % {"host": edition.host.name} if edition.host else "",
            "columns": [_("Part"), _("Days"), _("How it is held"), _("Where")],
            "parts": [_part_row(part, language) for part in parts],
            "text": translated(letter.text, language),
            "closing": _("We look forward to working with you."),
            "signed_by": letter.signed_by,
            "signed_as": translated(letter.signed_as, language),
            "signature": _("Signature"),
            "demonstration": _("Demonstration: this letter was made up and invites nobody.")
            if edition.is_demonstration
            else "",
        }
    return pdf(TEMPLATE, data)


def _confirmed_on(participation: Participation, at: datetime) -> date:
    return at_zone(participation.confirmed_at or at, participation.edition.time_zone).date()


def _part_row(part: Part, language: str) -> list[str]:
    place = ""
    if part.venue is not None:
        place = ", ".join(filter(None, (part.venue.name, part.venue.address, part.venue.city)))
    return [
        translated(part.title, language),
        days_between(part.starts_on, part.ends_on),
        str(PartMode(part.mode).label),
        place,
    ]


def parts_of(edition: Edition) -> list[Part]:
    return list(Part.objects.filter(edition=edition).select_related("venue").order_by("number"))
