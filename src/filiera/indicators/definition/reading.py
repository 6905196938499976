"""From YAML, or what it says, to a definition; every mistake is told with its place."""

import re
from collections.abc import Collection, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

from django.db import models
from django.utils.translation import gettext as _

from filiera.indicators.definition import measures as m
from filiera.indicators.definition.problems import DefinitionHasMistakes, Problem
from filiera.indicators.definition.shape import (
    Better,
    Breakdown,
    Definition,
    Label,
    PeriodKind,
    Scheme,
    Side,
    Stage,
    Unit,
)
from filiera.indicators.definition.units import unit_problem
from filiera.ledger.kinds import UnknownKind, kind_of
from filiera.ledger.models import Source
from filiera.organisations.models import OrganisationKind, SizeClass
from filiera.texts.languages import page_languages

_CODE = re.compile(r"^[a-z][a-z0-9_]{2,59}$")
_KIND = re.compile(r"^[a-z_]+\.[a-z_]+$")
_KEYS = {
    "code", "version", "names", "descriptions", "stage", "leads_to", "unit", "precision", "better", "period",
    "breakdowns", "side", "about", "measure", "minimum_group", "owner", "public", "labels", "schemes",
}  # fmt: skip
_COUNTED_OF = ("person", "counterpart", "organisation", "subject")
_SUMMED_OF = ("quantity", "amount")
_ACROSS = ("", "organisation", "country")
_TALLIES = ("count", "distinct", "sum")
_NOTHING = m.Tally("count", "", ())
Choice = TypeVar("Choice", bound=models.TextChoices)


def read_definition(told: object, *, expected: Collection[str] = ()) -> Definition:
    """The definition that a mapping, or a text in YAML, says.

    A kind that no app declares yet is a mistake unless it is among `expected`, which the packaged
    definitions announce for rooms to come.
    Raises DefinitionHasMistakes.
    """
    if isinstance(told, str):
        told = _of_yaml(told)
    if not isinstance(told, Mapping):
        raise DefinitionHasMistakes([Problem("", _("expected a mapping of keys to values"))])
    reader = _Reader(dict(told), frozenset(expected))
    definition = reader.read()
    if reader.problems:
        raise DefinitionHasMistakes(reader.problems)
    return definition


def _of_yaml(text: str) -> object:
    import yaml

    try:
        return yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = _("line %(line)s, column %(column)s") % {
            "line": mark.line + 1 if mark else 0,
            "column": mark.column + 1 if mark else 0,
        }
        raise DefinitionHasMistakes([Problem(place, str(error.problem))]) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise DefinitionHasMistakes([Problem("", str(error))]) from error


