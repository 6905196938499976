"""What a study found, in words and numbers of a page."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from filiera.indicators.impact_limits import (
    GOOD_DIFFERENCE,
    LEAST_EFFECTIVE,
    LEAST_MATCHED_SHARE,
    LEAST_MEMBERS,
    MOST_DIFFERENCE,
    PRETREND_LEVEL,
    WELL_MATCHED_SHARE,
)
from filiera.indicators.models import ImpactStudy, StudyState


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that had to hold: what was found, and whether it is enough."""

    name: str
    found: str
    needed: str
    tone: str


@dataclass(frozen=True, slots=True)
class YearWords:
    """One year of the event study as a table tells it; numbers for the drawing beside the words."""

    year: int
    value: float
    low: float
    high: float
    members: int
    compared: int
    words: str
    low_words: str
    high_words: str

    @property
    def name(self) -> str:
        return year_words(self.year)


class StudyWords:
    """A finished study as its page tells it."""

    def __init__(self, study: ImpactStudy) -> None:
        self.study = study
        self.result: Mapping[str, Any] = study.result or {}

    @property
    def is_relative(self) -> bool:
        """Whether the effect is told in percent."""
        return bool(self.study.choices.get("scale") == "log")

    @property
    def unit(self) -> str:
        return "%" if self.is_relative else self.study.unit

    @property
    def headline(self) -> str:
        """The state of the study as a heading."""
        match self.study.state:
            case StudyState.WAITING | StudyState.RUNNING:
                return _("The comparison is under way")
            case StudyState.FAILED:
                return _("The comparison stopped by a fault")
            case StudyState.REFUSED:
                return _("The data do not carry an estimate")
        overall = self.result["overall"]
        if overall["low"] <= 0 <= overall["high"]:
            return _("No effect can be told from chance")
        if overall["value"] > 0:
            return _("Members stand higher than firms like them: %(value)s") % {"value": self.effect}
        return _("Members stand lower than firms like them: %(value)s") % {"value": self.effect}

    @property
    def effect(self) -> str:
        return self._words(self.result["overall"]["value"], self.result["overall"]["error"])

    @property
    def effect_number(self) -> str:
        """The effect without its unit."""
        overall = self.result["overall"]
        return self._signed_of(overall["value"], overall["error"])

    @property
    def interval(self) -> str:
        overall = self.result["overall"]
        return self._interval(overall)

    @property
    def mean_before(self) -> str:
        """The outcome of the members in the year before joining; of logarithms the geometric mean."""
        mean = self.result.get("mean_before")
        if mean is None:
            return ""
        shown = math.exp(mean) if self.is_relative else mean
        return _number(shown, abs(shown) / 100)

    @property
    def matched(self) -> str:
        could_be = sum(members for _year, members, _matched in self.result.get("cohorts", ()))
        return _("%(matched)s of %(members)s") % {"matched": self.result["matched"], "members": could_be}

    @property
    def years(self) -> list[YearWords]:
        found = []
        for each in self.result.get("effects", ()):
            value, low, high = (self._shown(each[name]) for name in ("value", "low", "high"))
            error = (high - low) / 4
            found.append(
                YearWords(
                    year=each["year"],
                    value=value,
                    low=low,
                    high=high,
                    members=each["members"],
                    compared=each["compared"],
                    words=_signed(value, error),
                    low_words=_signed(low, error),
                    high_words=_signed(high, error),
                )
            )
        return found

    @property
    def reason(self) -> str:
        """Why there is no estimate, and what could be done."""
        values = self.result.get("values", {})
        count = round(values.get("count", 0))
        match self.result.get("reason"):
            case "too_few_years":
                return _(
                    "At least one year before the year before joining and one after are needed, each with "
                    "ten members or more. Add earlier or later years to the panel."
                )
            case "not_positive":
                return ngettext(
                    "One value is zero or below, and percent need values above zero. Tell the effect in its "
                    "unit.",
                    "%(count)s values are zero or below, and percent need values above zero. Tell the effect "
                    "in its unit.",
                    count,
                ) % {"count": count}
            case "too_few_members":
                return ngettext(
                    "One member has all values in the year before joining; %(least)s are needed.",
                    "%(count)s members have all values in the year before joining; %(least)s are needed.",
                    count,
                ) % {"count": count, "least": LEAST_MEMBERS}
            case "no_common_support":
                return _(
                    "Only %(share)s of the members have a firm like them outside, and half of them at least "
                    "is needed. Add firms to the panel, or ask for fewer things to be equal."
                ) % {"share": _percent(values.get("share", 0.0))}
            case "too_few_compared":
                return _(
                    "The comparison rests on too few firms outside: as good as %(count)s, and %(least)s are "
                    "needed. Add firms that never joined."
                ) % {"count": count, "least": LEAST_EFFECTIVE}
            case "not_balanced":
                return _(
                    "After matching, members and the others still differ by %(difference)s standard "
                    "deviations in one thing; %(most)s is the most that is taken. Try the other distance, "
                    "or add firms."
                ) % {
                    "difference": _number(values.get("difference", 0.0), 0.1),
                    "most": _number(MOST_DIFFERENCE, 0.1),
                }
            case "pretrends_differ":
                return _(
                    "Members and the others moved apart already before joining (p = %(p)s), so that what "
                    "came after cannot be put down to it. Add what explains the difference, or compare other "
                    "firms."
                ) % {"p": _p(values.get("p", 0.0))}
        return ""

    @property
    def cautions(self) -> list[str]:
        words = {
            "members_left_out": _(
                "Some members have no firm like them outside; the estimate tells nothing about those."
            ),
            "not_well_balanced": _("Members and the others are alike, but not closely in everything."),
            "placebo_is_not_zero": _(
                "The placebo finds an effect where there can be none. Do not rely on this estimate."
            ),
            "no_placebo": _("There are too few years before joining for a placebo."),
            "one_year_before": _("Only one year could be tested before joining."),
        }
        return [words[caution] for caution in self.result.get("cautions", ())]

    @property
    def checks(self) -> list[Check]:
        """Everything that had to hold, as far as the study came."""
        return [
            check
            for check in (
                self._support(),
                self._compared(),
                self._balance(),
                self._pretrend(),
                self._placebo(),
            )
            if check is not None
        ]

    def _support(self) -> Check | None:
        could_be = sum(members for _year, members, _matched in self.result.get("cohorts", ()))
        if not could_be:
            return None
        share = self.result["matched"] / could_be
        tone = "bad" if share < LEAST_MATCHED_SHARE else "warn" if share < WELL_MATCHED_SHARE else "ok"
        return Check(
            _("Members with a firm like them outside"),
            _percent(share),
            _("%(share)s or more") % {"share": _percent(LEAST_MATCHED_SHARE)},
            tone,
        )

    def _compared(self) -> Check | None:
        if not self.result.get("compared"):
            return None
        effective = self.result["effective"]
        return Check(
            _("Firms compared, counted by their weight"),
            number_format(round(effective)),
            _("%(count)s or more") % {"count": LEAST_EFFECTIVE},
            "ok" if effective >= LEAST_EFFECTIVE else "bad",
        )

    def _balance(self) -> Check | None:
        required = [abs(row["after"]) for row in self.result.get("balance", ()) if row["is_required"]]
        if not required:
            return None
        worst = max(required)
        tone = "bad" if worst > MOST_DIFFERENCE else "warn" if worst > GOOD_DIFFERENCE else "ok"
        return Check(
            _("Greatest difference after matching, in standard deviations"),
            _number(worst, 0.1),
            _("%(most)s or less") % {"most": _number(MOST_DIFFERENCE, 0.1)},
            tone,
        )

    def _pretrend(self) -> Check | None:
        told = self.result.get("pretrend")
        if told is None:
            return None
        return Check(
            ngettext(
                "Moving alike before joining (one year tested)",
                "Moving alike before joining (%(count)s years tested)",
                told["years"],
            )
            % {"count": told["years"]},
            f"p = {_p(told['p'])}",
            _("p of %(level)s or more") % {"level": _number(PRETREND_LEVEL, 0.1)},
            "ok" if told["p"] >= PRETREND_LEVEL else "bad",
        )

    def _placebo(self) -> Check | None:
        told = self.result.get("placebo")
        if told is None:
            return None
        years = told["years_earlier"]
        return Check(
            ngettext(
                "Placebo: joining pretended one year earlier",
                "Placebo: joining pretended %(count)s years earlier",
                years,
            )
            % {"count": years},
            self._interval(told["effect"]),
            _("an interval that holds zero"),
            "ok" if told["effect"]["p"] >= PRETREND_LEVEL else "warn",
        )

    def _shown(self, value: float) -> float:
        return 100 * math.expm1(value) if self.is_relative else value

    def _words(self, value: float, error: float) -> str:
        return _with_unit(self._signed_of(value, error), self.unit)

    def _signed_of(self, value: float, error: float) -> str:
        return _signed(self._shown(value), error * (100 if self.is_relative else 1))

    def _interval(self, told: Mapping[str, Any]) -> str:
        low, high = self._shown(told["low"]), self._shown(told["high"])
        error = (high - low) / 4
        words = _("%(low)s to %(high)s") % {"low": _signed(low, error), "high": _signed(high, error)}
        return _with_unit(words, self.unit)


def year_words(year: int) -> str:
    """A year counted from joining."""
    if year == 0:
        return _("year of joining")
    count = abs(year)
    if year < 0:
        return ngettext("one year before", "%(count)s years before", count) % {"count": count}
    return ngettext("one year after", "%(count)s years after", count) % {"count": count}


def _signed(value: float, error: float) -> str:
    words = _number(abs(value), error)
    is_nothing = not any(digit in words for digit in "123456789")
    return words if is_nothing else f"{'+' if value > 0 else '−'}{words}"


def _number(value: float, error: float) -> str:
    """Two digits of the error: more would promise what the figure does not hold."""
    digits = 2 if error <= 0 else min(6, max(0, 1 - math.floor(math.log10(error))))
    return number_format(round(value, digits), digits, use_l10n=True, force_grouping=True)


def _p(value: float) -> str:
    return f"< {_number(0.001, 0.01)}" if value < 0.001 else _number(value, 0.1 if value >= 0.1 else 0.01)


def _percent(share: float) -> str:
    return f"{number_format(round(100 * share))}\N{NO-BREAK SPACE}%"


def _with_unit(words: str, unit: str) -> str:
    return f"{words}\N{NO-BREAK SPACE}{unit}" if unit else words
