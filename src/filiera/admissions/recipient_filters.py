"""The filters that admission itself offers for mails to many."""

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from filiera.academy.dates import short_day
from filiera.academy.models import Day, Edition
from filiera.admissions.models import (
    AssessmentMoment,
    AttendanceMode,
    DayAttendance,
    Participation,
    ParticipationState,
    SelfAssessment,
    Task,
)
from filiera.admissions.queries.registration import DIET, registration_form
from filiera.admissions.queries.tasks import owing, owing_any
from filiera.admissions.recipients import Choices, RecipientFilter, register
from filiera.questionnaires import wall
from filiera.questionnaires.models import Answer
from filiera.texts.languages import translated

ANY = "any"
MISSING, COMPLETE = "missing", "complete"

Participations = QuerySet[Participation]


def _states(edition: Edition) -> Choices:
    told = [state for state in ParticipationState if state != ParticipationState.SELECTED]
    return [(state.value, state.label) for state in told]


def _in_state(found: Participations, edition: Edition, value: str) -> Participations:
    return found.filter(state=value)


def _attendances(edition: Edition) -> Choices:
    days = Day.objects.filter(part__edition=edition).order_by("date")
    return [
        (f"{day.pk}:{mode.value}", f"{short_day(day.date)}: {mode.label}")
        for day in days
        for mode in AttendanceMode
    ]


def _attending(found: Participations, edition: Edition, value: str) -> Participations:
    day, _colon, mode = value.partition(":")
    return found.filter(
        Exists(DayAttendance.objects.filter(participation=OuterRef("pk"), day=int(day), mode=mode))
    )


def _details(edition: Edition) -> Choices:
    return [(MISSING, _("Not given yet")), (COMPLETE, _("Complete"))]


def _with_details(found: Participations, edition: Edition, value: str) -> Participations:
    return found.filter(registered_at__isnull=value == MISSING)


def _diets(edition: Edition) -> Choices:
    return [(MISSING, _("No answer yet"))]


def _without_diet(found: Participations, edition: Edition, value: str) -> Participations:
    questionnaire = registration_form(edition)
    if questionnaire is None:
        return found
    # Only whether there is an answer leaves the wall, never what it says.
    with wall.opened_for_counts(questionnaire):
        answers = Answer.objects.filter(questionnaire=questionnaire, question__code=DIET)
        answered = list(answers.values_list("response__respondent", flat=True))
    keys = [int(told.partition(":")[2]) for told in answered if told and told.startswith("participation:")]
    return found.exclude(pk__in=keys)


def _tasks(edition: Edition) -> Choices:
    tasks = Task.objects.filter(edition=edition).order_by("due_at", "pk")
    return [(ANY, _("Any task")), *((str(task.pk), translated(task.title)) for task in tasks)]


def _owing(found: Participations, edition: Edition, value: str) -> Participations:
    if value == ANY:
        return found.filter(pk__in=owing_any(edition).values("pk"))
    task = Task.objects.filter(edition=edition, pk=int(value)).select_related("session").first()
    return found.none() if task is None else found.filter(pk__in=owing(task).values("pk"))


def _moments(edition: Edition) -> Choices:
    return AssessmentMoment.choices


def _not_assessed(found: Participations, edition: Edition, value: str) -> Participations:
    answered = SelfAssessment.objects.filter(participation=OuterRef("pk"), moment=value)
    return found.filter(~Exists(answered))


def register_own_filters() -> None:
    register(
        RecipientFilter("state", _("State of the place"), _states, _in_state),
        RecipientFilter("attendance", _("How they take part"), _attendances, _attending),
        RecipientFilter("details", _("Registration details"), _details, _with_details),
        RecipientFilter("diet", _("Diet"), _diets, _without_diet),
        RecipientFilter("task", _("Task still open"), _tasks, _owing),
        RecipientFilter("self_assessment", _("Self-assessment missing"), _moments, _not_assessed),
    )
