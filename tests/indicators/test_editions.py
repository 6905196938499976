"""Figures of an edition: from the facts of its records alone, for those who run it, open to those facts."""

from decimal import Decimal
from importlib import import_module

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from filiera.academy.models import EditionRole
from filiera.accounts.viewer import SYSTEM, VISITOR
from filiera.indicators import queries
from filiera.indicators.actions.refreshing import refresh_all, refresh_figures
from filiera.indicators.edition_questions import EDITION_CODES
from filiera.indicators.edition_subjects import WAY_TO_EDITION
from filiera.indicators.engines.postgres import PostgresEngine
from filiera.indicators.models import EditionValue, SubjectEdition
from filiera.indicators.periods import microseconds, parse_period
from filiera.indicators.queries import FigureNotFound, edition_facts, edition_figure, edition_figures
from filiera.ledger.models import Fact
from filiera.organisations.models import Organisation
from tests.academy.factories import EditionFactory, EditionMemberFactory, SessionFactory
from tests.academy.viewers import client_of, viewer_in
from tests.admissions.factories import ParticipationFactory
from tests.indicators.factories import load_all, made_fact, person
from tests.organisations.factories import OrganisationFactory
from tests.plans import most_left_out, most_rows
from tests.reference.factories import CountryFactory

pytestmark = pytest.mark.django_db


def about(record):
    return {"subject_type": record._meta.label_lower, "subject_key": record.pk}


@pytest.fixture
def edition():
    load_all()
    edition = EditionFactory(public=True)
    for day, hours in (("2022-11-07", 2), ("2023-06-07", 3), ("2023-06-08", 4)):
        place = ParticipationFactory(edition=edition)
        who, cluster = person(), OrganisationFactory()
        made_fact(
            "place.confirmed",
            cluster,
            "2022-11-01",
            counterpart=edition.organiser,
            person=who,
            **about(place),
        )
        session = SessionFactory(edition=edition, part__edition=edition)
        made_fact("session.held", edition.organiser, day, quantity=hours, **about(session))
    other = EditionFactory(public=True, organiser=edition.organiser)
    place = ParticipationFactory(edition=other)
    made_fact(
        "place.confirmed", OrganisationFactory(), "2023-01-01", counterpart=other.organiser, person=person(),
        **about(place),
    )  # fmt: skip
    for score in (5, 4, 4, 3, 2):
        item = SessionFactory(edition=edition, part__edition=edition)
        made_fact("feedback.rated", edition.organiser, "2023-06-09", quantity=score, **about(item))
    refresh_figures()
    return edition


def test_an_edition_counts_what_belongs_to_it_over_all_years(edition):
    told = {
        figure.definition.code: figure for each in edition_figures(SYSTEM, edition) for figure in each.figures
    }

    assert told["academy_participants"].value == 3
    assert told["academy_organisations"].value == 3
    assert told["session_hours_held"].value == 9
    assert told["participants_satisfaction"].value == Decimal("3.60")


def test_what_was_never_recorded_says_so(edition):
    told = edition_figure(SYSTEM, edition, "materials_shared")
    assert (told.value, told.words) == (None, "nothing recorded so far")


def test_every_figure_opens_to_as_many_facts_as_it_counts(edition):
    compared = 0
    for answer in edition_figures(SYSTEM, edition):
        for figure in answer.figures:
            if figure.definition.kinds:
                assert edition_facts(edition, figure).count() == figure.facts, figure.definition.code
                compared += figure.facts > 0
    assert compared >= 4


def test_a_new_fact_is_in_the_figure_and_computing_all_changes_nothing(edition):
    place = ParticipationFactory(edition=edition)
    made_fact(
        "place.confirmed",
        OrganisationFactory(),
        "2023-02-01",
        counterpart=edition.organiser,
        person=person(),
        **about(place),
    )
    refresh_figures()
    assert edition_figure(SYSTEM, edition, "academy_participants").value == 4
    before = set(EditionValue.objects.values_list("edition", "code", "value", "inputs_digest"))

    refresh_all()

    assert set(EditionValue.objects.values_list("edition", "code", "value", "inputs_digest")) == before


