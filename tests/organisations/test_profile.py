"""Making organisations known and editing them."""

import threading
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from filiera.accounts.viewer import SYSTEM, VISITOR, Viewer
from filiera.organisations import actions
from filiera.organisations.models import Organisation, OrganisationRevision
from filiera.organisations.queries import Likeness
from tests.accounts.factories import NOW, PersonFactory
from tests.organisations.factories import OrganisationFactory, PositionFactory
from tests.organisations.viewers import administrator, in_workspace
from tests.reference.factories import CountryFactory, EcosystemFactory, RegionFactory

pytestmark = pytest.mark.django_db


def test_create_keeps_the_profile_and_its_first_edit():
    italy, ecosystem = CountryFactory(code="IT"), EcosystemFactory(code="ELEC")
    by = administrator()

    organisation = actions.create_organisation(
        profile={
            "name": "Officina Èsempio S.r.l.",
            "kind": "company",
            "country": italy,
            "website": "https://www.officina.example/chi-siamo",
            "vat_number": "007 4311 0157",
            "founded_on": date(2009, 1, 1),
            "founded_precision": "year",
            "ecosystems": [ecosystem],
        },
        by=by,
        at=NOW,
    )

    organisation.refresh_from_db()
    assert {
        name: getattr(organisation, name)
        for name in ("slug", "sort_key", "comparable_name", "domain", "vat_number", "created_at")
    } == {
        "slug": "officina-esempio-srl",
        "sort_key": "officina esempio s.r.l.",
        "comparable_name": "officina esempio",
        "domain": "officina.example",
        "vat_number": "IT00743110157",
        "created_at": NOW,
    }
    revision = OrganisationRevision.objects.get()
    assert (revision.by, revision.at, revision.changed) == (
        by.person,
        NOW,
        {
            "name": [None, "Officina Èsempio S.r.l."],
            "kind": [None, "company"],
            "country": [None, "IT"],
            "website": [None, "https://www.officina.example/chi-siamo"],
            "vat_number": [None, "IT00743110157"],
            "founded": [None, "2009"],
            "ecosystems": [None, ["ELEC"]],
            "lists_members": [None, True],
        },
    )


def test_a_slug_that_is_taken_gets_a_number():
    OrganisationFactory(slug="mesap", name="Something else")

    organisation = actions.create_organisation(
        profile={"name": "MESAP", "kind": "cluster"}, by=SYSTEM, at=NOW
    )

    assert organisation.slug == "mesap-2"


@pytest.mark.parametrize("kind", ["visitor", "person", "contact", "company manager"])
def test_create_refuses_who_keeps_no_members(kind):
    viewer = {
        "visitor": lambda: VISITOR,
        "person": lambda: Viewer(person=PersonFactory()),
        "contact": lambda: in_workspace(PositionFactory(contact=True)),
        "company manager": lambda: Viewer(person=PersonFactory(), organisation_id=1),
    }[kind]()

    with pytest.raises(PermissionDenied):
        actions.create_organisation(profile={"name": "New", "kind": "company"}, by=viewer, at=NOW)


@pytest.mark.parametrize(
    ("known", "told", "likeness"),
    [
        ({"name": "Officina Rossi Srl"}, {"name": "Officina Rosi"}, Likeness.NAME),
        (
            {"name": "Alpha", "domain": "rossi.it"},
            {"name": "Zeta", "website": "https://rossi.it"},
            Likeness.DOMAIN,
        ),
        (
            {"name": "Alpha", "registration_number": "TO-1"},
            {"name": "Zeta", "registration_number": "TO-1"},
            Likeness.REGISTRATION_NUMBER,
        ),
    ],
)  # fmt: skip
def test_create_warns_of_an_organisation_that_may_be_the_same(known, told, likeness):
    italy = CountryFactory(code="IT")
    same = OrganisationFactory(country=italy, **known)
    OrganisationFactory(name="Tessitura Bianchi")

    with pytest.raises((actions.LooksLikeDuplicate, actions.ProfileRefused)) as refusal:
        actions.create_organisation(profile={"kind": "company", "country": italy, **told}, by=SYSTEM, at=NOW)

    if likeness == Likeness.REGISTRATION_NUMBER:
        assert [problem.field for problem in refusal.value.problems] == ["registration_number"]
    else:
        found = [(duplicate.organisation, duplicate.likeness) for duplicate in refusal.value.duplicates]
        assert found == [(same, likeness)]
    assert Organisation.objects.count() == 2


