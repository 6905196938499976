"""What is said of groups in words: reasons, terms of the score, rules that contradict each other."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from filiera.admissions.queries.selection_pool import ValueNames
from filiera.workshops.models import GroupAttribute
from filiera.workshops.queries.group_problem import GroupProblem
from filiera.workshops.queries.group_reasons import Exchange, Reason
from filiera.workshops.queries.group_score import REPEATS, WISHES

NEAR = 1e-6


class Sentences:
    """Sentences about one problem, in the page's language."""

    def __init__(self, problem: GroupProblem) -> None:
        self.problem = problem
        self.value_name = ValueNames(
            member.values.get(GroupAttribute.ORGANISATION, "") for member in problem.members
        )

    def reason(self, sitting: int, position: int, reason: Reason) -> str:
        """Why somebody sits where they sit; every part of it is true of the plan as it stands."""
        parts = [
            *self._given(sitting, position, reason),
            self._met(reason),
            self._alone(position, reason),
            self.exchange(sitting, reason.exchange, is_fixed=reason.is_fixed),
        ]
        return " ".join(part for part in parts if part)

    def exchange(self, sitting: int, exchange: Exchange | None, *, is_fixed: bool = False) -> str:
        if is_fixed:
            return ""
        if exchange is None:
            return _("The rules allow no exchange with another group.")
        told = {
            "name": self.problem.members[exchange.position].name,
            "group": self.problem.sittings[sitting].circles[exchange.circle].number,
            "points": points_in_words(abs(exchange.points)),
        }
        if exchange.points > NEAR:
            return _("The cheapest exchange, with %(name)s of group %(group)s, would cost %(points)s.") % told
        if exchange.points < -NEAR:
            return _("An exchange with %(name)s of group %(group)s would save %(points)s.") % told
        return _("An exchange with %(name)s of group %(group)s would cost nothing.") % told

    def _given(self, sitting: int, position: int, reason: Reason) -> Iterable[str]:
        circle_online = reason.by_mode and self._is_online(sitting, position)
        if reason.is_fixed:
            yield _("Fixed here by hand.")
        elif reason.by_mode:
            yield (
                _("Online that day, as everybody in this group.")
                if circle_online
                else _("On site that day, as everybody in this group.")
            )
        if reason.rank is not None:
            yield {
                1: _("The theme wished for first."),
                2: _("The theme wished for second."),
                3: _("The theme wished for third."),
            }[reason.rank]
        if reason.together:
            names = ", ".join(self.problem.members[other].name for other in reason.together)
            yield _("Kept together with %(names)s.") % {"names": names}

    def _met(self, reason: Reason) -> str:
        if not reason.others:
            return _("Alone in this group.")
        if len(self.problem.sittings) == 1:
            return ""
        told = {"new": reason.new, "others": reason.others}
        if reason.new == reason.others:
            return (
                ngettext(
                    "Meets %(others)s other here and in no other round.",
                    "Meets %(others)s others here and in no other round.",
                    reason.others,
                )
                % told
            )
        return (
            ngettext(
                "Of %(others)s other %(new)s is met in no other round.",
                "Of %(others)s others %(new)s are met in no other round.",
                reason.others,
            )
            % told
        )

    def _alone(self, position: int, reason: Reason) -> str:
        values = self.problem.members[position].values
        # One's own organisation says nothing when its country does already.
        told = [
            self.value_name(attribute, values[attribute])
            for attribute in reason.alone
            if attribute != GroupAttribute.ORGANISATION
        ]
        if not told or not reason.others:
            return ""
        return _("The only one in the group for: %(values)s.") % {"values": ", ".join(told)}

    def _is_online(self, sitting: int, position: int) -> bool:
        return self.problem.sittings[sitting].modes.get(position) == "online"


def term_label(key: str) -> str:
    """What two have in common who cost points together."""
    if key == REPEATS:
        return _("Meeting again")
    if key == WISHES:
        return _("Wishes for themes not met")
    return str(GroupAttribute(key).label)


def points_in_words(points: float) -> str:
    told = number_format(round(points, 1), 0 if abs(points - round(points)) < 0.05 else 1)
    return ngettext("%(points)s point", "%(points)s points", 1 if told == "1" else 2) % {"points": told}


def contradiction_in_words(part: Mapping[str, Any], names: Mapping[int, str]) -> str:
    """One rule of a contradiction, told by the keys it was kept with."""
    told = {
        "first": names.get(part.get("first", 0), "—"),
        "second": names.get(part.get("second", 0), "—"),
        "group": part.get("group", ""),
        "size": part.get("size", ""),
        "round": part.get("round", ""),
    }
    sentences = {
        "together": _("%(first)s and %(second)s are kept together."),
        "apart": _("%(first)s and %(second)s are kept apart."),
        "fixed": _("%(first)s is fixed in group %(group)s of round %(round)s."),
        "allowed": _("%(first)s sits with those of the same mode in round %(round)s, online or on site."),
        "smallest": _("Group %(group)s of round %(round)s needs at least %(size)s."),
        "largest": _("Group %(group)s of round %(round)s holds at most %(size)s."),
    }
    return sentences[str(part["kind"])] % told
