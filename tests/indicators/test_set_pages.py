"""The pages of shared sets: who comes in, what stays hidden, and a set from its draft to an agreed change."""

import pytest
from django.urls import reverse

from filiera.indicators.actions import set_proposals, sets
from filiera.indicators.actions.refreshing import refresh_figures
from filiera.indicators.actions.set_proposals import Change
from filiera.indicators.models import (
    ChangeKind,
    IndicatorSet,
    SetAdoption,
    SetAudience,
    SetItem,
    SetOpinion,
    SetProposal,
    SetVersion,
    Stance,
)
from filiera.organisations.models import Role
from tests.indicators.factories import NOW, made_fact
from tests.indicators.readiness_factories import browser_of, colleague
from tests.indicators.set_factories import (
    CODES,
    adopted,
    proposed,
    published,
    redefined,
    sharing,
)
from tests.organisations.factories import OrganisationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def made():
    return sharing()


@pytest.fixture
def officer(made):
    return browser_of(made.officer.person)


@pytest.fixture
def manager(made):
    return browser_of(made.managers[0].person)


def address(name, *arguments, slug="network"):
    return reverse(f"indicators:{name}", args=[slug, *arguments])


def addresses(version, proposal, item, slug="network"):
    """Every address of a set, with how it is asked."""
    key = version.indicator_set_id
    return [
        ("get", address("sets", slug=slug)),
        ("get", address("set", key, slug=slug)),
        ("get", address("set_version", key, version.number, slug=slug)),
        ("post", address("set_adoption", key, version.number, slug=slug)),
        ("post", address("set_adoption_end", key, slug=slug)),
        ("get", address("set_create", slug=slug)),
        ("get", address("set_draft", key, slug=slug)),
        ("post", address("set_draft", key, slug=slug)),
        ("get", address("set_details", key, slug=slug)),
        ("post", address("set_item_create", key, slug=slug)),
        ("get", address("set_item", key, item.pk, slug=slug)),
        ("post", address("set_item_move", key, item.pk, slug=slug)),
        ("post", address("set_item_removal", key, item.pk, slug=slug)),
        ("post", address("set_publication", key, slug=slug)),
        ("post", address("set_draft_deletion", key, slug=slug)),
        ("get", address("set_proposal_create", key, slug=slug)),
        ("get", address("set_proposal", key, proposal.pk, slug=slug)),
        ("post", address("set_opinion_create", key, proposal.pk, slug=slug)),
        ("post", address("set_acceptance", key, proposal.pk, slug=slug)),
        ("post", address("set_refusal", key, proposal.pk, slug=slug)),
        ("post", address("set_withdrawal", key, proposal.pk, slug=slug)),
    ]


def with_draft(made):
    """A published set with an open proposal, and a draft of its next version."""
    version = published(made)
    proposal = proposed(made, version.indicator_set)
    sets.begin_next_version(indicator_set=version.indicator_set, by=made.officer, at=NOW)
    item = SetItem.objects.filter(version__published_at__isnull=True)[0]
    return version, proposal, item


def test_a_visitor_signs_in_and_strangers_are_refused(made):
    told = addresses(*with_draft(made))
    contact = browser_of(colleague(made.maker, Role.CONTACT).person)
    stranger = browser_of(made.outsider.person)
    member = browser_of(made.managers[0].person)

    for verb, path in told:
        visitor = getattr(browser_of(None), verb)(path)
        assert (visitor.status_code, "/accounts/" in visitor["Location"]) == (302, True), path
        for client in (contact, stranger, member):
            assert getattr(client, verb)(path).status_code == 403, path
    assert SetProposal.objects.open().count() == 1
    assert SetVersion.objects.filter(published_at__isnull=True).count() == 1


def test_a_set_that_is_not_open_to_one_is_not_found(made):
    told = addresses(*with_draft(made), slug="stranger")
    stranger = browser_of(made.outsider.person)

    for verb, path in told:
        expected = 200 if path.endswith(("/sets/", "/sets/new/")) else 404
        assert getattr(stranger, verb)(path).status_code == expected, path


def test_a_member_neither_sees_the_draft_nor_decides(made, manager):
    version, proposal, item = with_draft(made)
    only_maker = ("/draft/", "/acceptance/", "/refusal/")

    for verb, path in addresses(version, proposal, item, slug="cluster-0"):
        if any(part in path for part in only_maker):
            assert getattr(manager, verb)(path).status_code == 404, path
    page = manager.get(address("set", version.indicator_set_id, slug="cluster-0")).text
    assert "Draft of version 2" not in page
    assert "Adopt version 1" in page
    assert (
        manager.get(address("set_version", version.indicator_set_id, 2, slug="cluster-0")).status_code == 404
    )


def test_staff_adopts_and_proposes_but_does_not_make(made):
    version = published(made)
    staff = browser_of(colleague(made.clusters[0], Role.STAFF).person)
    key = version.indicator_set_id

    assert staff.get(address("set_create", slug="cluster-0")).status_code == 403
    assert "Make a set" not in staff.get(address("sets", slug="cluster-0")).text
    assert staff.post(address("set_adoption", key, 1, slug="cluster-0")).status_code == 302
    assert staff.get(address("set_proposal_create", key, slug="cluster-0")).status_code == 200
    assert SetAdoption.objects.standing().count() == 1


