"""Whether somebody did enough for an award, and in which sentence what is missing is told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from babel.lists import format_list
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from filiera.academy.dates import day_and_month
from filiera.academy.models import Session, SessionKind
from filiera.credentials.models import Award
from filiera.credentials.queries.attendance import Attendance
from filiera.credentials.words import duration_words, share_words
from filiera.ledger.kinds import all_kinds
from filiera.texts.languages import DEFAULT_LANGUAGE, translated

NEEDABLE_FACTS: Mapping[str, Promise] = {"action_plan.presented": gettext_lazy("Action plan presented")}
"""Kinds of fact that an award may ask for beside attendance; the apps that record them may come later."""


@dataclass(frozen=True, slots=True)
class Needs:
    """The conditions of an award, read once for all participants."""

    award: Award
    sessions: Sequence[Session]
    held_minutes: int

    @classmethod
    def of(cls, award: Award, held_minutes: int) -> "Needs":
        return cls(award, list(award.needed_sessions.order_by("during", "pk")), held_minutes)


@dataclass(frozen=True, slots=True)
class Standing:
    """How far one participant is, and each condition that is not met."""

    minutes: int
    share: float | None
    days: int
    missing: Sequence[str]

    @property
    def qualifies(self) -> bool:
        return not self.missing


def standing_of(needs: Needs, attendance: Attendance, facts: frozenset[str]) -> Standing:
    """Compare what the ledger tells of one person with what the award asks for."""
    award, minutes, days = needs.award, attendance.minutes, attendance.days
    share = min(1.0, minutes / needs.held_minutes) if needs.held_minutes else None
    missing = []
    if award.least_hours is not None and minutes < award.least_hours * 60:
        missing.append(
            _("%(attended)s attended; %(needed)s needed.")
            % {"needed": _hours(award), "attended": duration_words(minutes)}
        )
    if award.least_share is not None:
        missing += _missing_share(needs, minutes, share)
    if award.least_days is not None and len(days) < award.least_days:
        missing.append(_missing_days(award.least_days, attendance))
    attended = {session.session_id for session in attendance.sessions}
    missing += [
        _("“%(session)s” was not attended.") % {"session": translated(session.title)}
        for session in needs.sessions
        if session.pk not in attended
    ]
    kinds = {session.session_kind for session in attendance.sessions}
    missing += [
        _("No session of the kind “%(kind)s” was attended.") % {"kind": SessionKind(kind).label}
        for kind in award.needed_session_kinds
        if kind not in kinds
    ]
    missing += [_missing_fact(code) for code in award.needed_facts if code not in facts]
    return Standing(minutes=minutes, share=share, days=len(days), missing=missing)


def conditions_of(award: Award, sessions: Sequence[Session]) -> list[str]:
    """What the award asks for, one condition a sentence, in the language of the moment."""
    told = []
    if award.least_hours is not None:
        told.append(_("At least %(hours)s attended.") % {"hours": _hours(award)})
    if award.least_share is not None:
        told.append(
            _("At least %(share)s of the hours held attended.")
            % {"share": share_words(float(award.least_share))}
        )
    if award.least_days is not None:
        told.append(
            ngettext(
                "Present on at least %(days)s day.", "Present on at least %(days)s days.", award.least_days
            )
            % {"days": award.least_days}
        )
    told += [_("“%(session)s” attended.") % {"session": translated(session.title)} for session in sessions]
    told += [
        _("A session of the kind “%(kind)s” attended.") % {"kind": SessionKind(kind).label}
        for kind in award.needed_session_kinds
    ]
    told += [f"{NEEDABLE_FACTS[code]}." for code in award.needed_facts if code in NEEDABLE_FACTS]
    return told


def is_recorded(code: str) -> bool:
    """Whether any app of this platform can record facts of the kind."""
    return any(kind.code == code for kind in all_kinds())


def _missing_share(needs: Needs, minutes: int, share: float | None) -> list[str]:
    needed = float(needs.award.least_share or 0)
    if share is None:
        return [_("No session has been recorded as held yet, so there is no share to compare.")]
    if minutes >= needed * needs.held_minutes:
        return []
    return [
        _("%(share)s of the hours held attended (%(attended)s of %(held)s); %(needed)s is needed.")
        % {
            "needed": share_words(needed),
            "share": share_words(share),
            "attended": duration_words(minutes),
            "held": duration_words(needs.held_minutes),
        }
    ]


def _missing_days(needed: int, attendance: Attendance) -> str:
    days = attendance.days
    asked = ngettext("%(days)s day is needed", "%(days)s days are needed", needed) % {"days": needed}
    if not days:
        return _("%(asked)s; none was attended.") % {"asked": asked}
    language = (get_language() or DEFAULT_LANGUAGE).replace("-", "_")
    named = format_list([day_and_month(day) for day in days], locale=language)
    return _("%(asked)s; %(count)s attended (%(named)s).") % {
        "asked": asked,
        "count": len(days),
        "named": named,
    }


def _missing_fact(code: str) -> str:
    name = NEEDABLE_FACTS.get(code, code)
    if not is_recorded(code):
        return _("%(fact)s: not recorded here yet.") % {"fact": name}
    return _("%(fact)s: not recorded of this person.") % {"fact": name}


def _hours(award: Award) -> str:
    return duration_words(round((award.least_hours or 0) * 60))