def test_the_figure_of_the_organiser_breaks_down_by_edition(edition):
    parts = queries.breakdown_of(
        SYSTEM, "academy_participants", edition.organiser, parse_period("2022"), "edition"
    )
    assert [(part.breakdown, part.value) for part in parts] == [(str(edition.pk), 3)]


def test_a_figure_of_an_edition_breaks_down_by_what_its_facts_tell(client, edition):
    first, second, _third = Fact.objects.filter(kind="place.confirmed", happened_at__year=2022)
    for fact, code in ((first, "IT"), (second, "FI")):
        Organisation.objects.filter(pk=fact.organisation_id).update(country=CountryFactory(code=code))

    parts = queries.edition_breakdown(SYSTEM, edition, "academy_participants", "country")

    assert {part.breakdown: part.value for part in parts} == {"IT": 1, "FI": 1, "": 1}
    assert sum(part.facts for part in parts) == edition_figure(SYSTEM, edition, "academy_participants").facts
    for dimension in ("edition", "size_class"):
        with pytest.raises(FigureNotFound):
            queries.edition_breakdown(SYSTEM, edition, "academy_participants", dimension)
    with pytest.raises(FigureNotFound):
        queries.edition_breakdown(VISITOR, edition, "academy_participants", "country")
    address = reverse("indicators:edition_figure", args=[edition.slug, "academy_participants"])
    director = EditionMemberFactory(edition=edition, role=EditionRole.DIRECTOR)
    page = client_of(director.person).get(f"{address}?by=country").content.decode()
    assert '<a class="chip" href="?by=country#parts" aria-current="true">' in page
    assert ("Country FI" in page, "?by=edition" in page) == (True, False)
    assert client.get(f"{address}?by=country").status_code == 302
    assert "Country FI" not in client_of(director.person).get(f"{address}?by=nothing").content.decode()


@pytest.fixture
def crowded(edition):
    """The edition in a ledger that is full of facts of others."""
    with connection.cursor() as cursor:
        # So many that reading them all would never be the cheapest plan.
        cursor.execute(
            "INSERT INTO ledger_fact (year, id, kind, happened_at, recorded_at, organisation_id,"
            " subject_type, subject_key, quantity, unit, size_class, source, idempotency_key)"
            " SELECT 2022, gen_random_uuid(), 'place.confirmed', '2022-11-01Z', '2022-11-01Z', %s,"
            " 'admissions.participation', '9' || number, 1, 'one', '', 'platform', 'other-' || number"
            " FROM generate_series(1, 30000) AS number",
            [edition.organiser_id],
        )
        cursor.execute("ANALYZE ledger_fact, indicators_subjectedition")
    return edition


def test_facts_of_an_edition_are_found_without_reading_those_of_others(crowded):
    with CaptureQueriesContext(connection) as asked:
        queries.edition_breakdown(SYSTEM, crowded, "academy_participants", "country")
        edition_facts(crowded, edition_figure(SYSTEM, crowded, "academy_participants")).count()

    reads = {"ledger_fact", "indicators_subjectedition"}
    reading = [each["sql"] for each in asked if all(table in each["sql"] for table in reads)]
    assert len(reading) == 2
    assert max(map(most_rows, reading)) < 100


def test_since_when_a_kind_is_recorded_is_known_without_reading_the_ledger(crowded):
    with CaptureQueriesContext(connection) as asked:
        known = PostgresEngine().recorded_from()

    earliest = Fact.objects.filter(kind__startswith="session.").earliest("happened_at")
    assert known["session"] == microseconds(earliest.happened_at)
    assert set(known) == {kind.partition(".")[0] for kind in Fact.objects.values_list("kind", flat=True)}
    [statement] = (each["sql"] for each in asked)
    assert max(most_rows(statement), most_left_out(statement)) < 1000


