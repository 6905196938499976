"""Why somebody is in or out: kept as data, told as a sentence in the reader's language."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.utils.formats import number_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

import filiera_solvers as solvers
from filiera.admissions.models import BalanceAttribute, Decision, HandChoice
from filiera.admissions.queries.selection_pool import GAVE_BACK, HAS_PLACE, NEW, Applicant, ValueNames
from filiera.admissions.queries.selection_problem import EXCLUSIONS, PINS, Rule, SelectionProblem
from filiera.texts.numbers import number_in_words, ordinal_in_words

if TYPE_CHECKING:
    from filiera_solvers import Reason

ReasonData = dict[str, Any]
NameOf = Callable[[int], str]

OPEN, UNSCORED, BY_HAND, NEW_HERE = "open", "unscored", "by_hand", "new_here"
"""Reasons beside the solver's: not worked out yet, no review, others moved since, not counted yet."""


def reason_data(
    problem: SelectionProblem, chosen: Sequence[bool], reason: Reason, scores: Sequence[float]
) -> ReasonData:
    """All that the sentence of a reason says, so that each claim in it can be counted again."""
    applicant = problem.applicants[reason.candidate]
    comes = [other for other in reason.moves if not chosen[other]]
    leaves = [other for other in reason.moves if chosen[other]]
    return {
        "kind": own_kind(applicant) or reason.kind.value,
        "rules": [_cited(problem, chosen, reason, name) for name in reason.limits],
        "points": reason.points,
        "impossible": reason.impossible,
        "smallest": reason.is_smallest,
        "comes": [problem.applicants[other].application_id for other in comes],
        "leaves": [problem.applicants[other].application_id for other in leaves],
        **standing_of(scores, applicant),
    }


def open_reason(problem: SelectionProblem, index: int, scores: Sequence[float]) -> ReasonData:
    """What can be said where the search for the reason is not through."""
    applicant = problem.applicants[index]
    return {"kind": own_kind(applicant) or OPEN, **standing_of(scores, applicant)}


def own_kind(applicant: Applicant) -> str:
    """The reason of somebody about whom nothing was searched; empty for all others."""
    if applicant.has_place:
        return HAS_PLACE
    if applicant.hand:
        return {
            HandChoice.PINNED.value: solvers.ReasonKind.PINNED.value,
            HandChoice.EXCLUDED.value: solvers.ReasonKind.EXCLUDED.value,
        }[applicant.hand]
    if applicant.gave_back:
        return GAVE_BACK
    return UNSCORED if applicant.score is None else ""


def scores_in_order(applicants: Iterable[Applicant]) -> list[float]:
    """All scores, the lowest first: what `standing_of` looks a score up in."""
    return sorted(applicant.score for applicant in applicants if applicant.score is not None)


def standing_of(scores: Sequence[float], applicant: Applicant) -> ReasonData:
    """Which place the score has among all that have one."""
    if applicant.score is None:
        return {}
    return {"rank": 1 + len(scores) - bisect_right(scores, applicant.score), "scored": len(scores)}


def _cited(problem: SelectionProblem, chosen: Sequence[bool], reason: Reason, name: str) -> ReasonData:
    if name in (PINS, EXCLUSIONS):
        return {"hands": name}
    index, value = problem.named[name]
    rule = problem.rules[index]
    applicant = problem.applicants[reason.candidate]
    if rule.is_for_each and not value and not reason.chosen:
        value = _full_value(problem, chosen, rule, applicant)
    return {**rule_data(rule, value), **_counted(problem, chosen, rule, value, applicant)}


def rule_data(rule: Rule, value: str) -> ReasonData:
    return {
        "attribute": rule.attribute,
        "value": value,
        "least": rule.least,
        "most": rule.most,
        "target": rule.target,
        "weight": rule.weight,
    }


def _full_value(problem: SelectionProblem, chosen: Sequence[bool], rule: Rule, applicant: Applicant) -> str:
    """Which of the applicant's own values has reached the limit that holds for each."""
    for value in applicant.values[rule.attribute]:
        count = sum(
            bool(is_in) and value in other.values[rule.attribute]
            for other, is_in in zip(problem.applicants, chosen, strict=True)
        )
        if rule.most is not None and count >= rule.most:
            return value
    return ""


