"""The steps of an application: which there are, what each keeps, and what is still missing."""

from dataclasses import dataclass, field, fields
from datetime import date
from enum import StrEnum
from hashlib import sha256

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from filiera.accounts.models import Person
from filiera.admissions.models import Application, CallKind, HostOffer
from filiera.organisations.models import Organisation
from filiera.reference.models import Country, Ecosystem


class StepName(StrEnum):
    """As it stands in the address."""

    ORGANISATION = "organisation"
    CANDIDATE = "candidate"
    PROFILE = "profile"
    CHALLENGE = "challenge"
    CONTACT = "contact"
    VENUE = "venue"
    DATES = "dates"
    OFFER = "offer"
    QUESTIONS = "questions"
    SENDING = "sending"


STEP_TITLES: dict[StepName, Promise] = {
    StepName.ORGANISATION: _("Organisation"),
    StepName.CANDIDATE: _("Candidate"),
    StepName.PROFILE: _("Profile"),
    StepName.CHALLENGE: _("What I bring"),
    StepName.CONTACT: _("Contact"),
    StepName.VENUE: _("Venue and rooms"),
    StepName.DATES: _("Dates"),
    StepName.OFFER: _("What we offer"),
    StepName.QUESTIONS: _("Questions"),
    StepName.SENDING: _("Review and send"),
}

_OF_KIND: dict[str, tuple[StepName, ...]] = {
    CallKind.PARTICIPANTS: (
        StepName.ORGANISATION, StepName.CANDIDATE, StepName.PROFILE, StepName.CHALLENGE,
    ),
    CallKind.HOSTS: (
        StepName.ORGANISATION, StepName.CONTACT, StepName.VENUE, StepName.DATES, StepName.OFFER,
    ),
}  # fmt: skip


def steps_before_sending(kind: str) -> tuple[StepName, ...]:
    return _OF_KIND[kind]


@dataclass(frozen=True, kw_only=True)
class ApplyingOrganisation:
    """In whose name: one of the directory, or a name that is new to it."""

    organisation: Organisation | None = None
    organisation_name: str = ""
    organisation_kind: str = ""


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """Whom the organisation sends; empty while it has not decided."""

    candidate: Person | None = None
    candidate_name: str = ""
    candidate_email: str = ""
    candidate_position: str = ""


@dataclass(frozen=True, kw_only=True)
class Profile:
    """What a cohort is balanced by."""

    country: Country | None = None
    languages: list[str] = field(default_factory=list)
    ecosystem: Ecosystem | None = None
    maturity: str = ""
    gender: str = ""
    is_returning: bool = False


@dataclass(frozen=True, kw_only=True)
class Challenge:
    """What the candidate brings to work on."""

    challenge_title: str = ""
    challenge: str = ""


@dataclass(frozen=True, kw_only=True)
class Contact:
    """Whom to ask about an offer to host, and in which country it would be."""

    candidate_name: str = ""
    candidate_email: str = ""
    candidate_position: str = ""
    country: Country | None = None


@dataclass(frozen=True, kw_only=True)
class Venue:
    venue_name: str = ""
    address: str = ""
    city: str = ""
    rooms: str = ""
    seats: int | None = None
    has_step_free_access: bool = False


@dataclass(frozen=True, kw_only=True)
class Dates:
    first_day: date | None = None
    last_day: date | None = None
    dates_note: str = ""


@dataclass(frozen=True, kw_only=True)
class Offer:
    offer: str = ""


StepValues = Candidate | Profile | Challenge | Contact | Venue | Dates | Offer
_OF_OFFER = (Venue, Dates, Offer)


def kept_in(application: Application, values: type[StepValues]) -> Application | HostOffer:
    """The row that keeps a step's values."""
    return application.host_offer if issubclass(values, _OF_OFFER) else application


def mark_of(application: Application, values: type[StepValues]) -> str:
    """Tells what a step holds, so that a second window notices that the first has written."""
    row = kept_in(application, values)
    held = [str(row.serializable_value(entry.name)) for entry in fields(values)]
    return sha256("\x1f".join(held).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Missing:
    """Something that an application needs before it can be sent, and the step where it is written."""

    step: StepName
    words: str | Promise


def missing_of(application: Application) -> list[Missing]:
    """What the fixed steps still need; the call's own questions are asked by their questionnaire."""
    needed: list[tuple[bool, StepName, Promise]] = [
        (
            application.organisation_id is not None or bool(application.organisation_name),
            StepName.ORGANISATION,
            _("the organisation"),
        ),
    ]
    if application.call.is_for_hosts:
        offer = application.host_offer
        needed += [
            (bool(application.candidate_name), StepName.CONTACT, _("the name of the contact")),
            (bool(application.candidate_email), StepName.CONTACT, _("the contact's e-mail address")),
            (bool(offer.venue_name), StepName.VENUE, _("the venue")),
            (bool(offer.city), StepName.VENUE, _("the city")),
            (application.country_id is not None, StepName.CONTACT, _("the country")),
            (bool(offer.rooms), StepName.VENUE, _("the rooms")),
            (offer.seats is not None, StepName.VENUE, _("the places in the largest room")),
            (offer.first_day is not None, StepName.DATES, _("the first possible day")),
            (bool(offer.offer), StepName.OFFER, _("what you offer")),
        ]
    else:
        needed += [
            (application.country_id is not None, StepName.PROFILE, _("the country")),
            (bool(application.languages), StepName.PROFILE, _("the languages")),
            (bool(application.maturity), StepName.PROFILE, _("how long the organisation has been at work")),
            (bool(application.challenge_title), StepName.CHALLENGE, _("a title for what you bring")),
            (bool(application.challenge), StepName.CHALLENGE, _("some sentences on what you bring")),
        ]
    return [Missing(step, words) for is_there, step, words in needed if not is_there]