def test_a_breakdown_does_not_ask_since_when_anything_is_recorded(edition, monkeypatch):
    for asked in ("known_from", "recorded_from"):
        monkeypatch.delattr(PostgresEngine, asked)

    parts = queries.edition_breakdown(SYSTEM, edition, "academy_participants", "country")
    of_organiser = queries.breakdown_of(
        SYSTEM, "academy_participants", edition.organiser, parse_period("2022"), "country"
    )

    assert sum(part.facts for part in parts) == sum(part.facts for part in of_organiser) == 3


def test_records_that_were_placed_before_get_their_type_and_key(edition):
    migration = import_module("filiera.indicators.migrations.0012_records_of_editions")
    rows = SubjectEdition.objects.order_by("subject")
    before = list(rows.values_list("subject", "subject_type", "subject_key", "edition"))
    rows.update(subject_type="unknown", subject_key="unknown")

    with connection.cursor() as cursor:
        cursor.execute(migration.FILL)
        cursor.execute(migration.DROP_UNKNOWN)

    assert list(rows.values_list("subject", "subject_type", "subject_key", "edition")) == before
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(subject_key="")


def test_every_indicator_of_the_page_is_packaged_and_every_way_leads_to_an_edition(edition):
    assert set(EDITION_CODES) <= set(queries.current_definitions())
    for label, way in WAY_TO_EDITION.items():
        field = apps.get_model(label)._meta
        for step in way.split("__"):
            last = field.get_field(step if step != "pk" else field.pk.name)
            field = (last.related_model or last.model)._meta
        assert field.label_lower == "academy.edition", label
    assert SubjectEdition.objects.filter(edition=edition).count() == 11


@pytest.mark.parametrize("changed", [{"pk": None}, {"value": None, "missing": ""}])
def test_values_stand_once_and_say_why_they_are_missing(edition, changed):
    row = EditionValue.objects.filter(value__isnull=False).first()
    for name, value in changed.items():
        setattr(row, name, value)
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


def test_those_who_run_it_see_its_figures_and_nobody_else(client, edition):
    dashboard = reverse("indicators:edition_dashboard", args=[edition.slug])
    figure = reverse("indicators:edition_figure", args=[edition.slug, "academy_participants"])
    director = EditionMemberFactory(edition=edition, role=EditionRole.DIRECTOR)
    for day in range(1, 6):
        application = ParticipationFactory(edition=edition)
        made_fact(
            "application.submitted",
            OrganisationFactory(),
            f"2023-01-0{day}",
            counterpart=edition.organiser,
            **about(application),
        )
    refresh_figures()
    page = client_of(director.person).get(dashboard).content.decode()
    assert "3 people took part" in page
    assert figure in page
    drawn = page.partition('id="question-places"')[2].partition("</figure>")[0]
    assert 'role="img" aria-label="Who applied, and who got a place?"' in drawn
    opened = client_of(director.person).get(figure).content.decode()
    assert "Place confirmed" in opened
    assert client_of(director.person).get(f"{dashboard}no_such/").status_code == 404

    for member in (
        EditionMemberFactory(edition=edition, role=EditionRole.PARTICIPANT),
        EditionMemberFactory(edition=EditionFactory(public=True), role=EditionRole.DIRECTOR),
    ):
        assert [client_of(member.person).get(address).status_code for address in (dashboard, figure)] == [
            403,
            403,
        ]
    assert [client.get(address).status_code for address in (dashboard, figure)] == [302, 302]
    elsewhere = viewer_in(
        EditionMemberFactory(edition=EditionFactory(public=True), role=EditionRole.DIRECTOR)
    )
    for viewer in (VISITOR, elsewhere):
        assert not EditionValue.objects.visible_to(viewer).filter(edition=edition).exists()
        with pytest.raises(FigureNotFound):
            edition_figure(viewer, edition, "academy_participants")


def test_an_edition_without_facts_says_so(client):
    load_all()
    edition = EditionFactory(public=True)
    director = EditionMemberFactory(edition=edition, role=EditionRole.DIRECTOR)

    page = client_of(director.person).get(reverse("indicators:edition_dashboard", args=[edition.slug]))

    assert "Nothing is counted yet" in page.content.decode()