def _counted(
    problem: SelectionProblem, chosen: Sequence[bool], rule: Rule, value: str, applicant: Applicant
) -> ReasonData:
    if not value:
        return {}
    members = [other for other in problem.applicants if value in other.values[rule.attribute]]
    is_in = {row.application_id: bool(chosen[index]) for index, row in enumerate(problem.applicants)}
    counted: ReasonData = {
        "count": sum(is_in[other.application_id] for other in members),
        "is_member": value in applicant.values[rule.attribute],
    }
    if counted["is_member"] and applicant.score is not None:
        higher = sum(other.score is not None and other.score > applicant.score for other in members)
        counted["rank"] = higher + 1
    return counted


class Sentences:
    """Reasons as sentences; `name_of` names an application, `value_names` the values of the balance."""

    def __init__(self, name_of: NameOf, value_names: ValueNames) -> None:
        self.name_of, self.value_names = name_of, value_names

    def of(self, decision: str, reason: Mapping[str, Any], hand_reason: str = "") -> str:
        """Why it was decided so, what the other decision would cost, and how one gets in from the list."""
        parts = [self._why(decision, reason, hand_reason), self._price(decision, reason)]
        if decision == Decision.RESERVE:
            parts.append(self._entry(reason))
        return " ".join(part for part in parts if part)

    def rule(self, rule: Mapping[str, Any]) -> str:
        """A limit or wish as one says it: "at most two from Poland"."""
        group = self.group(rule["attribute"], rule["value"])
        if rule.get("target") is not None:
            return _("about %(count)s %(group)s") % {
                "count": number_in_words(rule["target"]), "group": group
            }  # fmt: skip
        least, most = rule.get("least"), rule.get("most")
        if least is not None and most is not None:
            return _("%(least)s to %(most)s %(group)s") % {
                "least": number_in_words(least), "most": number_in_words(most), "group": group
            }  # fmt: skip
        if most is not None:
            return _("at most %(count)s %(group)s") % {"count": number_in_words(most), "group": group}
        return _("at least %(count)s %(group)s") % {"count": number_in_words(least or 0), "group": group}

    def group(self, attribute: str, value: str) -> str:
        """Those who share a value, as it stands behind a number of applications."""
        if not value:
            return str(_EACH[attribute]())
        said = self.value_names(attribute, value)
        if attribute == BalanceAttribute.NEWCOMER:
            return _("of newcomers") if value == NEW else _("of people who return")
        return str(_GROUPS[attribute]() % {"value": said})

    def _why(self, decision: str, reason: Mapping[str, Any], hand_reason: str) -> str:
        kind, is_in = reason.get("kind", ""), decision == Decision.SELECTED
        if kind == solvers.ReasonKind.SCORE:
            told = _standing(reason)
            if is_in:
                return _("In on score: %(rank)s of %(scored)s.") % told
            return _("Out on score: %(rank)s of %(scored)s.") % told
        if kind == solvers.ReasonKind.LIMITS:
            rules = reason["rules"]
            return self._in_by(rules) if is_in else self._out_by(rules)
        if kind == solvers.ReasonKind.TIE:
            return self._tie(reason, is_in=is_in)
        if kind == solvers.ReasonKind.PINNED:
            return _with_reason(_("In: pinned by hand."), hand_reason)
        if kind == solvers.ReasonKind.EXCLUDED:
            return _with_reason(_("Out: left out by hand."), hand_reason)
        if kind == OPEN:
            return self._not_worked_out(reason, is_in=is_in)
        return str(_OTHERS[kind]()) if kind in _OTHERS else ""

    def _not_worked_out(self, reason: Mapping[str, Any], *, is_in: bool) -> str:
        told = _standing(reason)
        if is_in:
            return (
                _(
                    "In: part of the best cohort found, %(rank)s of %(scored)s by score. Why exactly has "
                    "not been worked out."
                )
                % told
            )
        return (
            _(
                "Out: not part of the best cohort found, %(rank)s of %(scored)s by score. Why exactly has "
                "not been worked out."
            )
            % told
        )

    def _tie(self, reason: Mapping[str, Any], *, is_in: bool) -> str:
        if _is_swap(reason, is_in=is_in):
            other = self.name_of((reason["comes"] if is_in else reason["leaves"])[0])
            if is_in:
                return _("In by a tie: with %(name)s instead the cohort would be worth the same.") % {
                    "name": other
                }
            return _("Out by a tie: instead of %(name)s the cohort would be worth the same.") % {
                "name": other
            }
        if is_in:
            return _("In by a tie: another cohort, worth the same, does without.")
        return _("Out by a tie: another cohort, worth the same, takes it.")

    def _out_by(self, rules: Sequence[Mapping[str, Any]]) -> str:
        if len(rules) == 1 and "attribute" in rules[0]:
            rule = rules[0]
            told: dict[str, Any] = {"group": self.group(rule["attribute"], rule["value"])}
            most = rule.get("most")
            if rule.get("is_member") and most is not None and rule["count"] >= most:
                told["most"] = number_in_words(most)
                if rule.get("rank", 0) > most:
                    told["rank"] = ordinal_in_words(rule["rank"])
                    return _("Out: %(rank)s application %(group)s by score; the limit is %(most)s.") % told
                return _("Out: the limit of %(most)s %(group)s is reached.") % told
            if rule.get("value") and not rule.get("is_member") and rule.get("least") is not None:
                told["least"] = number_in_words(rule["least"])
                return _("Out: the place is needed for at least %(least)s %(group)s.") % told
        return _("Out by the limits: %(rules)s.") % {"rules": self._listed(rules)}

    def _in_by(self, rules: Sequence[Mapping[str, Any]]) -> str:
        if len(rules) == 1 and "attribute" in rules[0]:
            rule = rules[0]
            if rule.get("is_member") and rule.get("least") is not None:
                return _("In: needed for %(rule)s.") % {"rule": self.rule(rule)}
            return _("In: the limit “%(rule)s” leaves this place open.") % {"rule": self.rule(rule)}
        return _("In by the limits: %(rules)s.") % {"rules": self._listed(rules)}

    def _listed(self, rules: Sequence[Mapping[str, Any]]) -> str:
        return "; ".join(self._any_rule(rule) for rule in rules)

    def _any_rule(self, rule: Mapping[str, Any]) -> str:
        if "hands" in rule:
            return _("the pins of others") if rule["hands"] == PINS else _("others left out by hand")
        return self.rule(rule)

    def _price(self, decision: str, reason: Mapping[str, Any]) -> str:
        if reason.get("kind") not in (solvers.ReasonKind.SCORE, solvers.ReasonKind.LIMITS):
            return ""
        is_in = decision == Decision.SELECTED
        if reason.get("impossible"):
            if is_in:
                return _("No cohort that keeps all limits can do without.")
            return _("No cohort that keeps all limits can take it.")
        if reason.get("points") is None:
            return ""
        told = {"points": in_points(reason["points"])}
        if _is_swap(reason, is_in=is_in):
            told["name"] = self.name_of((reason["comes"] if is_in else reason["leaves"])[0])
            if is_in:
                return _("Taking %(name)s instead would cost %(points)s.") % told
            return _("Taking it instead of %(name)s would cost %(points)s.") % told
        if is_in:
            begin = _("Leaving it out would cost %(points)s.") % told
        else:
            begin = _("Taking it would cost %(points)s.") % told
        return f"{begin} {self._who_moves(reason)}".strip()

    def _who_moves(self, reason: Mapping[str, Any]) -> str:
        """Who would change places then, as far as that is short enough to be read."""
        comes, leaves = reason.get("comes", []), reason.get("leaves", [])
        if not comes and not leaves:
            return ""
        if len(comes) + len(leaves) > _MOST_NAMED:
            moved = {"count": number_in_words(len(comes) + len(leaves))}
            return capfirst(_("%(count)s other decisions would change.") % moved)
        parts = []
        if leaves:
            parts.append(_("Out then: %(names)s.") % {"names": self.names(leaves)})
        if comes:
            parts.append(_("In then: %(names)s.") % {"names": self.names(comes)})
        return " ".join(parts)

    def names(self, keys: Iterable[int]) -> str:
        return ", ".join(self.name_of(key) for key in keys)

    def _entry(self, reason: Mapping[str, Any]) -> str:
        entry = reason.get("reserve")
        if not entry:
            return ""
        blocked = entry.get("blocked", [])
        if not blocked:
            return _("Enters as soon as the order comes to it and the limits allow.")
        return _("Enters only when somebody leaves who makes room under: %(rules)s.") % {
            "rules": self._listed(blocked)
        }


