"""Declared figures of an organisation: what is asked, declared, confirmed, sent back, late."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _

from filiera.accounts.models import Person
from filiera.accounts.viewer import Viewer
from filiera.indicators.definition import Declared, Definition
from filiera.indicators.models import Declaration, DeclarationRequest
from filiera.indicators.periods import Period
from filiera.indicators.queries.definitions import current_definitions
from filiera.indicators.queries.round_asked import people_of
from filiera.indicators.words import number_words
from filiera.organisations.models import Organisation


class DeclaredState(models.TextChoices):
    """How far a declared figure has come."""

    LATE = "late", _("late")
    ASKED = "asked", _("asked")
    RETURNED = "returned", _("sent back")
    DECLARED = "declared", _("waits for a second person")
    CONFIRMED = "confirmed", _("confirmed")


_TONES = {
    DeclaredState.LATE: "bad",
    DeclaredState.ASKED: "warn",
    DeclaredState.RETURNED: "thread",
    DeclaredState.DECLARED: "info",
    DeclaredState.CONFIRMED: "ok",
}
_ORDER = list(DeclaredState)
_Key = tuple[str, date, date]


@dataclass(frozen=True, slots=True)
class DeclaredLine:
    """One figure of one period that is asked for or declared, as it stands."""

    definition: Definition
    period: Period
    state: DeclaredState
    request: DeclarationRequest | None
    declaration: Declaration | None

    @property
    def tone(self) -> str:
        return _TONES[self.state]

    @property
    def teller(self) -> str:
        """Who is to tell it now, or has told it; empty where nobody is known any more."""
        of_request = self.request.owner_words if self.request is not None else ""
        of_declaration = self.declaration.declarer if self.declaration is not None else ""
        if self.state in (DeclaredState.DECLARED, DeclaredState.CONFIRMED):
            return of_declaration or of_request
        return of_request or of_declaration

    @property
    def value_words(self) -> str:
        return number_words(self.declaration.value, self.definition) if self.declaration else ""


@dataclass(frozen=True, slots=True)
class DeclaredPage:
    lines: list[DeclaredLine]
    counts: list[tuple[DeclaredState, int]]
    all: int

    @property
    def to_do(self) -> int:
        done = (DeclaredState.CONFIRMED,)
        return sum(count for state, count in self.counts if state not in done)


def declared_page(viewer: Viewer, organisation: Organisation, today: date, state: str = "") -> DeclaredPage:
    """Every figure that is asked for or declared, what is late first. Two queries."""
    lines = declared_lines(viewer, organisation, today)
    return DeclaredPage(
        lines=[line for line in lines if state in ("", line.state)],
        counts=[(each, sum(line.state == each for line in lines)) for each in DeclaredState],
        all=len(lines),
    )


def declared_lines(viewer: Viewer, organisation: Organisation, today: date) -> list[DeclaredLine]:
    known = current_definitions()
    asked: dict[_Key, DeclarationRequest] = {
        (row.code, row.start_on, row.until_on): row
        for row in DeclarationRequest.objects.visible_to(viewer)
        .filter(organisation=organisation)
        .select_related("owner", "asked_by")
    }
    latest: dict[_Key, Declaration] = {}
    told = Declaration.objects.visible_to(viewer).filter(organisation=organisation, replaced_by__isnull=True)
    for declaration in told.select_related("evidence", "declared_by", "confirmed_by").order_by(
        "declared_at", "pk"
    ):
        key = (declaration.code, declaration.start_on, declaration.until_on)
        # What came back does not take the place of what stands or waits.
        if declaration.returned_at is None or key not in latest or latest[key].returned_at is not None:
            latest[key] = declaration
    lines = [
        _line(known[key[0]], Period(key[1], key[2]), asked.get(key), latest.get(key), today)
        for key in asked.keys() | latest.keys()
        if key[0] in known
    ]
    return sorted(
        lines,
        key=lambda line: (_ORDER.index(line.state), -line.period.start_on.toordinal(), line.definition.code),
    )


def _line(
    definition: Definition,
    period: Period,
    request: DeclarationRequest | None,
    declaration: Declaration | None,
    today: date,
) -> DeclaredLine:
    return DeclaredLine(definition, period, _state(request, declaration, today), request, declaration)


def _state(request: DeclarationRequest | None, declaration: Declaration | None, today: date) -> DeclaredState:
    if declaration is not None and declaration.is_waiting:
        return DeclaredState.DECLARED
    if request is None:
        is_confirmed = declaration is not None and declaration.confirmed_at is not None
        return DeclaredState.CONFIRMED if is_confirmed else DeclaredState.RETURNED
    if declaration is not None and request.is_answered_by(declaration):
        return DeclaredState.CONFIRMED
    if request.is_late(today):
        return DeclaredState.LATE
    returned_at = declaration.returned_at if declaration is not None else None
    # What came back before it was asked for anew is no longer what somebody has to put right.
    if returned_at is not None and returned_at >= request.asked_at:
        return DeclaredState.RETURNED
    return DeclaredState.ASKED


def late_declarations(viewer: Viewer, organisation: Organisation, today: date) -> list[DeclaredLine]:
    lines = declared_lines(viewer, organisation, today)
    return [line for line in lines if line.state == DeclaredState.LATE]


def requests_without_answer(days: Collection[date]) -> list[DeclarationRequest]:
    """Those due on one of these days that nothing answers; for reminders."""
    rows = DeclarationRequest.objects.filter(due_on__in=days).unanswered()
    return list(rows.select_related("owner", "organisation").order_by("pk"))


@dataclass(frozen=True, slots=True)
class DeclaredFigure:
    """The page of one figure to declare: who was asked, and all that was declared, the latest first."""

    definition: Definition
    period: Period
    request: DeclarationRequest | None
    declarations: Sequence[Declaration]

    @property
    def is_asked(self) -> bool:
        """Whether it is asked for, and nothing that waits or was confirmed answers that."""
        asked = self.request
        return asked is not None and not any(asked.is_answered_by(row) for row in self.declarations)


def declared_figure(
    viewer: Viewer, organisation: Organisation, definition: Definition, period: Period
) -> DeclaredFigure:
    where = {
        "organisation": organisation,
        "code": definition.code,
        "start_on": period.start_on,
        "until_on": period.until_on,
    }
    request = DeclarationRequest.objects.visible_to(viewer).filter(**where)
    declarations = Declaration.objects.visible_to(viewer).filter(**where)
    return DeclaredFigure(
        definition,
        period,
        request.select_related("owner", "asked_by").first(),
        list(
            declarations.select_related("evidence", "declared_by", "confirmed_by", "returned_by").order_by(
                "-declared_at", "-pk"
            )
        ),
    )


def figures_to_declare() -> dict[str, Definition]:
    """The definitions of which nothing is computed: an organisation tells them itself."""
    return {
        code: definition
        for code, definition in current_definitions().items()
        if isinstance(definition.measure, Declared)
    }


def team_to_ask(organisation: Organisation) -> list[Person]:
    """Those of the team who may declare; for a form that only the team sees."""
    return people_of([organisation.pk]).get(organisation.pk, [])