def test_a_company_has_no_shared_sets(made):
    company = OrganisationFactory(slug="company", company=True)
    published(made, audience=SetAudience.EVERYBODY)
    client = browser_of(colleague(company).person)

    assert client.get(address("sets", slug="company")).status_code == 403


def test_a_set_from_its_draft_to_an_agreed_change(made, officer, manager):
    answer = officer.post(
        address("set_create"),
        {"name_en": "Our eight", "name_it": "I nostri otto", "audience": "members", "code": CODES[:2]},
    )
    key = IndicatorSet.objects.get().pk
    assert answer["Location"] == address("set_draft", key)
    assert officer.get(address("set", key))["Location"] == address("set_draft", key)
    officer.post(address("set_item_create", key), {"code": "members_joined", "note_en": "Signed only"})
    last = SetItem.objects.get(code="members_joined")
    officer.post(address("set_item_move", key, last.pk), {"to": "up"})
    officer.post(
        address("set_item", key, last.pk), {"definition": last.definition_id, "note_en": "Signed papers"}
    )
    officer.post(address("set_details", key), {"name_en": "Our few", "audience": "everybody"})
    draft = officer.get(address("set_draft", key)).text
    assert ("Signed papers" in draft, "Our few" in draft) == (True, True)
    officer.post(address("set_publication", key))
    version = SetVersion.objects.get()
    assert [item.code for item in version.items.in_order()] == [CODES[0], "members_joined", CODES[1]]
    assert version.indicator_set.audience == "everybody"

    assert "Our few" in manager.get(address("sets", slug="cluster-0")).text
    manager.post(address("set_adoption", key, 1, slug="cluster-0"))
    assert "You use version 1" in manager.get(address("set", key, slug="cluster-0")).text
    assert "adopted by" in officer.get(address("set", key)).text
    manager.post(
        address("set_proposal_create", key, slug="cluster-0"),
        {"kind": "replace", "leaving": CODES[1], "coming": "members_left", "text": "It tells more."},
    )
    proposal = SetProposal.objects.get()
    adopted(made, version, 1)
    second = browser_of(made.managers[1].person)
    second.post(
        address("set_opinion_create", key, proposal.pk, slug="cluster-1"),
        {"stance": "agrees", "text": "So it does."},
    )
    officer.post(address("set_opinion_create", key, proposal.pk), {"stance": "", "text": "I see."})
    page = officer.get(address("set_proposal", key, proposal.pk)).text
    assert ("So it does." in page, "1 for it, 0 against it" in page) == (True, True)
    officer.post(address("set_acceptance", key, proposal.pk), {"publishes": "on"})

    told = manager.get(address("set", key, slug="cluster-0")).text
    assert "You use version 1; version 2 is there" in told
    assert "What version 2 changes against your version 1" in told
    held = manager.get(address("set_version", key, 2, slug="cluster-0")).text
    assert f"proposed by {made.clusters[0].name}; agreed: {made.clusters[1].name}" in " ".join(held.split())
    manager.post(address("set_adoption", key, 2, slug="cluster-0"))
    assert "You use version 2" in manager.get(address("set", key, slug="cluster-0")).text
    manager.post(address("set_adoption_end", key, slug="cluster-0"))
    assert "No shared set in use yet" in manager.get(address("sets", slug="cluster-0")).text


def test_what_was_typed_stays_where_a_form_is_refused(made, officer, manager):
    version, proposal, item = with_draft(made)
    adopted(made, version, 1)
    key = version.indicator_set_id
    second = browser_of(made.managers[1].person)
    long_note = "n" * 301
    refused = [
        (
            officer,
            address("set_create"),
            {"purpose_en": "To compare ourselves", "audience": "members"},
            "To compare ourselves",
        ),
        (officer, address("set_details", key), {"purpose_en": "Other", "audience": "members"}, "Other"),
        (officer, address("set_item_create", key), {"code": CODES[0], "note_en": "Kept"}, "Kept"),
        (
            officer,
            address("set_item", key, item.pk),
            {"definition": item.definition_id, "note_en": long_note},
            long_note,
        ),
        (
            manager,
            address("set_proposal_create", key, slug="cluster-0"),
            {"kind": "add", "text": "Because it matters"},
            "Because it matters",
        ),
        (
            manager,
            address("set_proposal_create", key, slug="cluster-0"),
            {"kind": "add", "coming": "members_left", "text": "Once more"},
            "This change is proposed already",
        ),
        (
            second,
            address("set_opinion_create", key, proposal.pk, slug="cluster-1"),
            {"text": "Without a stance"},
            "Without a stance",
        ),
        (officer, address("set_refusal", key, proposal.pk), {"text": ""}, "This field is required"),
    ]

    for client, path, typed, kept in refused:
        answer = client.post(path, typed)
        assert (answer.status_code, kept in answer.text) == (422, True), path


