"""The directory, the public pages and the workspaces, through the client."""

import io
import json
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from filiera.accounts.models import default_visibility
from filiera.accounts.viewer import VISITOR
from filiera.organisations import queries
from filiera.organisations.models import Membership, Organisation, OrganisationRevision, Position
from filiera.organisations.queries import DirectoryFilter
from filiera.reference.models import Region
from filiera.shared.tables import read_table
from tests.accounts.factories import PersonFactory
from tests.organisations.factories import (
    MembershipFactory,
    OrganisationFactory,
    PositionFactory,
    SuccessionFactory,
)
from tests.plans import most_rows
from tests.reference.factories import CountryFactory, EcosystemFactory, RegionFactory, S3PriorityFactory

pytestmark = pytest.mark.django_db


def seen_by(circle):
    return {**default_visibility(), "name": circle}


def names(asked=None, **keys):
    page = queries.directory_page(VISITOR, asked or DirectoryFilter(), **keys)
    return [organisation.name for organisation in page.organisations]


def test_the_directory_lists_by_name_without_capitals_and_accents():
    for name in ("zeta", "Éclair", "alpha", "Beta"):
        OrganisationFactory(name=name)
    OrganisationFactory(name="hidden", unlisted=True)

    assert names() == ["alpha", "Beta", "Éclair", "zeta"]


def test_the_directory_finds_by_every_filter():
    italy, spain = CountryFactory(code="IT"), CountryFactory(code="ES")
    piemonte, ecosystem = RegionFactory(code="ITC1"), EcosystemFactory(code="TEXT")
    weaver = OrganisationFactory(
        name="Weaver", company=True, country=italy, region=piemonte, search_key="weaver biella"
    )
    weaver.ecosystems.add(ecosystem)
    cluster = OrganisationFactory(name="Cluster", country=italy)
    OrganisationFactory(name="Spanish", company=True, country=spain)
    MembershipFactory(member=weaver, cluster=cluster)

    found = {
        "text": names(DirectoryFilter(text="Wéav")),
        "misspelt": names(DirectoryFilter(text="weavr")),
        "city": names(DirectoryFilter(text="biella")),
        "kind": names(DirectoryFilter(kind="company")),
        "country": names(DirectoryFilter(country="IT")),
        "region": names(DirectoryFilter(country="IT", region="ITC")),
        "ecosystem": names(DirectoryFilter(ecosystem="TEXT")),
        "cluster": names(DirectoryFilter(cluster=cluster.slug)),
        "all": names(DirectoryFilter(text="weaver", kind="company", country="ES")),
    }

    assert found == {
        "text": ["Weaver"],
        "misspelt": ["Weaver"],
        "city": ["Weaver"],
        "kind": ["Spanish", "Weaver"],
        "country": ["Cluster", "Weaver"],
        "region": ["Weaver"],
        "ecosystem": ["Weaver"],
        "cluster": ["Weaver"],
        "all": [],
    }


def test_counts_leave_out_their_own_filter():
    italy, spain = CountryFactory(code="IT"), CountryFactory(code="ES")
    OrganisationFactory(country=italy)
    OrganisationFactory(country=italy, company=True)
    OrganisationFactory(country=spain, company=True)

    page = queries.directory_page(VISITOR, DirectoryFilter(kind="company", country="IT"))

    assert (page.total, page.kind_counts, page.country_counts) == (
        1,
        {"cluster": 1, "company": 1},
        {"IT": 1, "ES": 1},
    )


def test_pages_of_the_directory_follow_each_other_both_ways(monkeypatch):
    monkeypatch.setattr(queries, "PAGE_SIZE", 2)
    for name in ("a", "b", "b", "c", "d"):
        OrganisationFactory(name=name)

    first = queries.directory_page(VISITOR, DirectoryFilter())
    second = queries.directory_page(VISITOR, DirectoryFilter(), after=first.next_key)
    third = queries.directory_page(VISITOR, DirectoryFilter(), after=second.next_key)
    back = queries.directory_page(VISITOR, DirectoryFilter(), before=third.previous_key)

    shown = [[row.name for row in page.organisations] for page in (first, second, third, back)]
    assert shown == [["a", "b"], ["b", "c"], ["d"], ["b", "c"]]
    assert [row.pk for row in second.organisations] == [row.pk for row in back.organisations]
    assert [(bool(page.previous_key), bool(page.next_key)) for page in (first, second, third, back)] == [
        (False, True),
        (True, True),
        (True, False),
        (True, True),
    ]