def test_a_similar_organisation_can_be_made_when_somebody_has_looked():
    OrganisationFactory(name="Officina Rossi")

    actions.create_organisation(
        profile={"name": "Officina Rossi", "kind": "company"}, although_similar=True, by=SYSTEM, at=NOW
    )

    assert Organisation.objects.filter(name="Officina Rossi").count() == 2


def test_a_hidden_organisation_is_not_named_as_a_duplicate():
    OrganisationFactory(name="Officina Rossi", unlisted=True)
    keeper = in_workspace(PositionFactory(manager=True))

    organisation = actions.create_organisation(
        profile={"name": "Officina Rossi", "kind": "company"}, by=keeper, at=NOW
    )

    assert organisation.name == "Officina Rossi"


def test_a_profile_that_contradicts_itself_is_refused_field_by_field():
    spain = CountryFactory(code="ES")
    torino = RegionFactory(code="ITC1")

    with pytest.raises(actions.ProfileRefused) as refusal:
        actions.create_organisation(
            profile={
                "name": " ",
                "kind": "cluster",
                "size_class": "small",
                "country": spain,
                "region": torino,
                "vat_number": "12",
            },
            by=SYSTEM,
            at=NOW,
        )

    assert [problem.field for problem in refusal.value.problems] == [
        "name", "size_class", "region", "vat_number",
    ]  # fmt: skip
    assert Organisation.objects.count() == 0


def test_a_number_of_another_organisation_is_refused_at_its_field():
    OrganisationFactory(vat_number="IT00743110157")

    with pytest.raises(actions.ProfileRefused) as refusal:
        actions.create_organisation(
            profile={"name": "Zeta", "kind": "company", "vat_number": "IT00743110157"}, by=SYSTEM, at=NOW
        )

    assert [problem.field for problem in refusal.value.problems] == ["vat_number"]


def test_edit_keeps_what_stood_there_before(manager, cluster):
    actions.edit_organisation(
        organisation=cluster,
        profile={"city": "Torino", "description": {"en": "Machines"}},
        by=in_workspace(manager),
        at=NOW,
    )

    revision = OrganisationRevision.objects.get()
    assert (revision.organisation, revision.by, revision.changed) == (
        cluster,
        manager.person,
        {"city": ["", "Torino"], "description": [{}, {"en": "Machines"}]},
    )
    assert Organisation.objects.get().search_key == "cluster of machines torino"


def test_an_edit_that_changes_nothing_leaves_no_trace(manager, cluster):
    actions.edit_organisation(
        organisation=cluster, profile={"name": cluster.name}, by=in_workspace(manager), at=NOW
    )

    assert OrganisationRevision.objects.count() == 0


@pytest.mark.parametrize("who", ["visitor", "contact", "manager of another", "manager elsewhere"])
def test_edit_refuses_everybody_without_the_right(who, manager, cluster):
    viewer = {
        "visitor": lambda: VISITOR,
        "contact": lambda: in_workspace(PositionFactory(organisation=cluster, contact=True)),
        "manager of another": lambda: in_workspace(PositionFactory(manager=True)),
        "manager elsewhere": lambda: Viewer(person=manager.person),
    }[who]()

    with pytest.raises(PermissionDenied):
        actions.edit_organisation(organisation=cluster, profile={"city": "Roma"}, by=viewer, at=NOW)

    assert Organisation.objects.get(pk=cluster.pk).city == ""


def test_a_token_without_the_scope_cannot_edit(manager, cluster):
    full = in_workspace(manager)
    limited = Viewer(
        person=full.person,
        organisation_id=full.organisation_id,
        permissions=full.permissions,
        scopes=frozenset({"organisation.view"}),
    )

    with pytest.raises(PermissionDenied):
        actions.edit_organisation(organisation=cluster, profile={"city": "Roma"}, by=limited, at=NOW)


@pytest.mark.django_db(transaction=True)
def test_two_at_once_cannot_give_the_same_vat_number_to_two_firms():
    firms = [OrganisationFactory(company=True), OrganisationFactory(company=True)]
    start = threading.Barrier(2)
    outcomes: list[str] = []

    def give(firm: Organisation) -> None:
        start.wait()
        try:
            actions.edit_organisation(
                organisation=firm, profile={"vat_number": "IT00743110157"}, by=SYSTEM, at=NOW
            )
            outcomes.append("kept")
        except actions.ProfileRefused as refusal:
            outcomes.extend(problem.field for problem in refusal.problems)
        finally:
            connection.close()

    threads = [threading.Thread(target=give, args=[firm]) for firm in firms]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["kept", "vat_number"]
    assert Organisation.objects.filter(vat_number="IT00743110157").count() == 1