def test_what_cannot_be_done_any_more_is_said_on_the_page(made, officer):
    version, proposal, _item = with_draft(made)
    key = version.indicator_set_id

    assert "says the same" in officer.post(address("set_publication", key), follow=True).text
    assert "being prepared already" in officer.post(address("set_draft", key), follow=True).text
    officer.post(address("set_acceptance", key, proposal.pk))
    assert "holds proposals" in officer.post(address("set_draft_deletion", key), follow=True).text
    assert "is decided" in officer.post(address("set_acceptance", key, proposal.pk), follow=True).text
    officer.post(address("set_publication", key))
    gone = officer.post(address("set_item_create", key), {"code": "members_sme"}, follow=True)
    assert "begin the next version first" in gone.text


def test_the_dashboard_shows_the_chosen_indicators_in_their_order(made, manager):
    for member in (OrganisationFactory(company=True), OrganisationFactory(company=True)):
        made_fact("membership.started", made.clusters[0], "2023-02-01", counterpart=member)
    version = published(made, codes=("members_joined", "meetings_held", "members_total"))
    adopted(made, version)
    path = address("dashboard", slug="cluster-0")
    refresh_figures()
    before = manager.get(path + "?period=2023").text
    redefined("members_joined")
    after = manager.get(path + "?period=2023").text

    shown = before[before.index("What we all watch") :]
    places = [shown.index(code) for code in ("members_joined", "meetings_held", "members_total")]
    assert places == sorted(places)
    assert "Chosen indicators: version 1 of the set" in shown
    assert "holds today" not in before
    assert "The set means version 2 of the definition. Version 3 holds today" in after
    assert "Version 2 is there" not in before
    sets.begin_next_version(indicator_set=version.indicator_set, by=made.officer, at=NOW)
    sets.add_indicator(
        indicator_set=version.indicator_set, code="members_left", note={}, by=made.officer, at=NOW
    )
    sets.publish_set(indicator_set=version.indicator_set, by=made.officer, at=NOW)
    assert "Version 2 is there" in manager.get(path + "?period=2023").text


def filled(made, count):
    """So many sets, each adopted, with so many indicators, proposals and opinions."""
    codes = [*CODES, "members_left", "members_sme", "members_research"][:count]
    for number in range(count):
        version = published(made, codes=codes, name={"en": f"Set {number}"})
        adopted(made, version)
        adopted(made, version, 1)
    for code in codes[:count]:
        change = Change(kind=ChangeKind.REMOVE, leaving=code)
        proposal = proposed(made, version.indicator_set, change=change)
        for _number in range(count):
            set_proposals.say(
                proposal=proposal,
                organisation=made.clusters[1],
                stance=Stance.COMMENT,
                text="Well",
                by=made.managers[1],
                at=NOW,
            )
    assert SetOpinion.objects.exists()
    sets.begin_next_version(indicator_set=version.indicator_set, by=made.officer, at=NOW)
    taken = set_proposals.accept_proposal(proposal=proposal, by=made.officer, at=NOW)
    sets.add_indicator(
        indicator_set=version.indicator_set, code="management_staff", note={}, by=made.officer, at=NOW
    )
    sets.publish_set(indicator_set=version.indicator_set, by=made.officer, at=NOW)
    sets.begin_next_version(indicator_set=version.indicator_set, by=made.officer, at=NOW)
    return taken, proposal


@pytest.mark.parametrize("size", [2, 5])
@pytest.mark.parametrize(
    ("name", "slug", "count"),
    [
        ("sets", "network", 9),
        ("sets", "cluster-0", 9),
        ("set", "network", 15),
        ("set", "cluster-0", 14),
        ("set_version", "cluster-0", 12),
        ("set_proposal", "cluster-0", 12),
        ("set_draft", "network", 10),
    ],
)
def test_the_query_count_does_not_grow(django_assert_num_queries, name, slug, count, size):
    made = sharing()
    taken, proposal = filled(made, size)
    arguments = {
        "sets": [],
        "set_version": [taken.indicator_set_id, 2],
        "set_proposal": [taken.indicator_set_id, proposal.pk],
    }.get(name, [taken.indicator_set_id])
    viewer = made.officer if slug == "network" else made.managers[0]
    client = browser_of(viewer.person)
    client.get(address(name, *arguments, slug=slug))

    with django_assert_num_queries(count):
        client.get(address(name, *arguments, slug=slug))


@pytest.mark.parametrize("size", [1, 5])
def test_the_query_count_of_the_dashboard_does_not_grow(django_assert_num_queries, size):
    made = sharing()
    filled(made, size)
    member = OrganisationFactory(company=True)
    made_fact("membership.started", made.clusters[0], "2023-02-01", counterpart=member)
    refresh_figures()
    client = browser_of(made.managers[0].person)
    path = address("dashboard", slug="cluster-0")
    assert client.get(path).text.count("Chosen indicators") == size

    with django_assert_num_queries(14):
        client.get(path)
