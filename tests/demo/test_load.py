"""The demonstration is complete, says where it comes from, and loads twice without harm."""

import pytest
from django.db.models import Count

from filiera.academy.models import (
    Contribution,
    Edition,
    PublishedSession,
    PublishedSpeaker,
    SessionKind,
)
from filiera.admissions.models import Application
from filiera.demo.load import load_demonstration
from filiera.demo.people import PEOPLE
from filiera.ledger.models import Fact
from filiera.organisations.models import Membership, Organisation


def load():
    load_demonstration(lambda step: None)


@pytest.fixture
def demonstration(loaded_demonstration, db):
    """The demonstration, in a transaction of the test's own."""


def torino_sessions():
    return PublishedSession.objects.filter(version__edition__slug="cba-2-torino").order_by("position")


def test_the_torino_edition_has_every_item_of_the_source(demonstration):
    days = list(torino_sessions().values_list("data__day").annotate(count=Count("pk")).order_by("data__day"))

    assert days == [("2023-06-06", 4), ("2023-06-07", 4), ("2023-09-21", 10), ("2023-09-22", 6)]


def test_every_item_says_where_it_comes_from(demonstration):
    without = [row.slug for row in torino_sessions() if not row.data["sources"]]

    assert without == []


def test_what_no_source_gives_is_marked(demonstration):
    unmarked = [
        row.slug
        for row in torino_sessions()
        if not {"hour", *(["day"] if row.data["part"]["mode"] == "online" else [])}
        <= set(row.data["demonstration"])
    ]

    assert unmarked == []


def test_the_session_that_the_source_does_not_name_says_so(demonstration):
    row = torino_sessions().get(position=7)

    assert row.data["title"]["en"] == "One further session, not named in the source"


def test_both_participant_figures_stand_with_their_sources(demonstration):
    figures = Edition.objects.get(slug="cba-2-torino").figures.order_by("position")

    assert [(figure.value, figure.claimed_by["en"], bool(figure.source_url)) for figure in figures] == [
        (30, "host's count", True),
        (21, "organiser's count", True),
        (13, "organiser's count", True),
    ]


def test_the_large_edition_is_as_large_as_it_says(demonstration):
    sessions = PublishedSession.objects.filter(version__edition__slug="load-200")

    assert (
        sessions.count(),
        sessions.values("data__room__slug").distinct().count(),
        sessions.values("data__day").distinct().count(),
        Edition.objects.get(slug="load-200").speakers.count(),
    ) == (200, 8, 4, 120)


def test_seven_poles_belong_to_the_meta_cluster(demonstration):
    today = Membership.objects.current().filter(
        cluster__slug="sistema-poli-di-innovazione-piemonte", member__kind="cluster"
    )

    assert sorted(today.values_list("member__slug", flat=True)) == [
        "agrifood",
        "biopmed",
        "cgreen",
        "clever",
        "mesap",
        "pointex",
        "polo-ict",
    ]


def test_loading_again_changes_nothing(demonstration):
    tables = (Organisation, Membership, Edition, PublishedSession, PublishedSpeaker, Contribution, Fact)
    before = [table.objects.count() for table in tables]

    load()

    assert [table.objects.count() for table in tables] == before


def test_everybody_who_is_made_up_has_an_address_that_no_mail_reaches():
    assert [told.email.endswith("@demonstration.invalid") for told in PEOPLE] == [True] * len(PEOPLE)


def test_every_kind_of_session_in_the_torino_edition_is_a_kind_of_the_programme(demonstration):
    kinds = set(torino_sessions().values_list("data__kind", flat=True))

    assert kinds <= set(SessionKind.values)


def test_the_made_up_applicants_are_eighty_four_and_say_so(demonstration):
    applications = Application.objects.filter(call__edition__slug="cba-2-torino")
    facts = Fact.objects.filter(kind="application.submitted").count()

    marked = applications.filter(is_demonstration=True, organisation__isnull=False)
    assert (applications.count(), marked.count(), facts) == (84, 84, 84)
