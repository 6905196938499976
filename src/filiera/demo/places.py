"""What the made-up participants of the Torino edition told after confirming: details, days, sessions."""

import random
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from filiera.academy.models import Day, Edition, PartMode, Session, SessionKind, SessionState
from filiera.accounts.viewer import SYSTEM
from filiera.admissions.actions.attendance import say_attendance
from filiera.admissions.actions.registration import register_details
from filiera.admissions.actions.session_places import take_session_place, write_sign_up
from filiera.admissions.models import AttendanceMode, DayAttendance, Participation
from filiera.admissions.purposes import REGISTRATION, workspace_of
from filiera.admissions.queries.place_links import viewer_by_link
from filiera.admissions.queries.registration import registration_form
from filiera.questionnaires.actions.building import QuestionnaireDetails, create_questionnaire
from filiera.questionnaires.actions.ready_made import add_question_set
from filiera.questionnaires.actions.states import open_questionnaire
from filiera.questionnaires.sets import set_of

SEED = 30
ROME = ZoneInfo("Europe/Rome")
REGISTERED = datetime(2023, 5, 8, 9, 0, tzinfo=ROME)
SIGNED_UP = datetime(2023, 9, 11, 9, 0, tzinfo=ROME)
TREND_PLACES = 24
_DIETS, _DIET_WEIGHTS = ("all", "vegetarian", "vegan", "gluten-free"), (18, 7, 3, 2)
# Some have not given their details, and some have not said how they come.
_UNREGISTERED, _SILENT = 4, 3


@transaction.atomic
def load_places(edition: Edition) -> None:
    """Register the confirmed participants and say their days; what is there already stays as it is."""
    made_up = Participation.objects.confirmed().filter(edition=edition, is_demonstration=True)
    places = list(made_up.select_related("edition").order_by("pk"))
    if not places or DayAttendance.objects.filter(participation__in=places).exists():
        return
    chance = random.Random(SEED)  # noqa: S311 - the same data on every machine is the point
    _ask_for_details(edition)
    for place in places[:-_UNREGISTERED]:
        _register(place, chance)
    for place in places[:-_SILENT]:
        _say_days(place, chance)
    _sign_up(edition, places)


def _ask_for_details(edition: Edition) -> None:
    if registration_form(edition) is not None:
        return
    chosen = set_of("registration")
    assert chosen is not None
    details = QuestionnaireDetails(title=dict(chosen.title), introduction=dict(chosen.about))
    questionnaire = create_questionnaire(
        purpose=REGISTRATION,
        workspace=workspace_of(edition.pk),
        details=details,
        by=SYSTEM,
        at=REGISTERED,
        is_demonstration=True,
    )
    add_question_set(questionnaire=questionnaire, chosen=chosen, by=SYSTEM, at=REGISTERED)
    open_questionnaire(questionnaire=questionnaire, by=SYSTEM, at=REGISTERED)


def _register(place: Participation, chance: random.Random) -> None:
    stays = chance.random() < 0.8
    [diet] = chance.choices(_DIETS, _DIET_WEIGHTS)
    answers: dict[str, object] = {
        "diet": diet,
        "arrival": "2023-09-20" if stays else "2023-09-21",
        "hotel": stays,
        "photographs": chance.random() < 0.9,
    }
    if stays:
        answers["nights"] = chance.choice((1, 2))
    at = REGISTERED + timedelta(minutes=chance.randrange(20_000))
    register_details(participation=place, answers=answers, by=viewer_by_link(place), at=at)


def _say_days(place: Participation, chance: random.Random) -> None:
    days = Day.objects.filter(part__edition=place.edition).select_related("part").order_by("date")
    modes = {}
    for day in days:
        usual = AttendanceMode.ONLINE if day.part.mode == PartMode.ONLINE else AttendanceMode.IN_PERSON
        away = AttendanceMode.ABSENT if day.part.mode == PartMode.ONLINE else AttendanceMode.ONLINE
        modes[day.pk] = usual if chance.random() < 0.92 else away
    say_attendance(participation=place, modes=modes, by=viewer_by_link(place), at=REGISTERED)


def _sign_up(edition: Edition, places: list[Participation]) -> None:
    """The last group work holds twenty-four; who asked later waits. Laboratory visits have their draw."""
    sessions = Session.objects.filter(
        edition=edition,
        kind=SessionKind.GROUP_WORK,
        state=SessionState.PLANNED,
        during__startswith__gt=SIGNED_UP,
    )
    session = sessions.select_related("edition").order_by("-during", "-pk").first()
    if session is None:
        return
    sign_up = write_sign_up(
        session=session,
        capacity=TREND_PLACES,
        opens_at=None,
        closes_at=None,
        by=SYSTEM,
        at=SIGNED_UP,
    )
    for place in places[: TREND_PLACES + 3]:
        take_session_place(sign_up=sign_up, participation=place, by=viewer_by_link(place), at=SIGNED_UP)
