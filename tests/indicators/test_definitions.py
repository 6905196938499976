"""Bad definitions are told with place and reason; published versions stay."""

import pytest
from django.db import DatabaseError, transaction

from filiera.indicators.actions.definitions import (
    BelongsToAnother,
    PackagedDefinitionStays,
    load_packaged,
    publish_definition,
)
from filiera.indicators.definition import (
    DefinitionHasMistakes,
    check_together,
    read_definition,
    read_packaged,
)
from filiera.indicators.definition.sets import kinds_to_come
from filiera.indicators.models import IndicatorVersion
from filiera.indicators.periods import UnknownPeriod, parse_period, period_of
from filiera.indicators.queries import current_definitions
from tests.indicators.factories import NOW, defined, load_all
from tests.organisations.factories import OrganisationFactory, PositionFactory
from tests.organisations.viewers import in_workspace

COUNT = {"kind": "count", "facts": ["meeting.held"]}
GOOD = """
code: own_meetings
names: {en: Meetings, it: Incontri}
descriptions: {en: Meetings held., it: Incontri svolti.}
stage: activity
unit: count
measure: {kind: count, facts: [meeting.held]}
"""


def problems_of(measure=None, **values) -> list[str]:
    with pytest.raises(DefinitionHasMistakes) as told:
        defined(measure or COUNT, **values)
    return [str(problem) for problem in told.value.problems]


@pytest.mark.parametrize(
    ("measure", "values", "expected"),
    [
        (
            {"kind": "count", "facts": ["meeting.dreamt"]},
            {},
            "measure.facts[0]: the kind meeting.dreamt is not known",
        ),
        ({"kind": "count", "facts": ["meetings"]}, {}, "measure.facts[0]: expected a kind of fact"),
        ({"kind": "guess"}, {}, "measure.kind: expected one of: count, distinct"),
        (COUNT, {"unit": "euro"}, "unit: this measure gives count, organisation, person, not euro"),
        (
            {"kind": "sum", "facts": ["session.held"]},
            {"unit": "person"},
            "unit: this measure gives hour, not person",
        ),
        (COUNT, {"breakdowns": ["colour"]}, "breakdowns[0]: expected one of: ecosystem, region"),
        (COUNT, {"names": {"en": "Only"}}, "names.it: a text in this language is missing"),
        (COUNT, {"stage": "later"}, "stage: expected one of: input, activity"),
        (COUNT, {"precision": 9}, "precision: expected a whole number from 0 to 4"),
        (COUNT, {"colour": "blue"}, "colour: there is no such key"),
        (
            {**COUNT, "where": {"size_class": ["tiny"]}},
            {},
            "measure.where.size_class[0]: expected one of: micro",
        ),
        (
            {"kind": "share", "facts": ["meeting.held"]},
            {"unit": "percent"},
            "measure.part: expected what makes the part",
        ),
        (
            {"kind": "duration", "from": "measure.done", "to": "measure.done"},
            {"unit": "day"},
            "measure.to: a duration lies between two different kinds",
        ),
        (
            {"kind": "score", "facts": ["meeting.held"], "scale": [5, 1]},
            {"unit": "score"},
            "measure.scale: the lowest",
        ),
        ({"kind": "composite", "of": []}, {"unit": "score"}, "measure.of: expected a list of figures"),
    ],
)
def test_a_mistake_is_told_with_its_place(measure, values, expected):
    assert any(problem.startswith(expected) for problem in problems_of(measure, **values))


def test_yaml_that_is_none_is_told_with_line_and_column():
    with pytest.raises(DefinitionHasMistakes) as told:
        read_definition("code: [unclosed\nnames: {")
    assert told.value.problems[0].place.startswith("line ")
    with pytest.raises(DefinitionHasMistakes):
        read_definition("just words")