@pytest.mark.parametrize("row_count", [1, 3])
def test_directory_query_count(client, django_assert_num_queries, row_count):
    for organisation in OrganisationFactory.create_batch(row_count, country=CountryFactory()):
        organisation.ecosystems.add(EcosystemFactory())
        organisation.s3_priorities.add(S3PriorityFactory())
        MembershipFactory(cluster=organisation)

    with django_assert_num_queries(7):
        client.get("/directory/")


@pytest.mark.parametrize(
    "query",
    [
        "kind=castle",
        "country=%F0",
        "after=nothing",
        "region=ITC1",
        "q=%25",
        "cluster=none",
        "before=",
        "s3_priority=a%20b",
        "s3_priority=none",
    ],
)
def test_an_address_that_asks_for_nonsense_still_answers(client, query):
    OrganisationFactory()

    assert client.get(f"/directory/?{query}").status_code == 200


def test_htmx_gets_the_results_alone(client):
    OrganisationFactory(name="Alpha")

    page = client.get("/directory/", headers={"HX-Request": "true"})

    assert page.content.decode().strip().startswith('<div id="results">')
    assert page.headers["Vary"].count("HX-Request") == 1


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_directory_can_be_taken_along(client, form):
    OrganisationFactory(name="=Alpha", country=CountryFactory(code="IT"))
    OrganisationFactory(name="Beta", unlisted=True)

    answer = client.get(f"/directory/organisations.{form}")

    rows = read_table(answer.content, f"organisations.{form}")
    assert [(row["kind"], row["country"]) for row in rows] == [("cluster", "IT")]
    assert rows[0]["name"] == ("'=Alpha" if form == "csv" else "=Alpha")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="organisations.{form}"'


def test_a_public_page_tells_its_story(client):
    pole = OrganisationFactory(name="Pole", description={"en": "**Machines**", "it": "Macchine"})
    SuccessionFactory(from_organisation__name="Old pole", to_organisation=pole)
    MembershipFactory(member=pole, cluster__name="System", source_url="https://example.org/told")
    MembershipFactory(member__name="Firm", cluster=pole)
    MembershipFactory(member__name="Former firm", cluster=pole, ended=True)
    MembershipFactory(member__name="Hidden firm", member__is_listed=False, cluster=pole)
    shown = PersonFactory(name="Public Person", visibility=seen_by("public"))
    PositionFactory(person=shown, organisation=pole, is_public=True)
    shy = PersonFactory(name="Shy Person", visibility=seen_by("network"))
    PositionFactory(person=shy, organisation=pole, is_public=True)

    page = client.get(f"/organisations/{pole.slug}/").content.decode()

    told = ("<strong>Machines</strong>", "Old pole", "System", "Firm", "Former firm", "Public Person")
    assert [words for words in told if words not in page] == []
    assert [words for words in ("Hidden firm", "Shy Person", "Macchine") if words in page] == []
    assert 'href="https://example.org/told"' in page


def test_a_public_page_says_who_it_is_in_structured_data(client):
    organisation = OrganisationFactory(
        name="</script><b>", city="Torino", country=CountryFactory(code="IT"), description={"en": "*Tools*"}
    )

    page = client.get(organisation.get_absolute_url()).content.decode()

    block = re.search(r'<script type="application/ld\+json">(.*?)</script>', page)
    assert block
    data = json.loads(block[1])
    assert {key: data[key] for key in ("@type", "name", "description", "address")} == {
        "@type": "Organization",
        "name": "</script><b>",
        "description": "Tools",
        "address": {"@type": "PostalAddress", "addressLocality": "Torino", "addressCountry": "IT"},
    }


def test_a_firm_in_two_clusters_counts_once():
    meta = OrganisationFactory(meta_cluster=True)
    one, other, former = OrganisationFactory.create_batch(3)
    for cluster in (one, other):
        MembershipFactory(member=cluster, cluster=meta)
    MembershipFactory(member=former, cluster=meta, ended=True)
    in_both, in_one = OrganisationFactory.create_batch(2, company=True)
    MembershipFactory(member=in_both, cluster=one)
    MembershipFactory(member=in_both, cluster=other)
    MembershipFactory(member=in_one, cluster=one)
    MembershipFactory(cluster=one, ended=True)
    MembershipFactory(cluster=former)
    MembershipFactory(cluster=other, member__is_listed=False)

    figures = queries.network_figures(VISITOR, meta)

    counted = (figures.organisations, figures.memberships, figures.in_several, figures.has_made_up)
    assert counted == (2, 3, 1, False)


