"""Taking part in comparisons: who may, what is published, and that nobody learns of anybody."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse

from filiera.accounts.viewer import SYSTEM, VISITOR
from filiera.indicators.actions import peers
from filiera.indicators.disclosure import LEAST_PART, smallest_part
from filiera.indicators.models import (
    IndicatorVersion,
    PeerAnswer,
    PeerConsent,
    PeerRelease,
    PeerSeat,
    Value,
)
from filiera.indicators.periods import parse_period
from filiera.indicators.queries.figures import figures_of
from filiera.indicators.queries.peers import Band, peers_beside, peers_of
from filiera.organisations.models import Role
from tests.indicators.factories import load_all
from tests.indicators.readiness_factories import browser_of, colleague
from tests.organisations.factories import OrganisationFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
YEAR, NEXT = parse_period("2024"), parse_period("2025")
SIZES = (41, 58, 77, 93, 120, 150, 171, 210, 260, 300, 340, 390)


@pytest.fixture
def clusters():
    """Twelve clusters that take part, each with its members of two years."""
    load_all()
    found = [OrganisationFactory() for _size in SIZES]
    for cluster, size in zip(found, SIZES, strict=True):
        join(cluster)
        valued(cluster, size)
    return found


def join(cluster):
    return peers.join_peers(organisation=cluster, by=SYSTEM, at=NOW)


def valued(cluster, size, code="members_total"):
    version = IndicatorVersion.objects.current().get(code=code)
    for period in (YEAR, NEXT):
        Value.objects.create(
            version=version,
            code=code,
            organisation=cluster,
            start_on=period.start_on,
            until_on=period.until_on,
            value=Decimal(size),
            facts=size,
            inputs={},
            inputs_digest="0" * 64,
            computed_at=NOW,
            is_public=False,
        )


def publish(period=YEAR):
    return peers.publish_comparison(period=period, by=SYSTEM, at=NOW)


def test_a_manager_joins_and_leaves_and_it_is_written_down():
    cluster = OrganisationFactory()
    manager = colleague(cluster)

    peers.join_peers(organisation=cluster, by=manager, at=NOW)
    with pytest.raises(peers.AlreadyTakesPart):
        peers.join_peers(organisation=cluster, by=manager, at=NOW)
    peers.leave_peers(organisation=cluster, by=manager, at=NOW)
    with pytest.raises(peers.DoesNotTakePart):
        peers.leave_peers(organisation=cluster, by=manager, at=NOW)

    row = PeerConsent.objects.get()
    assert (row.given_by, row.withdrawn_by, row.withdrawn_at) == (manager.person, manager.person, NOW)


def test_only_a_manager_of_a_cluster_decides_that_it_takes_part():
    cluster, network = OrganisationFactory(), OrganisationFactory(meta_cluster=True)
    others = (colleague(cluster, Role.STAFF), colleague(OrganisationFactory()), VISITOR)

    for viewer in others:
        with pytest.raises(PermissionDenied):
            peers.join_peers(organisation=cluster, by=viewer, at=NOW)
        with pytest.raises(PermissionDenied):
            peers.leave_peers(organisation=cluster, by=viewer, at=NOW)
    with pytest.raises(PermissionDenied):
        peers.join_peers(organisation=network, by=colleague(network), at=NOW)
    with pytest.raises(PermissionDenied):
        peers.publish_comparison(period=YEAR, by=colleague(cluster), at=NOW)


def test_a_cluster_sees_where_it_stands_and_no_value_of_another(clusters):
    publish()

    told = peers_of(colleague(clusters[0]), clusters[0], NEXT, "all")

    [line] = told.comparisons
    assert (line.figure.value, line.band) == (41, Band.LOWEST)
    assert [line.answer.lower, line.answer.median, line.answer.upper] == [100, 160, 260]
    assert line.answer.least_peers == 10


def test_five_clusters_are_not_compared_and_see_published_values(clusters):
    for cluster in clusters[5:]:
        peers.leave_peers(organisation=cluster, by=SYSTEM, at=NOW)

    assert publish() is None
    told = peers_of(colleague(clusters[0]), clusters[0], YEAR, "")
    assert (told.release, told.comparisons) == (None, [])
    assert {reference.figure.code for reference in told.references} == {
        "members_total",
        "members_sme_share",
    }


def test_a_year_is_compared_once_and_not_before_it_is_ripe(clusters):
    publish()

    with pytest.raises(peers.AlreadyCompared):
        publish()
    with pytest.raises(peers.TooEarlyToCompare):
        publish(parse_period("2026"))
    assert PeerRelease.objects.count() == 1


def test_the_job_publishes_the_last_year_once(clusters):
    for _time in range(2):
        peers.publish_last_year(timestamp=int(NOW.timestamp()))

    assert [release.period.code for release in PeerRelease.objects.all()] == ["2025"]


def test_whoever_leaves_sees_nothing_and_is_in_nothing_that_follows(clusters):
    publish()
    gone = clusters[0]
    peers.leave_peers(organisation=gone, by=SYSTEM, at=NOW)

    publish(NEXT)

    assert peers_of(colleague(gone), gone, NEXT, "").release is None
    latest = PeerSeat.objects.filter(release__start_on=NEXT.start_on)
    sets = [
        frozenset(
            PeerSeat.objects.filter(release=release, codes__contains=["members_total"]).values_list(
                "organisation_id", flat=True
            )
        )
        for release in PeerRelease.objects.all()
    ]
    assert gone.pk not in latest.values_list("organisation_id", flat=True)
    assert smallest_part(sets) >= LEAST_PART


def test_nobody_learns_who_takes_part(clusters):
    publish()
    own, stranger = colleague(clusters[0]), colleague(OrganisationFactory())
    contact = colleague(clusters[0], Role.CONTACT)

    seen = {
        "own": [model.objects.visible_to(own).count() for model in (PeerConsent, PeerSeat, PeerRelease)],
        "others": [
            model.objects.visible_to(viewer).count()
            for viewer in (stranger, contact, VISITOR)
            for model in (PeerConsent, PeerSeat, PeerRelease, PeerAnswer)
        ],
    }

    assert seen == {"own": [1, 1, 1], "others": [0] * 12}


def test_pages_let_in_the_own_team_and_hide_what_is_of_others(clusters):
    publish()
    cluster = clusters[0]
    path = reverse("indicators:peers", args=[cluster.slug])
    consent = reverse("indicators:peer_consent_create", args=[cluster.slug])
    end = reverse("indicators:peer_consent_end", args=[cluster.slug])
    manager, staff = (browser_of(colleague(cluster, role).person) for role in (Role.MANAGER, Role.STAFF))
    stranger = browser_of(colleague(clusters[1]).person)

    page = manager.get(path, {"with": "all"}).text

    assert "Where you stand among your peers in 2024" in page
    assert 'class="peer-band"' in page
    assert not any(other.name in page.replace(cluster.name, "") for other in clusters[1:3])
    assert browser_of(None).get(path).status_code == 302
    assert [stranger.get(path).status_code, stranger.post(end).status_code] == [403, 403]
    assert [staff.get(path).status_code, staff.post(end).status_code] == [200, 403]
    assert manager.post(end).status_code == 302
    assert not PeerConsent.objects.standing().filter(organisation=cluster).exists()
    assert manager.post(consent).status_code == 302
    assert PeerConsent.objects.standing().filter(organisation=cluster).exists()


def test_the_dashboard_shows_the_band_of_peers_beside_the_value_in_the_own_workspace_alone(clusters):
    publish()
    cluster, year = clusters[0], YEAR.code
    inside = (
        browser_of(colleague(cluster).person).get(f"/o/{cluster.slug}/indicators/", {"period": year}).text
    )

    assert 'class="peer-band"' in inside
    assert "half: " in inside
    Value.objects.update(is_public=True)
    outside = browser_of(colleague(cluster).person).get(f"/indicators/of/{cluster.slug}/", {"period": year})
    assert "peer-band" not in outside.text
    figures = figures_of(SYSTEM, cluster, YEAR)
    stranger = colleague(OrganisationFactory())
    assert peers_beside(stranger, cluster, figures, YEAR) == {}


@pytest.mark.parametrize("code_count", [1, 3])
def test_the_query_count_does_not_grow(clusters, django_assert_max_num_queries, code_count):
    for code in ("members_sme", "members_large", "members_research")[: code_count - 1]:
        for cluster, size in zip(clusters, SIZES, strict=True):
            valued(cluster, size, code)
    publish()
    client = browser_of(colleague(clusters[0]).person)
    path = reverse("indicators:peers", args=[clusters[0].slug])
    client.get(path)

    with django_assert_max_num_queries(13):
        client.get(path)


def test_the_database_keeps_comparisons_whole(clusters):
    release = publish()
    about = {"release": release, "code": "one", "grouping": "all", "least_peers": 5}
    rows = {
        "peer_answer_or_reason": PeerAnswer(**about),
        "peer_answer_of_five_or_more": PeerAnswer(**{**about, "least_peers": 4}, withheld="too_few"),
        "peer_answer_once": PeerAnswer(**{**about, "code": "members_total"}, withheld="too_few"),
        "peer_release_once": PeerRelease(start_on=YEAR.start_on, until_on=YEAR.until_on, made_at=NOW),
        "peer_seat_once": PeerSeat(release=release, organisation=clusters[0], part=1),
        "peer_consent_stands_once": PeerConsent(organisation=clusters[0], given_at=NOW),
        "peer_consent_withdrawn_after_given": PeerConsent(
            organisation=OrganisationFactory(), given_at=NOW, withdrawn_at=datetime(2020, 1, 1, tzinfo=UTC)
        ),
    }

    for name, row in rows.items():
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            row.save()