def test_figures_formed_from_themselves_are_refused():
    ratio = {"kind": "ratio", "numerator": "second", "denominator": "third"}
    change = {"kind": "change", "figure": "first"}
    first = defined(ratio, code="first", unit="percent")
    second = defined(change, code="second", unit="percent")
    third = defined(COUNT, code="third")
    with pytest.raises(DefinitionHasMistakes, match="it is formed from itself: first → second → first"):
        check_together({each.code: each for each in (first, second, third)})
    with pytest.raises(DefinitionHasMistakes, match="the indicator third is not known"):
        check_together({each.code: each for each in (first, second)})


def test_the_package_covers_the_label_and_every_text_is_there():
    packaged = read_packaged()
    served = {label.code for definition in packaged.values() for label in definition.labels}
    structure = ["1.1.0", "1.1.1", "1.1.2", "1.2"]
    management = ["2.1", "2.2.1", "2.2.2", "2.2.3", "2.2.4", "2.3", "2.4", "2.5", "2.6", "2.7"]
    strategy = [*(f"4.1.{number}" for number in range(1, 7)), "4.2", "4.3", "4.4", "4.5", "4.6.1", "4.6.2"]
    assert served == {*structure, *management, "3.1", "3.2", *strategy, "5.1", "5.2", "5.3"}
    assert len(served) == 31
    assert len(packaged) >= 60
    codes = {scheme.indicator.split()[0] for each in packaged.values() for scheme in each.schemes}
    assert {"RCO01", "RCO04", "RCO10", "RCO83", "RCR03", "RCR79", "RCR104"} <= codes
    for definition in packaged.values():
        for label in definition.labels:
            assert label.declare, definition.code
            assert label.evidence, definition.code


def test_no_kind_is_waited_for_that_is_recorded_already():
    used = {kind for definition in read_packaged().values() for kind in definition.kinds}
    assert kinds_to_come() <= used


@pytest.mark.django_db
def test_loading_again_changes_nothing():
    assert len(load_packaged(NOW)) == len(read_packaged())
    assert load_packaged(NOW) == []
    assert set(current_definitions()) == set(read_packaged())


@pytest.mark.django_db
@pytest.mark.parametrize("change", [{"body": {}}, {"version": 9}, {"published_at": None}])
def test_a_published_version_never_changes(change):
    load_all()
    row = IndicatorVersion.objects.get(code="meetings_held")
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        IndicatorVersion.objects.filter(pk=row.pk).update(**change)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        row.delete()


@pytest.mark.django_db
def test_versions_follow_each_other_and_belong_to_their_maker():
    load_all()
    position = PositionFactory(manager=True)
    told = {"organisation": position.organisation, "by": in_workspace(position), "at": NOW}
    publish_definition(text=GOOD, **told)
    with pytest.raises(DefinitionHasMistakes, match="the version after 1 is 2"):
        publish_definition(text=GOOD, **told)
    publish_definition(text=f"{GOOD}version: 2", **told)
    assert current_definitions()["own_meetings"].version == 2
    with pytest.raises(PackagedDefinitionStays):
        publish_definition(text=GOOD.replace("own_meetings", "meetings_held"), **told)
    other = PositionFactory(manager=True, organisation=OrganisationFactory())
    with pytest.raises(BelongsToAnother):
        publish_definition(
            text=f"{GOOD}version: 3", organisation=other.organisation, by=in_workspace(other), at=NOW
        )


@pytest.mark.parametrize("code", ["", "23", "2023-Q5", "2023-13", "1899", "2023-1", "next year"])
def test_what_is_no_period_is_refused(code):
    with pytest.raises(UnknownPeriod):
        parse_period(code)


@pytest.mark.parametrize("code", ["2023", "2023-Q1", "2023-Q4", "2023-12"])
def test_periods_keep_their_code_and_follow_each_other(code):
    period = parse_period(code)
    assert period.code == code
    assert period.before().after() == period
    assert period_of(period.starts_at, period.kind) == period
    assert period_of(period.ends_at, period.kind) == period.after()