def test_figures_that_hold_made_up_firms_say_so(client):
    meta = OrganisationFactory(meta_cluster=True)
    pole = OrganisationFactory()
    MembershipFactory(member=pole, cluster=meta)
    MembershipFactory(cluster=pole, is_demonstration=True)

    marks = {
        address: client.get(address).content.decode().count('class="demonstration"')
        for address in ("/directory/", meta.get_absolute_url(), pole.get_absolute_url())
    }

    assert list(marks.values()) == [1, 3, 2]


def test_a_meta_cluster_without_clusters_counts_nothing():
    figures = queries.network_figures(VISITOR, OrganisationFactory(meta_cluster=True))

    assert (figures.organisations, figures.memberships, figures.in_several) == (0, 0, 0)


@pytest.mark.parametrize("row_count", [1, 3])
def test_public_page_query_count(client, django_assert_num_queries, row_count):
    meta = OrganisationFactory(meta_cluster=True)
    for membership in MembershipFactory.create_batch(row_count, cluster=meta):
        SuccessionFactory(to_organisation=membership.member)
        SuccessionFactory(to_organisation=meta)
        MembershipFactory(member=meta)

    with django_assert_num_queries(11):
        client.get(meta.get_absolute_url())


def test_an_unlisted_page_is_not_there_for_visitors(client, member, cluster):
    Organisation.objects.filter(pk=cluster.pk).update(is_listed=False)

    assert [who.get(f"/organisations/{cluster.slug}/").status_code for who in (client, member)] == [404, 200]


WORKSPACE = (
    "workspace", "profile", "history", "members", "member_create", "member_import", "memberships", "team",
)  # fmt: skip
FOR_EDITORS = {"profile", "member_create", "member_import"}


@pytest.mark.parametrize("name", WORKSPACE)
def test_who_may_open_which_page_of_a_workspace(client, editor, member, outsider, cluster, name):
    address = reverse(f"organisations:{name}", args=[cluster.slug])

    answers = [who.get(address).status_code for who in (editor, member, outsider, client)]

    assert answers == [200, 403 if name in FOR_EDITORS else 200, 403, 302]


@pytest.mark.parametrize("name", WORKSPACE)
def test_a_workspace_that_may_not_be_known_is_not_there(client, outsider, name):
    hidden = OrganisationFactory(unlisted=True)
    address = reverse(f"organisations:{name}", args=[hidden.slug])

    assert [who.get(address).status_code for who in (client, outsider)] == [404, 404]


def changes(cluster):
    """Every address that changes something, with what a form would send."""
    position, leaver = PositionFactory.create_batch(2, organisation=cluster)
    membership = MembershipFactory(cluster=cluster)
    other = MembershipFactory(cluster=cluster)
    firm = OrganisationFactory(company=True, slug="firm")
    slug = cluster.slug
    return {
        f"/o/{slug}/profile/": {"name": "New name"},
        f"/o/{slug}/memberships/new/": {"member": firm.slug, "start": "2020"},
        f"/o/{slug}/members/new/": {"name": "Zeta", "kind": "company"},
        f"/o/{slug}/memberships/{membership.pk}/end/": {"end": "2023-05-01"},
        f"/o/{slug}/memberships/{other.pk}/withdrawal/": {},
        f"/o/{slug}/team/invitations/": {"email": "new@example.org", "role": "staff"},
        f"/o/{slug}/team/{position.pk}/": {"role": "contact"},
        f"/o/{slug}/team/{leaver.pk}/end/": {},
    }


def test_an_editor_changes_everything(editor, cluster):
    answers = {address: editor.post(address, data).status_code for address, data in changes(cluster).items()}

    assert set(answers.values()) == {302}
    cluster.refresh_from_db()
    assert cluster.name == "New name"
    assert sorted(
        Membership.objects.current().filter(cluster=cluster).values_list("member__name", flat=True)
    ) == sorted(["Zeta", Organisation.objects.get(slug="firm").name])
    roles = Position.objects.current().filter(organisation=cluster).values_list("role", flat=True)
    assert sorted(roles) == ["contact", "manager"]


def test_nobody_else_changes_anything(client, member, outsider, manager, cluster):
    for address, data in changes(cluster).items():
        answers = [who.post(address, data).status_code for who in (member, outsider, client)]
        assert answers == [403, 403, 302], address

    cluster.refresh_from_db()
    assert cluster.name == "Cluster of Machines"
    assert Membership.objects.current().filter(cluster=cluster).count() == 2


@pytest.mark.parametrize("address", ["/directory/new/", "/directory/import/"])
def test_only_an_administrator_adds_to_the_whole_directory(client, editor, address):
    assert [who.get(address).status_code for who in (editor, client)] == [403, 302]


