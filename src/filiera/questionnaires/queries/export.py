"""Answers as a table: one row for each response, or without names one row for each answer given."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from filiera.accounts.viewer import Viewer
from filiera.questionnaires import policies
from filiera.questionnaires.models import Anonymity, Audience, Question, Questionnaire, Response
from filiera.shared.tables import Cell
from filiera.texts.languages import translated

from .display import Wording, readable_questions, values_of
from .results import results_of


@dataclass(frozen=True, slots=True)
class Table:
    header: Sequence[str]
    rows: Sequence[Sequence[Cell]]


def answers_table(questionnaire: Questionnaire, by: Viewer, *, about: str | None = None) -> Table:
    """What the viewer may read of all responses handed in.

    Where answers may be anonymous the table holds results and no responses: a row of answers that belong
    together could be recognised. Raises PermissionDenied.
    """
    if not policies.can_read(by, questionnaire, Audience.TEAM):
        raise PermissionDenied
    if questionnaire.anonymity != Anonymity.NAMED:
        return _results_table(questionnaire, by, about)
    questions = readable_questions(questionnaire, by)
    responses = Response.objects.submitted().filter(questionnaire=questionnaire).select_related("person")
    if about is not None:
        responses = responses.filter(about=about)
    listed = list(responses.order_by("submitted_at", "pk"))
    values = values_of(questionnaire, [response.pk for response in listed], by)
    wording = Wording(
        (question, values[response.pk][question.code])
        for response in listed
        for question in questions
        if question.code in values[response.pk]
    )
    header = [
        _("Handed in on"),
        _("Who"),
        _("About"),
        *(translated(question.label) for question in questions),
    ]
    rows = [
        [
            response.submitted_on,
            response.person.shown_name if response.person else response.respondent,
            response.about,
            *(_cell(question, values[response.pk], wording) for question in questions),
        ]
        for response in listed
    ]
    return Table(header, rows)


def _cell(question: Question, values: dict[str, object], wording: Wording) -> Cell:
    value = values.get(question.code)
    if value is None:
        return None
    if (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and question.kind in ("number", "scale")
    ):
        return value
    return wording.of(question, value)


def _results_table(questionnaire: Questionnaire, by: Viewer, about: str | None) -> Table:
    results = results_of(questionnaire, by, about=about)
    rows: list[Sequence[Cell]] = []
    for result in results.questions:
        code = result.question.code
        if result.is_withheld:
            rows.append([code, result.label, _("withheld: too few were asked"), None])
        rows += [[code, result.label, bar.label, bar.count] for bar in result.bars]
        rows += [[code, result.label, text, 1] for text in result.texts]
        if result.median is not None:
            rows.append([code, result.label, _("median"), result.median])
        if result.promoter_score is not None:
            rows.append([code, result.label, _("Net Promoter Score"), result.promoter_score.score])
    return Table([_("Code"), _("Question"), _("Answer"), _("Count")], rows)
