"""Every figure a second time, by plain loops over facts and memberships: slow, and written from the words.

It shares nothing with the computing but the definitions and the calendar: no SQL, no scope table, no Ibis.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from filiera.indicators.definition import (
    Change,
    Composite,
    Declared,
    Definition,
    Duration,
    Filters,
    Mean,
    Median,
    Ratio,
    Score,
    Share,
    Stock,
    Tally,
)
from filiera.indicators.models import Value
from filiera.indicators.queries.definitions import current_definitions
from filiera.ledger.kinds import all_kinds
from filiera.ledger.models import Fact
from filiera.organisations.models import Membership, Organisation, Succession

ROME = ZoneInfo("Europe/Rome")
EVER, NEVER = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)
Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class Seen:
    """A fact with what it says of its two organisations."""

    fact: Fact
    organisation_kind: str
    organisation_country: str
    counterpart_kind: str
    counterpart_country: str


class Oracle:
    """The ledger in memory, and what follows from it."""

    def __init__(self, definitions: dict[str, Definition], at: datetime) -> None:
        self.definitions = definitions
        self.at = at
        facts = list(Fact.objects.select_related("organisation", "counterpart"))
        self.everything = facts
        gone = {fact.reverses for fact in facts if fact.reverses}
        self.facts = [
            _seen(fact)
            for fact in facts
            if fact.reverses is None and fact.id not in gone and fact.happened_at <= at
        ]
        self.by_kind: dict[str, list[Seen]] = defaultdict(list)
        for seen in self.facts:
            self.by_kind[seen.fact.kind].append(seen)
        self.up: dict[int, list[tuple[int, datetime, datetime]]] = defaultdict(list)
        for row in Membership.objects.valid():
            start = _midnight(row.start_on) if row.start_on else EVER
            end = _midnight(row.end_on) if row.end_on else NEVER
            self.up[row.member_id].append((row.cluster_id, start, end))
        self.heirs: dict[int, list[int]] = defaultdict(list)
        for row in Succession.objects.filter(kind__in=["merged", "renamed"]):
            self.heirs[row.from_organisation_id].append(row.to_organisation_id)
        self.priorities: dict[int, list[tuple[str, datetime, datetime]]] = defaultdict(list)
        for organisation in Organisation.objects.filter(s3_priorities__isnull=False).distinct():
            for row in organisation.s3_priorities.all():
                start, end = _midnight(date(row.from_year, 1, 1)), _midnight(date(row.until_year + 1, 1, 1))
                self.priorities[organisation.pk].append((row.code, start, end))
        self._spans: dict[int, dict[int, list[Span]]] = {}
        self._of_body: dict[str, dict[int, list[Seen]]] = {}
        self.known = self._known_from()
        self.first_of: dict[str, datetime] = {}
        for fact in facts:
            thing = fact.kind.partition(".")[0]
            self.first_of[thing] = min(self.first_of.get(thing, NEVER), fact.happened_at)

    def value(self, code: str, body: int, start: datetime, end: datetime, before: Span) -> Decimal | None:
        """The figure that a page shows, or nothing."""
        exact = self._exact(code, body, (start, end), before)
        if exact is None:
            return None
        places = Decimal(1).scaleb(-self.definitions[code].precision)
        return (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(places, ROUND_HALF_UP)

    def parts(self, code: str, body: int, start: datetime, end: datetime) -> dict[str, Decimal | None]:
        """The figure by S3 priority: who has several counts in each, who has none under an empty name."""
        definition = self.definitions[code]
        found: dict[str, list[Seen]] = defaultdict(list)
        for seen in self._facts_of(definition, body, (start, end)):
            is_stock = isinstance(definition.measure, Stock)
            moment = min(end, self.at) - timedelta(microseconds=1) if is_stock else seen.fact.happened_at
            about = getattr(seen.fact, f"{definition.about}_id")
            named = self.priorities.get(about, ())
            for priority in [code for code, since, until in named if since <= moment < until] or [""]:
                found[priority].append(seen)
        places = Decimal(1).scaleb(-definition.precision)
        told: dict[str, Decimal | None] = {}
        for priority, counted in found.items():
            exact = self._measured(definition, counted)
            told[priority] = (
                None
                if exact is None
                else (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(places, ROUND_HALF_UP)
            )
        return told

    def _exact(self, code: str, body: int, period: Span, before: Span) -> Fraction | None:
        definition = self.definitions[code]
        match definition.measure:
            case Declared():
                return None
            case Ratio(top, bottom, is_before):
                above = self._exact(top, body, period, before)
                below = self._exact(bottom, body, before if is_before else period, _earlier(before))
                if above is None or not below:
                    return None
                return above / below * (100 if definition.unit == "percent" else 1)
            case Change(on, in_percent):
                now, then = (
                    self._exact(on, body, period, before),
                    self._exact(on, body, before, _earlier(before)),
                )
                if now is None or then is None or (in_percent and not then):
                    return None
                return (now - then) / then * 100 if in_percent else now - then
            case Composite(parts):
                total, weights = Fraction(0), Fraction(0)
                for part in parts:
                    exact = self._exact(part.code, body, period, before)
                    if exact is None:
                        return None
                    share = (exact - Fraction(part.worst)) / (Fraction(part.best) - Fraction(part.worst))
                    total += min(max(share, Fraction(0)), Fraction(1)) * 100 * Fraction(part.weight)
                    weights += Fraction(part.weight)
                return total / weights
        return self._counted(definition, body, period)

    def _counted(self, definition: Definition, body: int, period: Span) -> Fraction | None:
        registered = {kind.code for kind in all_kinds()}
        needs_all = isinstance(definition.measure, Stock | Duration)
        there = [kind in registered for kind in definition.kinds]
        if not (all(there) if needs_all else any(there)):
            return None
        counted = self._facts_of(definition, body, period)
        if not counted and not self._is_known(definition, body, period[1]):
            return None
        return self._measured(definition, counted)

    def _measured(self, definition: Definition, counted: list[Seen]) -> Fraction | None:
        if definition.minimum_group and 0 < len(counted) < definition.minimum_group:
            return None
        match definition.measure:
            case Tally() as tally:
                return _tally(tally, counted)
            case Share(whole, part):
                all_of_it = _tally(whole, counted)
                met = _tally(whole, [seen for seen in counted if _meets(seen, part, definition.about)])
                return met / all_of_it * 100 if all_of_it else None
            case Mean() | Score():
                numbers = _numbers(counted, getattr(definition.measure, "of", "quantity"))
                return sum(numbers, Fraction(0)) / len(numbers) if numbers else None
            case Median(of=of):
                return _median(_numbers(counted, of))
            case Stock(of=of):
                return Fraction(len({_of(seen, of) for seen in counted} - {None}))
            case Duration() as duration:
                days = [self._days(duration, seen) for seen in counted]
                return (
                    _median(days)
                    if duration.as_median
                    else sum(days, Fraction(0)) / len(days)
                    if days
                    else None
                )
        raise AssertionError(definition.measure)

    def _facts_of(self, definition: Definition, body: int, period: Span) -> list[Seen]:
        measure, (start, end) = definition.measure, period
        counted = self._counted_for(definition).get(body, [])
        if not isinstance(measure, Stock):
            return [seen for seen in counted if start <= seen.fact.happened_at < end]
        moment = min(end, self.at + timedelta(microseconds=1))
        leaving: dict[tuple[object, object], list[datetime]] = defaultdict(list)
        for seen in self.by_kind[measure.ended]:
            leaving[seen.fact.organisation_id, _of(seen, measure.of)].append(seen.fact.happened_at)
        return [
            seen
            for seen in counted
            if seen.fact.happened_at < moment
            and not any(
                seen.fact.happened_at < left < moment
                for left in leaving[seen.fact.organisation_id, _of(seen, measure.of)]
            )
            and self._belongs(body, seen.fact.organisation_id, moment - timedelta(microseconds=1))
        ]

    def _counted_for(self, definition: Definition) -> dict[int, list[Seen]]:
        """The facts of a definition by the bodies for which they count; of a stock, for which they may."""
        if definition.code not in self._of_body:
            found: dict[int, list[Seen]] = defaultdict(list)
            for seen in self._met_by(definition):
                for body in self._bodies_of(definition, seen):
                    found[body].append(seen)
            self._of_body[definition.code] = found
        return self._of_body[definition.code]

    def _met_by(self, definition: Definition) -> list[Seen]:
        measure = definition.measure
        if isinstance(measure, Stock):
            rows: Iterable[Seen] = self.by_kind[measure.started]
        elif isinstance(measure, Duration):
            rows = self._first_ends(measure)
        else:
            rows = [seen for kind in definition.kinds for seen in self.by_kind[kind]]
        where = measure.whole.where if isinstance(measure, Share) else measure.where
        return [seen for seen in rows if _meets(seen, where, definition.about)]

    def _bodies_of(self, definition: Definition, seen: Seen) -> set[int]:
        if isinstance(definition.measure, Stock):
            return set(self._reach(seen.fact.organisation_id)) if seen.fact.organisation_id else set()
        sides = {
            "organisation": (seen.fact.organisation_id,),
            "counterpart": (seen.fact.counterpart_id,),
            "either": (seen.fact.organisation_id, seen.fact.counterpart_id),
        }[definition.side]
        return {
            body
            for organisation in sides
            if organisation is not None
            for body, spans in self._reach(organisation).items()
            if any(start <= seen.fact.happened_at < end for start, end in spans)
        }

    def _first_ends(self, duration: Duration) -> list[Seen]:
        firsts: dict[tuple[str, str], Seen] = {}
        for seen in self.by_kind[duration.end]:
            key = (seen.fact.subject_type, seen.fact.subject_key)
            if key not in firsts or seen.fact.happened_at < firsts[key].fact.happened_at:
                firsts[key] = seen
        return [seen for seen in firsts.values() if self._began(duration, seen) is not None]

    def _began(self, duration: Duration, seen: Seen) -> datetime | None:
        key = (seen.fact.subject_type, seen.fact.subject_key)
        began = min(
            (
                each.fact.happened_at
                for each in self.by_kind[duration.start]
                if (each.fact.subject_type, each.fact.subject_key) == key
            ),
            default=None,
        )
        return began if began is not None and began <= seen.fact.happened_at else None

    def _days(self, duration: Duration, seen: Seen) -> Fraction:
        began = self._began(duration, seen)
        assert began is not None
        return Fraction((seen.fact.happened_at - began) // timedelta(microseconds=1), 86_400_000_000)

    def _belongs(self, body: int, organisation: int | None, moment: datetime) -> bool:
        if organisation is None:
            return False
        return any(start <= moment < end for start, end in self._reach(organisation).get(body, ()))

    def _reach(self, organisation: int) -> dict[int, list[Span]]:
        """Every body that counts this organisation, and the times at which it does."""
        if organisation not in self._spans:
            found: dict[int, list[Span]] = defaultdict(list)
            self._climb(organisation, EVER, NEVER, (organisation,), found)
            for body in list(found):
                for heir in self._all_heirs(body):
                    found[heir] += found[body]
            self._spans[organisation] = found
        return self._spans[organisation]

    def _climb(
        self, at: int, start: datetime, end: datetime, way: tuple[int, ...], found: dict[int, list[Span]]
    ) -> None:
        found[at].append((start, end))
        for above, since, until in self.up[at]:
            if above not in way and max(start, since) < min(end, until):
                self._climb(above, max(start, since), min(end, until), (*way, above), found)

    def _all_heirs(self, body: int) -> set[int]:
        found: set[int] = set()
        waiting = list(self.heirs[body])
        while waiting:
            heir = waiting.pop()
            if heir not in found:
                found.add(heir)
                waiting += self.heirs[heir]
        return found - {body}

    def _known_from(self) -> dict[int, datetime]:
        firsts: dict[int, datetime] = {}
        for fact in self.everything:
            for organisation in (fact.organisation_id, fact.counterpart_id):
                if organisation is not None:
                    firsts[organisation] = min(firsts.get(organisation, NEVER), fact.happened_at)
        known: dict[int, datetime] = {}
        for organisation, first in firsts.items():
            for body, spans in self._reach(organisation).items():
                for start, end in spans:
                    if first < end:
                        known[body] = min(known.get(body, NEVER), max(first, start))
        return known

    def _is_known(self, definition: Definition, body: int, end: datetime) -> bool:
        things = {kind.partition(".")[0] for kind in definition.kinds}
        firsts = [self.first_of[thing] for thing in things if thing in self.first_of]
        moment = min(end, self.at + timedelta(microseconds=1))
        return bool(firsts) and min(firsts) < moment and self.known.get(body, NEVER) < moment


def _seen(fact: Fact) -> Seen:
    def told(organisation: Organisation | None) -> tuple[str, str]:
        return (organisation.kind, organisation.country_id or "") if organisation else ("", "")

    return Seen(fact, *told(fact.organisation), *told(fact.counterpart))


def _meets(seen: Seen, where: Filters, about: str) -> bool:
    fact = seen.fact
    kind = seen.counterpart_kind if about == "counterpart" else seen.organisation_kind
    country = seen.counterpart_country if about == "counterpart" else seen.organisation_country
    pairs = (
        (where.member_type, kind),
        (where.country, country),
        (where.size_class, fact.size_class),
        (where.ecosystem, fact.ecosystem_id),
        (where.region, fact.region_id),
        (where.source, fact.source),
        (where.kinds, fact.kind),
    )
    if any(asked and value not in asked for asked, value in pairs):
        return False
    if where.across == "organisation":
        both = fact.organisation_id is not None and fact.counterpart_id is not None
        return both and fact.organisation_id != fact.counterpart_id
    if where.across == "country":
        countries = (seen.organisation_country, seen.counterpart_country)
        return all(countries) and countries[0] != countries[1]
    return True


def _of(seen: Seen, of: str) -> object:
    fact = seen.fact
    return {
        "person": fact.person,
        "organisation": fact.organisation_id,
        "counterpart": fact.counterpart_id,
        "subject": (fact.subject_type, fact.subject_key),
    }[of]


def _tally(tally: Tally, counted: list[Seen]) -> Fraction:
    if tally.what == "count":
        return Fraction(len(counted))
    if tally.what == "distinct":
        return Fraction(len({_of(seen, tally.of) for seen in counted} - {None}))
    return sum(_numbers(counted, tally.of), Fraction(0))


def _numbers(counted: list[Seen], of: str) -> list[Fraction]:
    values = [seen.fact.amount_eur if of == "amount" else seen.fact.quantity for seen in counted]
    return [Fraction(value) for value in values if value is not None]


def _median(numbers: list[Fraction]) -> Fraction | None:
    if not numbers:
        return None
    ordered, half = sorted(numbers), len(numbers) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def _midnight(day: object) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ROME).astimezone(UTC)  # type: ignore[attr-defined]


def _earlier(period: Span) -> Span:
    """The year before a year."""
    year = period[0].astimezone(ROME).year - 1
    return (
        datetime(year, 1, 1, tzinfo=ROME).astimezone(UTC),
        datetime(year + 1, 1, 1, tzinfo=ROME).astimezone(UTC),
    )


def differing(at: datetime) -> tuple[int, list[object]]:
    """How many figures there are, and those that the oracle says otherwise."""
    oracle = Oracle(current_definitions(), at)
    compared, wrong = 0, []
    for row in Value.objects.filter(organisation__isnull=False).exclude(inputs__has_key="declared"):
        before = row.period.before()
        said = oracle.value(
            row.code,
            row.organisation_id,
            row.period.starts_at,
            row.period.ends_at,
            (before.starts_at, before.ends_at),
        )
        compared += 1
        if said != row.value:
            wrong.append((row.code, row.organisation_id, row.period.code, row.value, row.missing, said))
    return compared, wrong