def test_a_refused_profile_keeps_what_was_typed(editor, cluster):
    answer = editor.post(
        f"/o/{cluster.slug}/profile/",
        {"name": "New name", "vat_number": "nonsense", "founded": "last year", "description_it": "<b>Ciao"},
    )

    page = answer.content.decode()
    assert answer.status_code == 422
    assert [
        typed for typed in ("New name", "nonsense", "last year", "&lt;b&gt;Ciao") if typed not in page
    ] == []
    cluster.refresh_from_db()
    assert cluster.name == "Cluster of Machines"


@pytest.mark.parametrize(
    "data",
    [
        {"name": "x" * 201},
        {"name": "with\x00null"},
        {"name": "ok", "website": "javascript:alert(1)"},
        {"name": "ok", "country": "ZZ"},
        {"name": "ok", "activity": "999999999999999999999"},
        {"name": "ok", "description_en": "x" * 10_000_000},
        {"name": "ok", "ecosystems": "NONE"},
        {"name": "ok", "founded": "0000-00-00"},
    ],
)
def test_bad_input_is_refused_at_the_field(editor, cluster, data):
    answer = editor.post(f"/o/{cluster.slug}/profile/", data)

    assert answer.status_code in (400, 413, 422)
    cluster.refresh_from_db()
    assert cluster.name == "Cluster of Machines"


def test_a_similar_organisation_is_shown_before_a_new_one_is_made(editor, cluster):
    OrganisationFactory(name="Officina Rossi", company=True)
    data = {"name": "Officina Rosi", "kind": "company"}

    warned = editor.post(f"/o/{cluster.slug}/members/new/", data)
    made = editor.post(f"/o/{cluster.slug}/members/new/", {**data, "although_similar": "on"})

    assert (warned.status_code, made.status_code) == (422, 302)
    assert "Officina Rossi" in warned.content.decode()
    assert cluster.member_rows.get().member.name == "Officina Rosi"


def test_an_import_page_tells_every_mistake(editor, cluster):
    file = io.BytesIO(b"name,kind\nZeta,castle\n")
    file.name = "members.csv"

    answer = editor.post(f"/o/{cluster.slug}/members/import/", {"file": file, "dry_run": "on"})

    assert answer.status_code == 422
    assert "castle" in answer.content.decode()


def test_an_import_page_takes_a_table_over(editor, cluster):
    for dry_run, members in (("on", 0), ("", 1)):
        file = io.BytesIO(b"name,kind\nZeta,company\n")
        file.name = "members.csv"
        answer = editor.post(f"/o/{cluster.slug}/members/import/", {"file": file, "dry_run": dry_run})
        assert (answer.status_code, cluster.member_rows.count()) == (200, members)


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02", b"PK\x03\x04broken"])
def test_an_import_page_refuses_what_is_no_table(editor, cluster, content):
    file = io.BytesIO(content)
    file.name = "members.csv"

    answer = editor.post(f"/o/{cluster.slug}/members/import/", {"file": file})

    assert answer.status_code == 422


def test_one_membership_cannot_be_ended_from_another_workspace(editor, cluster, manager):
    strange = MembershipFactory()

    answer = editor.post(f"/o/{cluster.slug}/memberships/{strange.pk}/end/", {"end": "2023-05-01"})

    assert answer.status_code == 404


def test_one_workspace_leads_straight_in(editor, cluster, person, client):
    client.force_login(person)

    assert editor.get("/o/").headers["Location"] == f"/o/{cluster.slug}/"
    assert client.get("/o/").status_code == 200


@pytest.mark.parametrize("row_count", [1, 3])
@pytest.mark.parametrize(
    ("name", "count"), [("members", 5), ("team", 6), ("history", 6), ("memberships", 5), ("workspace", 7)]
)
def test_workspace_query_counts(editor, cluster, django_assert_num_queries, name, count, row_count):
    for _ in range(row_count):
        MembershipFactory(cluster=cluster)
        MembershipFactory(member=cluster)
        PositionFactory(organisation=cluster)
        cluster.revisions.create(
            changed={"country": ["", "IT"]}, by=PersonFactory(), at="2023-01-01T00:00:00Z"
        )

    with django_assert_num_queries(count):
        editor.get(reverse(f"organisations:{name}", args=[cluster.slug]))


def test_pages_speak_italian_and_use_the_name_that_is_used_there(client):
    OrganisationFactory(slug="alfa", name="Alpha", names={"it": "Alfa"})
    addresses = ("/directory/?lang=it", "/organisations/alfa/?lang=it")

    pages = [client.get(address).content.decode() for address in addresses]

    assert [('<html lang="it"' in page, ">Alfa<" in page) for page in pages] == [(True, True)] * 2