class _Reader:
    def __init__(self, told: dict[str, Any], expected: frozenset[str]) -> None:
        self.told = told
        self.expected = expected
        self.problems: list[Problem] = []

    def read(self) -> Definition:
        told = self.told
        self._only(told, _KEYS, "")
        code = str(told.get("code", ""))
        if not _CODE.match(code):
            self._wrong("code", _("expected small letters, digits and underscores, such as members_total"))
        period = self._choice(told.get("period", "any"), PeriodKind, "period")
        side = self._choice(told.get("side", "organisation"), Side, "side")
        measure = self._measure(told.get("measure"))
        about_default = "counterpart" if isinstance(measure, m.Stock) else "organisation"
        definition = Definition(
            code=code,
            version=self._whole(told.get("version", 1), "version", 1, 9999),
            names=self._texts(told.get("names"), "names"),
            descriptions=self._texts(told.get("descriptions"), "descriptions"),
            stage=self._choice(told.get("stage"), Stage, "stage"),
            leads_to=self._texts(told.get("leads_to", {}), "leads_to", needed=False),
            unit=self._choice(told.get("unit"), Unit, "unit"),
            precision=self._whole(told.get("precision", 0), "precision", 0, 4),
            better=self._choice(told.get("better", "more"), Better, "better"),
            period=period,
            breakdowns=self._breakdowns(told.get("breakdowns", [])),
            side=side,
            about=self._choice(told.get("about", about_default), Side, "about"),
            measure=measure,
            minimum_group=self._whole(told.get("minimum_group", 0), "minimum_group", 0, 1000),
            owner=self._text(told.get("owner", "cluster"), "owner"),
            is_public=self._yes(told.get("public", False), "public"),
            labels=self._labels(told.get("labels", [])),
            schemes=self._schemes(told.get("schemes", [])),
            body=told,
        )
        if definition.about == Side.EITHER:
            self._wrong("about", _("expected organisation or counterpart"))
        if definition.breakdowns and definition.needs:
            self._wrong("breakdowns", _("a figure formed from others has none of its own"))
        if not self.problems and (reason := unit_problem(definition)):
            self._wrong("unit", reason)
        return definition

    def _measure(self, told: object) -> m.Measure:
        if not isinstance(told, Mapping):
            self._wrong("measure", _("expected a mapping with a kind"))
            return m.Declared()
        kind = str(told.get("kind", ""))
        readers = {
            "count": self._tally,
            "distinct": self._tally,
            "sum": self._tally,
            "mean": self._mean,
            "median": self._mean,
            "score": self._score,
            "share": self._share,
            "stock": self._stock,
            "duration": self._duration,
            "ratio": self._ratio,
            "change": self._change,
            "composite": self._composite,
            "declared": self._declared,
        }
        if kind not in readers:
            self._wrong("measure.kind", _one_of(readers))
            return m.Declared()
        return readers[kind](told)

    def _tally(self, told: Mapping[str, Any]) -> m.Tally:
        self._only(told, {"kind", "of", "facts", "where"}, "measure")
        kind = str(told["kind"])
        allowed = {"count": ("",), "distinct": _COUNTED_OF, "sum": _SUMMED_OF}[kind]
        of = self._one_of(str(told.get("of", "quantity" if kind == "sum" else "")), allowed, "measure.of")
        where = self._filters(told.get("where"), "measure.where")
        return m.Tally(kind, of, self._facts(told, "measure"), where)

    def _mean(self, told: Mapping[str, Any]) -> m.Mean | m.Median:
        self._only(told, {"kind", "of", "facts", "where"}, "measure")
        of = self._one_of(str(told.get("of", "quantity")), _SUMMED_OF, "measure.of")
        measure = m.Median if told["kind"] == "median" else m.Mean
        return measure(of, self._facts(told, "measure"), self._filters(told.get("where"), "measure.where"))

    def _score(self, told: Mapping[str, Any]) -> m.Score:
        self._only(told, {"kind", "facts", "scale", "where"}, "measure")
        scale = told.get("scale")
        if not isinstance(scale, list) or len(scale) != 2:
            self._wrong("measure.scale", _("expected the lowest and the highest answer, such as [1, 5]"))
            scale = [1, 5]
        lowest, highest = (self._number(value, "measure.scale") for value in scale)
        if lowest >= highest:
            self._wrong("measure.scale", _("the lowest answer comes first"))
        facts = self._facts(told, "measure")
        return m.Score(facts, lowest, highest, self._filters(told.get("where"), "measure.where"))

    def _share(self, told: Mapping[str, Any]) -> m.Share:
        self._only(told, {"kind", "tally", "of", "facts", "where", "part"}, "measure")
        tally = self._one_of(str(told.get("tally", "count")), _TALLIES, "measure.tally")
        of_whole = {key: told[key] for key in ("of", "facts", "where") if key in told}
        whole = self._tally({**of_whole, "kind": tally}) if tally in _TALLIES else _NOTHING
        part = self._filters(told.get("part"), "measure.part")
        if part == m.Filters():
            self._wrong("measure.part", _("expected what makes the part, such as size_class: [micro, small]"))
        return m.Share(whole, part)

    def _stock(self, told: Mapping[str, Any]) -> m.Stock:
        self._only(told, {"kind", "of", "started", "ended", "where"}, "measure")
        return m.Stock(
            of=self._one_of(str(told.get("of", "counterpart")), ("counterpart", "person"), "measure.of"),
            started=self._kind(told.get("started"), "measure.started"),
            ended=self._kind(told.get("ended"), "measure.ended"),
            where=self._filters(told.get("where"), "measure.where"),
        )

    def _duration(self, told: Mapping[str, Any]) -> m.Duration:
        self._only(told, {"kind", "from", "to", "as", "where"}, "measure")
        how = self._one_of(str(told.get("as", "median")), ("median", "mean"), "measure.as")
        start = self._kind(told.get("from"), "measure.from")
        end = self._kind(told.get("to"), "measure.to")
        if start and start == end:
            self._wrong("measure.to", _("a duration lies between two different kinds"))
        return m.Duration(start, end, how == "median", self._filters(told.get("where"), "measure.where"))

    def _ratio(self, told: Mapping[str, Any]) -> m.Ratio:
        self._only(told, {"kind", "numerator", "denominator", "denominator_at"}, "measure")
        at = self._one_of(str(told.get("denominator_at", "end")), ("end", "start"), "measure.denominator_at")
        return m.Ratio(
            self._reference(told.get("numerator"), "measure.numerator"),
            self._reference(told.get("denominator"), "measure.denominator"),
            denominator_before=at == "start",
        )

    def _change(self, told: Mapping[str, Any]) -> m.Change:
        self._only(told, {"kind", "figure", "as"}, "measure")
        how = self._one_of(str(told.get("as", "difference")), ("difference", "percent"), "measure.as")
        return m.Change(self._reference(told.get("figure"), "measure.figure"), how == "percent")

    def _composite(self, told: Mapping[str, Any]) -> m.Composite:
        self._only(told, {"kind", "of"}, "measure")
        parts = told.get("of")
        if not isinstance(parts, list) or not parts:
            self._wrong("measure.of", _("expected a list of figures with their weights"))
            return m.Composite(())
        return m.Composite(tuple(self._part(part, f"measure.of[{at}]") for at, part in enumerate(parts)))

    def _part(self, told: object, place: str) -> m.Part:
        if not isinstance(told, Mapping):
            self._wrong(place, _("expected a mapping with code, weight, worst and best"))
            return m.Part("", Decimal(1), Decimal(0), Decimal(1))
        self._only(told, {"code", "weight", "worst", "best"}, place)
        weight = self._number(told.get("weight", 1), f"{place}.weight")
        worst = self._number(told.get("worst"), f"{place}.worst")
        best = self._number(told.get("best"), f"{place}.best")
        if weight <= 0:
            self._wrong(f"{place}.weight", _("expected a number above 0"))
        if worst == best:
            self._wrong(f"{place}.best", _("worst and best differ"))
        return m.Part(self._reference(told.get("code"), f"{place}.code"), weight, worst, best)

    def _declared(self, told: Mapping[str, Any]) -> m.Declared:
        self._only(told, {"kind"}, "measure")
        return m.Declared()

    def _facts(self, told: Mapping[str, Any], place: str) -> tuple[str, ...]:
        facts = told.get("facts")
        if not isinstance(facts, list) or not facts:
            self._wrong(f"{place}.facts", _("expected a list of kinds of fact"))
            return ()
        return tuple(self._kind(kind, f"{place}.facts[{at}]") for at, kind in enumerate(facts))

    def _kind(self, told: object, place: str) -> str:
        kind = str(told or "")
        if not _KIND.match(kind):
            self._wrong(place, _("expected a kind of fact, such as membership.started"))
            return ""
        if kind not in self.expected:
            try:
                kind_of(kind)
            except UnknownKind:
                self._wrong(place, _("the kind %(kind)s is not known") % {"kind": kind})
        return kind

    def _filters(self, told: object, place: str) -> m.Filters:
        if told is None:
            return m.Filters()
        if not isinstance(told, Mapping):
            self._wrong(place, _("expected a mapping of filters"))
            return m.Filters()
        known = {
            "member_type": tuple(OrganisationKind.values),
            "size_class": (*SizeClass.values, ""),
            "source": tuple(Source.values),
            "country": (),
            "ecosystem": (),
            "region": (),
            "kinds": (),
        }
        self._only(told, {*known, "across"}, place)
        lists = {key: self._list(told.get(key), known[key], f"{place}.{key}") for key in known if key in told}
        across = self._one_of(str(told.get("across", "")), _ACROSS, f"{place}.across")
        return m.Filters(**lists, across=across)

    def _list(self, told: object, known: tuple[str, ...], place: str) -> tuple[str, ...]:
        values = told if isinstance(told, list) else [told]
        for at, value in enumerate(values):
            if known and value not in known:
                self._wrong(f"{place}[{at}]", _one_of(known))
        return tuple(str(value) for value in values)

    def _breakdowns(self, told: object) -> tuple[Breakdown, ...]:
        if not isinstance(told, list):
            self._wrong("breakdowns", _("expected a list"))
            return ()
        found = []
        for at, value in enumerate(told):
            if value in Breakdown.values:
                found.append(Breakdown(value))
            else:
                self._wrong(f"breakdowns[{at}]", _one_of(Breakdown.values))
        return tuple(found)

    def _labels(self, told: object) -> tuple[Label, ...]:
        labels = []
        for place, entry in self._entries(told, "labels", {"code", "declare", "evidence"}):
            labels.append(
                Label(
                    self._text(entry.get("code"), f"{place}.code"),
                    self._texts(entry.get("declare", {}), f"{place}.declare", needed=False),
                    self._texts(entry.get("evidence", {}), f"{place}.evidence", needed=False),
                )
            )
        return tuple(labels)

    def _schemes(self, told: object) -> tuple[Scheme, ...]:
        schemes = []
        for place, entry in self._entries(told, "schemes", {"scheme", "indicator", "source", "note"}):
            schemes.append(
                Scheme(
                    self._text(entry.get("scheme"), f"{place}.scheme"),
                    self._text(entry.get("indicator"), f"{place}.indicator"),
                    str(entry.get("source", "")),
                    self._texts(entry.get("note", {}), f"{place}.note", needed=False),
                )
            )
        return tuple(schemes)

    def _entries(self, told: object, place: str, keys: set[str]) -> list[tuple[str, Mapping[str, Any]]]:
        if not isinstance(told, list):
            self._wrong(place, _("expected a list"))
            return []
        entries = []
        for at, entry in enumerate(told):
            if isinstance(entry, Mapping):
                self._only(entry, keys, f"{place}[{at}]")
                entries.append((f"{place}[{at}]", entry))
            else:
                self._wrong(f"{place}[{at}]", _("expected a mapping of keys to values"))
        return entries

    def _texts(self, told: object, place: str, *, needed: bool = True) -> dict[str, str]:
        if not isinstance(told, Mapping) or any(not isinstance(text, str) for text in told.values()):
            self._wrong(place, _("expected a text for each language"))
            return {}
        texts = {str(language): " ".join(text.split()) for language, text in told.items()}
        for language in page_languages():
            if (needed or texts) and not texts.get(language):
                self._wrong(f"{place}.{language}", _("a text in this language is missing"))
        return texts

    def _text(self, told: object, place: str) -> str:
        if not isinstance(told, str | int | float) or not str(told).strip() or len(str(told)) > 300:
            self._wrong(place, _("expected a text"))
        return str(told)

    def _choice(self, told: object, choices: type[Choice], place: str) -> Choice:
        if told in choices.values:
            return choices(told)
        self._wrong(place, _one_of(choices.values))
        return next(iter(choices))

    def _one_of(self, told: str, known: tuple[str, ...], place: str) -> str:
        if told not in known:
            self._wrong(place, _one_of([value for value in known if value]))
        return told

    def _whole(self, told: object, place: str, least: int, most: int) -> int:
        if isinstance(told, bool) or not isinstance(told, int) or not least <= told <= most:
            self._wrong(place, _("expected a whole number from %(a)s to %(b)s") % {"a": least, "b": most})
            return least
        return told

    def _number(self, told: object, place: str) -> Decimal:
        try:
            value = Decimal(str(told))
        except InvalidOperation:
            value = Decimal("NaN")
        if isinstance(told, bool) or not value.is_finite():
            self._wrong(place, _("expected a number"))
            return Decimal(0)
        return value

    def _yes(self, told: object, place: str) -> bool:
        if not isinstance(told, bool):
            self._wrong(place, _("expected true or false"))
        return told is True

    def _reference(self, told: object, place: str) -> str:
        code = str(told or "")
        if not _CODE.match(code):
            self._wrong(place, _("expected the code of an indicator"))
        return code

    def _only(self, told: Mapping[str, Any], known: Collection[str], place: str) -> None:
        for key in told:
            if key not in known and told[key] is not None:
                at = f"{place}.{key}" if place else str(key)
                self._wrong(
                    at, _("there is no such key; known are %(keys)s") % {"keys": ", ".join(sorted(known))}
                )

    def _wrong(self, place: str, reason: str) -> None:
        self.problems.append(Problem(place, reason))


def _one_of(known: Collection[str]) -> str:
    return _("expected one of: %(choices)s") % {"choices": ", ".join(known)}
