"""What an application says, in words, for whoever may read it."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from filiera.accounts.viewer import Viewer
from filiera.admissions.models import Application
from filiera.admissions.steps import STEP_TITLES, StepName
from filiera.files.models import StoredFile
from filiera.questionnaires.queries.display import ShownAnswer, shown_answers
from filiera.texts.dates import day_in_words
from filiera.texts.languages import translated

_LONG = 120


@dataclass(frozen=True, slots=True)
class Line:
    """One thing an application says; `is_long` is a text of several sentences."""

    label: str | Promise
    text: str
    is_long: bool = False
    file: StoredFile | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """What one step says; `step` leads back to it."""

    step: str
    title: str | Promise
    lines: tuple[Line, ...]


def summary_of(application: Application, viewer: Viewer) -> list[Section]:
    """The whole application with the answers that the viewer may read."""
    sections = (
        _offer_sections(application) if application.call.is_for_hosts else _candidate_sections(application)
    )
    answers = shown_answers(application.answers, viewer) if application.answers is not None else []
    return [_organisation(application), *sections, *_answers(answers)]


def blind_summary_of(application: Application) -> list[Section]:
    """What a reviewer may know without knowing who applies: no name, no organisation, no country."""
    return [
        Section(
            StepName.PROFILE,
            STEP_TITLES[StepName.PROFILE],
            _filled(
                (_("Industrial ecosystem"), _ecosystem(application)),
                (_("The organisation is"), application.get_maturity_display()),
                (_("Earlier editions"), _returning(application)),
            ),
        ),
        _challenge(application),
    ]


def answer_section(answers: list[ShownAnswer], *, with_files: bool = True) -> list[Section]:
    """Answers of the call's own questions; a blind reading takes files out, for they name their author."""
    return _answers(answers if with_files else [answer for answer in answers if answer.file is None])


def organisation_name(application: Application) -> str:
    if application.organisation is not None:
        return application.organisation.name
    return application.organisation_name


def language_names(codes: list[str]) -> str:
    return ", ".join(_language_name(code) for code in codes)


def _language_name(code: str) -> str:
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code


def _filled(*lines: tuple[str | Promise, str]) -> tuple[Line, ...]:
    return tuple(Line(label, text) for label, text in lines if text)


def _ecosystem(application: Application) -> str:
    return translated(application.ecosystem.names) if application.ecosystem is not None else ""


def _returning(application: Application) -> str:
    return _("has taken part before") if application.is_returning else _("new to the academy")


def _organisation(application: Application) -> Section:
    kind = application.get_organisation_kind_display() if application.organisation_kind else ""
    return Section(
        StepName.ORGANISATION,
        STEP_TITLES[StepName.ORGANISATION],
        _filled((_("Name"), organisation_name(application)), (_("Kind"), kind)),
    )


def _country(application: Application) -> str:
    return translated(application.country.names) if application.country is not None else ""


def _candidate_sections(application: Application) -> list[Section]:
    named = (
        (_("Name"), application.candidate_name or _("to be named later")),
        (_("E-mail address"), application.candidate_email),
        (_("Position"), application.candidate_position),
    )
    profile = (
        (_("Country"), _country(application)),
        (_("Languages"), language_names(application.languages)),
        (_("Industrial ecosystem"), _ecosystem(application)),
        (_("The organisation is"), application.get_maturity_display()),
        (_("Earlier editions"), _returning(application)),
        (_("Gender"), application.get_gender_display()),
    )
    return [
        Section(StepName.CANDIDATE, STEP_TITLES[StepName.CANDIDATE], _filled(*named)),
        Section(StepName.PROFILE, STEP_TITLES[StepName.PROFILE], _filled(*profile)),
        _challenge(application),
    ]


def _challenge(application: Application) -> Section:
    lines = []
    if application.challenge_title:
        lines.append(Line(_("In one line"), application.challenge_title))
    if application.challenge:
        lines.append(Line(_("In some sentences"), application.challenge, is_long=True))
    return Section(StepName.CHALLENGE, STEP_TITLES[StepName.CHALLENGE], tuple(lines))


def _offer_sections(application: Application) -> list[Section]:
    offer = application.host_offer
    contact = (
        (_("Name"), application.candidate_name),
        (_("E-mail address"), application.candidate_email),
        (_("Position"), application.candidate_position),
        (_("Country"), _country(application)),
    )
    venue = (
        (_("Venue"), offer.venue_name),
        (_("Address"), offer.address),
        (_("City"), offer.city),
        (_("Places in the largest room"), str(offer.seats or "")),
        (_("Without steps"), _("yes") if offer.has_step_free_access else _("not said")),
    )
    days = (
        (_("First possible day"), day_in_words(offer.first_day) if offer.first_day else ""),
        (_("Last possible day"), day_in_words(offer.last_day) if offer.last_day else ""),
    )
    return [
        Section(StepName.CONTACT, STEP_TITLES[StepName.CONTACT], _filled(*contact)),
        Section(
            StepName.VENUE, STEP_TITLES[StepName.VENUE], (*_filled(*venue), *_long(_("Rooms"), offer.rooms))
        ),
        Section(
            StepName.DATES,
            STEP_TITLES[StepName.DATES],
            (*_filled(*days), *_long(_("Notes"), offer.dates_note)),
        ),
        Section(StepName.OFFER, STEP_TITLES[StepName.OFFER], _long(_("What is offered"), offer.offer)),
    ]


def _long(label: str | Promise, text: str) -> tuple[Line, ...]:
    return (Line(label, text, is_long=True),) if text else ()


def _answers(answers: list[ShownAnswer]) -> list[Section]:
    if not answers:
        return []
    lines = tuple(
        Line(answer.label, answer.text, is_long=len(answer.text) > 120, file=answer.file)
        for answer in answers
    )
    return [Section(f"{StepName.QUESTIONS}-1", STEP_TITLES[StepName.QUESTIONS], lines)]
