"""Limits and wishes of the version in work."""

from datetime import datetime
from typing import ClassVar

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from filiera.accounts.viewer import Viewer
from filiera.admissions.models import Call, Selection, SelectionRule, SelectionStepKind
from filiera.admissions.queries.selection_problem import Rule
from filiera.shared.errors import DomainError

from .selection_steps import recorded_step
from .selection_versions import mark_out_of_date

MOST_RULES = 60


class TooManyRules(DomainError):
    message = _("There are sixty limits and wishes already. Remove one before you add another.")


class SameRuleTwice(DomainError):
    message = _("There is a limit or wish for this already. Change that one.")
    field: ClassVar[str] = "value"


@transaction.atomic
def add_rule(*, call: Call, rule: Rule, by: Viewer, at: datetime) -> SelectionRule:
    """Add a limit or wish; the next proposal keeps it.

    Raises PermissionDenied, SelectionNotBegun, TooManyRules, SameRuleTwice.
    """
    with recorded_step(
        call=call, kind=SelectionStepKind.RULE_ADDED, by=by, at=at, with_decisions=False
    ) as selection:
        if selection.rules.count() >= MOST_RULES:
            raise TooManyRules
        last = selection.rules.aggregate(last=Max("position"))["last"] or 0
        row = SelectionRule(selection=selection, position=last + 1)
        _write(row, rule)
        _changed(selection, at=at)
    return row


@transaction.atomic
def change_rule(*, call: Call, position: int, rule: Rule, by: Viewer, at: datetime) -> SelectionRule:
    """Change the limit or wish at a place of the list.

    Raises PermissionDenied, SelectionNotBegun, SelectionRule.DoesNotExist, SameRuleTwice.
    """
    with recorded_step(
        call=call, kind=SelectionStepKind.RULE_CHANGED, by=by, at=at, with_decisions=False
    ) as selection:
        row = selection.rules.get(position=position)
        _write(row, rule)
        _changed(selection, at=at)
    return row


@transaction.atomic
def remove_rule(*, call: Call, position: int, by: Viewer, at: datetime) -> None:
    """Take a limit or wish away; one that is gone already stays gone.

    Raises PermissionDenied, SelectionNotBegun.
    """
    with recorded_step(
        call=call, kind=SelectionStepKind.RULE_REMOVED, by=by, at=at, with_decisions=False
    ) as selection:
        selection.rules.filter(position=position).delete()
        _changed(selection, at=at)


def _write(row: SelectionRule, rule: Rule) -> None:
    same = row.selection.rules.filter(attribute=rule.attribute, value=rule.value)
    same = same.filter(target__isnull=not rule.is_wish).exclude(pk=row.pk)
    if same.exists():
        raise SameRuleTwice
    row.attribute, row.value = rule.attribute, rule.value
    row.least, row.most = rule.least, rule.most
    row.target, row.weight = rule.target, rule.weight
    row.save()


def _changed(selection: Selection, *, at: datetime) -> None:
    mark_out_of_date(selection, at=at)
    # What contradicted itself may do so no longer; the next proposal tells.
    selection.conflict = []
    selection.save(update_fields=["out_of_date_at", "conflict"])