_MOST_NAMED = 4


def in_points(points: float) -> str:
    """A difference of scores in words: "3.2 points"."""
    told = {"points": plain_points(points)}
    return (_("%(points)s point") if points == 1 else _("%(points)s points")) % told


def plain_points(points: float) -> str:
    """A score with as many decimals as it needs, and so many that a difference never reads as nothing."""
    most = 2 if abs(points) >= 0.01 or points == 0 else 6
    rounded = round(points, most)
    decimals = next(places for places in range(most + 1) if round(rounded, places) == rounded)
    return str(number_format(rounded, decimals, use_l10n=True, force_grouping=True))


def _standing(reason: Mapping[str, Any]) -> dict[str, str]:
    scored = number_format(reason.get("scored", 0), use_l10n=True, force_grouping=True)
    return {"rank": ordinal_in_words(reason.get("rank", 0)), "scored": scored}


def _is_swap(reason: Mapping[str, Any], *, is_in: bool) -> bool:
    comes, leaves = reason.get("comes", []), reason.get("leaves", [])
    return (len(comes) == 1 and not leaves) if is_in else (len(leaves) == 1 and not comes)


def _with_reason(said: str, hand_reason: str) -> str:
    return f"{said} {hand_reason}".strip()


_OTHERS: dict[str, Callable[[], str]] = {
    UNSCORED: lambda: _("Undecided: nobody has reviewed it yet. Have it reviewed, or pin it in."),
    HAS_PLACE: lambda: _("In: a place was offered or confirmed already, and stays."),
    GAVE_BACK: lambda: _("Out: the place offered before was declined, given back or not answered in time."),
    BY_HAND: lambda: _("Others were moved by hand since the proposal. Propose again for the reason."),
    NEW_HERE: lambda: _("Undecided: no proposal has counted it yet."),
}
_GROUPS: dict[str, Callable[[], str]] = {
    BalanceAttribute.COUNTRY: lambda: _("from %(value)s"),
    BalanceAttribute.ECOSYSTEM: lambda: _("in the ecosystem %(value)s"),
    BalanceAttribute.MATURITY: lambda: _("of maturity “%(value)s”"),
    BalanceAttribute.ORGANISATION_KIND: lambda: _("of the kind “%(value)s”"),
    BalanceAttribute.GENDER: lambda: _("of gender “%(value)s”"),
    BalanceAttribute.LANGUAGE: lambda: _("speaking %(value)s"),
    BalanceAttribute.ORGANISATION: lambda: _("of %(value)s"),
}
_EACH: dict[str, Callable[[], str]] = {
    BalanceAttribute.COUNTRY: lambda: _("of each country"),
    BalanceAttribute.ECOSYSTEM: lambda: _("of each ecosystem"),
    BalanceAttribute.MATURITY: lambda: _("of each maturity"),
    BalanceAttribute.ORGANISATION_KIND: lambda: _("of each kind of organisation"),
    BalanceAttribute.GENDER: lambda: _("of each gender"),
    BalanceAttribute.NEWCOMER: lambda: _("of newcomers and of those who return, each"),
    BalanceAttribute.LANGUAGE: lambda: _("of each language"),
    BalanceAttribute.ORGANISATION: lambda: _("of each organisation"),
}
