"""The way through an application: its steps, what stands in them, what is still missing."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from filiera.accounts.viewer import Viewer
from filiera.admissions.models import Application, Call
from filiera.admissions.steps import STEP_TITLES, Missing, StepName, missing_of, steps_before_sending
from filiera.questionnaires.conditions import shown
from filiera.questionnaires.queries.questions import own_answers, questions_of, steps_of
from filiera.questionnaires.values import is_answered
from filiera.texts.languages import translated

_QUESTIONS = f"{StepName.QUESTIONS}-"


@dataclass(frozen=True, slots=True)
class StepLine:
    """One page of an application; `slug` is its place in the address."""

    slug: str
    title: str | Promise
    missing: tuple[str | Promise, ...]

    @property
    def is_done(self) -> bool:
        return not self.missing


@dataclass(frozen=True, slots=True)
class Way:
    """The pages in their order, the last being the one that sends."""

    lines: tuple[StepLine, ...]

    @property
    def missing(self) -> list[StepLine]:
        return [line for line in self.lines if line.missing]

    def after(self, slug: str) -> str:
        slugs = [line.slug for line in self.lines]
        here = slugs.index(slug) if slug in slugs else -1
        return slugs[min(here + 1, len(slugs) - 1)]

    def before(self, slug: str) -> str:
        slugs = [line.slug for line in self.lines]
        here = slugs.index(slug) if slug in slugs else 0
        return slugs[here - 1] if here else ""


def question_page(slug: str) -> int | None:
    """Which page of the call's own questions an address names."""
    number = slug.removeprefix(_QUESTIONS)
    return int(number) if slug.startswith(_QUESTIONS) and number.isdecimal() and len(number) < 4 else None


def count_of_steps(call: Call) -> int:
    """How many pages an application to this call has."""
    own = steps_of(questions_of(call.application_form)) if call.application_form is not None else []
    return len(steps_before_sending(call.kind)) + len(own) + 1


def way_of(application: Application, viewer: Viewer) -> Way:
    """Every page of an application, with what each still needs before it can be sent."""
    needed = missing_of(application)
    lines = [
        StepLine(step.value, STEP_TITLES[step], _words(needed, step))
        for step in steps_before_sending(application.call.kind)
    ]
    lines += _question_lines(application, viewer)
    lines.append(StepLine(StepName.SENDING.value, STEP_TITLES[StepName.SENDING], ()))
    return Way(tuple(lines))


def _words(needed: list[Missing], step: StepName) -> tuple[str | Promise, ...]:
    return tuple(entry.words for entry in needed if entry.step == step)


def _question_lines(application: Application, viewer: Viewer) -> list[StepLine]:
    form = application.call.application_form
    if form is None:
        return []
    questions = questions_of(form)
    given = own_answers(application.answers, viewer)
    asked = {question.pk for question in shown(questions, given.values)}
    pages = steps_of(questions)
    return [
        StepLine(
            f"{_QUESTIONS}{page.number}",
            page.title
            or (_("Questions") if len(pages) == 1 else _("Questions %(number)s") % {"number": page.number}),
            tuple(
                f"“{translated(question.label)}”"
                for question in page.questions
                if question.pk in asked
                and question.has_answer
                and question.is_required
                and question.code not in given.files
                and not is_answered(question, given.values.get(question.code))
            ),
        )
        for page in pages
    ]