@pytest.fixture
def priorities():
    """Food and a reward criterion of Piemonte, green of the whole country, wine of another region."""
    piemonte, veneto = RegionFactory(code="ITC1"), RegionFactory(code="ITH3")
    country = RegionFactory(code="IT", level=0)
    return {
        "food": S3PriorityFactory(code="food", region=piemonte, strategy="S3 Piemonte"),
        "skills": S3PriorityFactory(code="skills", region=piemonte, kind="criterion"),
        "green": S3PriorityFactory(code="green", region=country, strategy="S3 Italia"),
        "wine": S3PriorityFactory(code="wine", region=veneto, strategy="S3 Veneto"),
    }


def test_a_profile_offers_the_priorities_of_its_region_and_of_its_clusters(priorities):
    veneto = Region.objects.get(code="ITH3")
    network = OrganisationFactory(meta_cluster=True, region=Region.objects.get(code="ITC1"))
    cluster = OrganisationFactory()
    MembershipFactory(cluster=network, member=cluster)
    firm = OrganisationFactory(company=True, region=veneto)
    nowhere = OrganisationFactory(company=True)
    nowhere.s3_priorities.add(priorities["skills"])

    def offered(organisation):
        return [row.code for row in queries.s3_priorities_for(organisation)]

    assert offered(firm) == ["green", "wine"]
    MembershipFactory(cluster=cluster, member=firm)
    assert offered(firm) == ["green", "food", "wine"]
    assert offered(nowhere) == ["skills"]
    assert offered(OrganisationFactory()) == []


def test_what_others_have_named_is_not_read_for_a_profile(priorities):
    firm = OrganisationFactory(company=True, region=Region.objects.get(code="ITH3"))
    firm.s3_priorities.add(priorities["food"])
    OrganisationFactory.create_batch(20)
    for other in Organisation.objects.exclude(pk=firm.pk):
        other.s3_priorities.set(priorities.values())

    with CaptureQueriesContext(connection) as asked:
        offered = queries.s3_priorities_for(firm)

    assert [row.code for row in offered] == ["green", "food", "wine"]
    assert most_rows(asked[-1]["sql"]) < 20


def test_priorities_are_chosen_shown_found_and_remembered(client, editor, cluster, priorities):
    cluster.region = Region.objects.get(code="ITC1")
    cluster.save()
    page = f"/o/{cluster.slug}/profile/"
    assert "S3 Italia, S3 Piemonte" in editor.get(page).content.decode()
    told = {"name": cluster.name, "region": "ITC1", "country": "IT"}

    refused = editor.post(page, {**told, "s3_priorities": ["food", "wine"]})
    kept = editor.post(page, {**told, "s3_priorities": ["food", "green"]})

    assert (refused.status_code, kept.status_code) == (422, 302)
    assert sorted(cluster.s3_priorities.values_list("code", flat=True)) == ["food", "green"]
    assert OrganisationRevision.objects.latest("pk").changed["s3_priorities"] == [[], ["food", "green"]]
    assert "Priority food, Priority green" in editor.get(f"/o/{cluster.slug}/history/").content.decode()
    shown = client.get(f"/organisations/{cluster.slug}/").content.decode()
    assert '<a href="/directory/?s3_priority=food">Priority food</a>' in shown
    other = OrganisationFactory(name="Another")
    found = client.get("/directory/?s3_priority=food").content.decode()
    assert (cluster.name in found, other.name in found) == (True, False)
    assert '<optgroup label="S3 Piemonte">' in found
    assert "Priority wine" not in found
    rows = client.get("/directory/organisations.csv?s3_priority=food").content.decode()
    assert "food|green" in rows


def test_where_no_strategy_is_known_nothing_is_asked(editor, client, cluster):
    assert "S3" not in editor.get(f"/o/{cluster.slug}/profile/").content.decode()
    assert "S3" not in client.get("/directory/").content.decode()


def test_a_new_member_may_have_priorities_of_its_cluster(editor, cluster, priorities):
    cluster.region = Region.objects.get(code="ITC1")
    cluster.save()
    member_page = f"/o/{cluster.slug}/members/new/"
    told = {"name": "Newcomer of Cuneo", "kind": "company", "s3_priorities": ["food"]}

    assert editor.post(member_page, told).status_code == 302

    newcomer = Organisation.objects.get(name="Newcomer of Cuneo")
    assert list(newcomer.s3_priorities.values_list("code", flat=True)) == ["food"]
