"""From a definition to one statement for all bodies and periods at once."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from filiera.indicators.definition import Breakdown, Definition, Side
from filiera.indicators.definition import measures as m
from filiera.indicators.engines.tables import FACTS, PERIODS, PLACES, PRIORITIES, SCOPE

Dialect = Literal["postgres", "duckdb", "pyspark"]
BodyKind = Literal["organisation", "region"]
ATTRIBUTES = {"member_type": "type", "country": "country"}


@dataclass(frozen=True, slots=True)
class Shape:
    """What a statement groups by: kinds of body, and one breakdown or none."""

    bodies: BodyKind = "organisation"
    breakdown: str = ""


@lru_cache(maxsize=4096)
def _statement(key: tuple[object, ...], dialect: Dialect) -> str:
    import ibis  # slow to import, and only those who compute need it

    measure, side, about, shape = key
    expression = _Compiler(measure, side, about, shape).expression()  # type: ignore[arg-type]
    return str(ibis.to_sql(expression, dialect=dialect))


def statement_of(definition: Definition, shape: Shape, dialect: Dialect) -> str:
    """The statement over the tables of `tables.py` that gives the exact inputs of figures.

    Its columns: body, period, breakdown (where asked for), facts, marks, and of value, whole, low, high
    those that the measure needs.
    """
    return _statement((definition.measure, definition.side, definition.about, shape), dialect)


class _Compiler:
    def __init__(self, measure: m.Counted, side: Side, about: Side, shape: Shape) -> None:
        import ibis

        self.ibis = ibis
        self.measure = measure
        self.side = side
        self.about = "counterpart" if about == Side.COUNTERPART else "organisation"
        self.shape = shape
        self.facts = ibis.table(FACTS, name="facts")
        self.scope = ibis.table(SCOPE, name="scope")
        self.places = ibis.table(PLACES, name="places")
        self.priorities = ibis.table(PRIORITIES, name="priorities")
        self.periods = ibis.table(PERIODS, name="periods")

    def expression(self) -> Any:
        match self.measure:
            case m.Tally() as tally:
                rows = self._counted(tally.where)
                return self._summed(rows, value=self._tallied(rows, tally))
            case m.Mean() | m.Score():
                rows = self._counted(self.measure.where)
                of = self._column(rows, getattr(self.measure, "of", "quantity"))
                return self._summed(rows, value=of.sum(), whole=of.count())
            case m.Share(whole=tally, part=part):
                rows = self._counted(tally.where)
                value = self._tallied(rows, tally, self._met(rows, part))
                return self._summed(rows, value=value, whole=self._tallied(rows, tally))
            case m.Median():
                rows = self._counted(self.measure.where)
                rows = rows.mutate(measured=self._column(rows, self.measure.of))
                return self._middle(rows.filter(rows.measured.notnull()))
            case m.Stock():
                return self._stock(self.measure)
            case m.Duration():
                return self._duration(self.measure)

    def _counted(self, where: m.Filters) -> Any:
        """Facts in the periods asked for, once for each body for which they count.

        What is asked about holds the kinds of the definition alone, and nothing from before the periods.
        """
        facts = self.facts
        condition = self._met(facts, where)
        return self._for_bodies(facts if condition is None else facts.filter(condition))

    def _for_bodies(self, facts: Any) -> Any:
        rows = self._once_for_bodies(facts)
        return self._by_priority(rows, rows.at_us) if self._is_by_priority else rows

    @property
    def _is_by_priority(self) -> bool:
        return self.shape.breakdown == Breakdown.S3_PRIORITY

    def _by_priority(self, rows: Any, moment: Any) -> Any:
        """Each row once for every priority that its organisation has at the moment; without any, once."""
        priorities = self.priorities
        return rows.left_join(
            priorities,
            [
                rows[self.about] == priorities.holder,
                moment >= priorities.from_us,
                moment < priorities.to_us,
            ],
        ).select(*rows.columns, "s3_priority")

    def _once_for_bodies(self, facts: Any) -> Any:
        if self.shape.bodies == "region":
            joined = facts.inner_join(self.places, facts.region == self.places.region)
            return joined.select("body", *self._kept(facts))
        if self.side != Side.EITHER:
            return self._within(facts, str(self.side)).select("body", *self._kept(facts))
        kept = ["body", *self._kept(facts)]
        first = self._within(facts, "organisation").select(kept)
        # A fact between two organisations of one body counts for it once: with the other one it is left
        # out where it counts already. That is cheaper than making all rows different afterwards.
        scope = self.scope.view()
        other = self._within(facts, "counterpart")
        second = other.anti_join(
            scope,
            [
                other.body == scope.body,
                other.organisation == scope.organisation,
                other.at_us >= scope.since_us,
                other.at_us < scope.until_us,
            ],
        ).select(kept)
        return self.ibis.union(first, second, distinct=False)

    def _within(self, facts: Any, through: str) -> Any:
        scope = self.scope
        joined = facts.inner_join(
            scope,
            [
                facts[through] == scope.organisation,
                facts.at_us >= scope.since_us,
                facts.at_us < scope.until_us,
            ],
            rname="{name}_of_scope",
        )
        return joined.select("body", *dict.fromkeys([*self._kept(facts), "organisation", "at_us"]))

    def _kept(self, facts: Any) -> list[str]:
        """The columns that are still read once the body is known."""
        kept = {"fact", "mark", "period", "measured", *self._part_columns(), *self._breakdown_columns()}
        kept.add(getattr(getattr(self.measure, "whole", self.measure), "of", "quantity"))
        return [column for column in facts.columns if column in kept]

    def _part_columns(self) -> set[str]:
        if not isinstance(self.measure, m.Share):
            return set()
        part = self.measure.part
        columns = {column for column, values in self._lists(part).items() if values}
        if part.across:
            columns |= {"organisation", "counterpart", "organisation_country", "counterpart_country"}
        return columns

    def _breakdown_columns(self) -> set[str]:
        breakdown = self.shape.breakdown
        if breakdown in ATTRIBUTES:
            return {f"{self.about}_{ATTRIBUTES[breakdown]}"}
        if self._is_by_priority:
            return {self.about, "at_us"}
        return {breakdown} if breakdown else set()

    def _lists(self, where: m.Filters) -> dict[str, tuple[str, ...]]:
        return {
            f"{self.about}_type": where.member_type,
            f"{self.about}_country": where.country,
            "size_class": where.size_class,
            "ecosystem": where.ecosystem,
            "region": where.region,
            "source": where.source,
            "kind": where.kinds,
        }

    def _met(self, facts: Any, where: m.Filters) -> Any:
        """What the filters ask of a fact, or None where they ask nothing."""
        # One value is compared, not looked up in a list: engines do not see that it is the same.
        conditions = [
            facts[column] == values[0] if len(values) == 1 else facts[column].isin(values)
            for column, values in self._lists(where).items()
            if values
        ]
        if where.across == "organisation":
            conditions.append(facts.organisation != facts.counterpart)
        elif where.across == "country":
            conditions.append(facts.organisation_country != facts.counterpart_country)
        if not conditions:
            return None
        met = conditions[0]
        for condition in conditions[1:]:
            met = met & condition
        return met

    def _tallied(self, rows: Any, tally: m.Tally, met: Any = None) -> Any:
        if tally.what == "count":
            return rows.count(where=met)
        if tally.what == "distinct":
            return rows[tally.of].nunique(where=met)
        return self._column(rows, tally.of).sum(where=met)

    def _column(self, rows: Any, of: str) -> Any:
        return rows.amount if of == "amount" else rows.quantity

    def _keys(self, rows: Any) -> dict[str, Any]:
        keys = {"body": rows.body, "period": rows.period}
        breakdown = self.shape.breakdown
        if breakdown == Breakdown.EDITION:
            keys["breakdown"] = rows.edition.cast("string").fill_null("")
        elif breakdown in ATTRIBUTES:
            keys["breakdown"] = rows[f"{self.about}_{ATTRIBUTES[breakdown]}"].fill_null("")
        elif breakdown:
            keys["breakdown"] = rows[breakdown].fill_null("")
        return keys

    def _summed(self, rows: Any, **values: Any) -> Any:
        return rows.group_by(**self._keys(rows)).aggregate(
            facts=rows.count(), marks=rows.mark.sum(), **values
        )

    def _middle(self, rows: Any) -> Any:
        """The two values in the middle; with an odd number of them it is the same one twice."""
        keys = self._keys(rows)
        window = self.ibis.window(group_by=list(keys.values()), order_by=[rows.measured])
        ranked = rows.mutate(
            **{f"by_{name}": key for name, key in keys.items()},
            place=self.ibis.row_number().over(window),
            in_group=rows.count().over(self.ibis.window(group_by=list(keys.values()))),
        )
        twice = ranked.place * 2
        low = (twice == ranked.in_group - 1) | (twice == ranked.in_group - 2)
        high = (twice == ranked.in_group - 1) | (twice == ranked.in_group)
        return ranked.group_by(**{name: ranked[f"by_{name}"] for name in keys}).aggregate(
            facts=ranked.count(),
            marks=ranked.mark.sum(),
            low=ranked.measured.max(where=low),
            high=ranked.measured.max(where=high),
        )

    def _stock(self, stock: m.Stock) -> Any:
        facts, periods, scope = self.facts, self.periods, self.scope
        started = facts.filter(facts.kind == stock.started)
        condition = self._met(started, stock.where)
        if condition is not None:
            started = started.filter(condition)
        ended = facts.filter(facts.kind == stock.ended).select(
            left="organisation", of_end=stock.of, left_us="at_us"
        )
        begun = started.drop("period").inner_join(periods, started.at_us < periods.end_us)
        # By what it is about and not by the record: facts from a table share one record.
        standing = begun.anti_join(
            ended,
            [
                begun.organisation == ended.left,
                begun[stock.of] == ended.of_end,
                ended.left_us > begun.at_us,
                ended.left_us < begun.end_us,
            ],
        )
        if self.shape.bodies == "region":
            rows = standing.inner_join(self.places, standing.region == self.places.region).select(
                "body", *standing.columns
            )
        else:
            rows = standing.inner_join(
                scope,
                [
                    standing.organisation == scope.organisation,
                    scope.since_us < standing.end_us,
                    scope.until_us >= standing.end_us,
                ],
                rname="{name}_of_scope",
            ).select("body", *standing.columns)
        if self._is_by_priority:
            # What stands at the end of a period is of the last moment in it.
            rows = self._by_priority(rows, rows.end_us - 1)
        return self._summed(rows, value=rows[stock.of].nunique())

    def _duration(self, duration: m.Duration) -> Any:
        facts = self.facts
        begun = (
            facts.filter(facts.kind == duration.start)
            .group_by("subject")
            .aggregate(began_us=facts.at_us.min())
        )
        first = self.ibis.window(group_by="subject", order_by=[facts.at_us, facts.fact])
        ends = facts.filter(facts.kind == duration.end)
        ends = ends.mutate(place=self.ibis.row_number().over(first))
        ends = ends.filter(ends.place == 0, ends.period.notnull())
        condition = self._met(ends, duration.where)
        if condition is not None:
            ends = ends.filter(condition)
        timed = ends.inner_join(begun, "subject")
        timed = timed.filter(timed.at_us >= timed.began_us)
        timed = timed.mutate(measured=timed.at_us - timed.began_us).select(*facts.columns, "measured")
        rows = self._for_bodies(timed)
        if duration.as_median:
            return self._middle(rows)
        return self._summed(rows, value=rows.measured.sum(), whole=rows.measured.count())
