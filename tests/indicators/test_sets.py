"""Shared sets: versions that stay, adoptions, proposals with what is said to them, and who hears of it."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, transaction

from filiera.accounts.exports import collected
from filiera.accounts.signals import person_erased
from filiera.accounts.viewer import VISITOR
from filiera.indicators.actions import set_adoptions, set_mails, set_proposals, sets
from filiera.indicators.actions.set_proposals import Change
from filiera.indicators.models import (
    ChangeKind,
    IndicatorSet,
    IndicatorVersion,
    ProposalState,
    SetAdoption,
    SetAudience,
    SetItem,
    SetOpinion,
    SetProposal,
    SetVersion,
    Stance,
)
from filiera.indicators.set_differences import difference_of
from filiera.mail.models import OutgoingMail
from filiera.organisations.models import Membership, Role
from tests.indicators.factories import NOW
from tests.indicators.readiness_factories import colleague
from tests.indicators.set_factories import (
    CODES,
    NAME,
    adopted,
    drafted,
    proposed,
    published,
    redefined,
    sharing,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def made():
    return sharing()


def codes_of(version):
    return [item.code for item in version.items.in_order()]


def next_version(made, version, code="members_left"):
    indicator_set = version.indicator_set
    sets.begin_next_version(indicator_set=indicator_set, by=made.officer, at=NOW)
    sets.add_indicator(indicator_set=indicator_set, code=code, note={}, by=made.officer, at=NOW)
    return sets.publish_set(indicator_set=indicator_set, by=made.officer, at=NOW)


def said(made, proposal, stance=Stance.AGREES, number=1, text="It fits."):
    return set_proposals.say(
        proposal=proposal,
        organisation=made.clusters[number],
        stance=stance,
        text=text,
        by=made.managers[number],
        at=NOW,
    )


def test_a_set_pins_the_definitions_of_the_day_and_keeps_its_order(made):
    version = published(made)
    redefined("meetings_held")

    assert codes_of(version) == list(CODES)
    assert [item.definition.version for item in version.items.in_order()] == [
        IndicatorVersion.objects.filter(code=code).order_by("version")[0].version for code in CODES
    ]
    assert (version.number, version.published_by) == (1, made.officer.person)


def test_the_draft_is_ordered_changed_and_noted(made):
    indicator_set = drafted(made)
    first, second, third = SetItem.objects.in_order()
    newer = redefined(second.code)

    sets.move_item(item=third, steps=-2, by=made.officer, at=NOW)
    sets.move_item(item=third, steps=-9, by=made.officer, at=NOW)
    sets.change_item(item=second, definition=newer, note={"en": "Both kinds"}, by=made.officer, at=NOW)
    sets.remove_item(item=first, by=made.officer, at=NOW)
    with pytest.raises(sets.ItemIsGone):
        sets.remove_item(item=SetItem(pk=0, version=third.version), by=made.officer, at=NOW)
    version = sets.publish_set(indicator_set=indicator_set, by=made.officer, at=NOW)

    assert [(item.code, item.definition.version, item.note) for item in version.items.in_order()] == [
        ("members_joined", third.definition.version, {}),
        ("meetings_held", newer.version, {"en": "Both kinds"}),
    ]


def test_what_a_draft_refuses(made):
    indicator_set = drafted(made, codes=())
    by = {"by": made.officer, "at": NOW}

    with pytest.raises(sets.SetIsEmpty):
        sets.publish_set(indicator_set=indicator_set, **by)
    with pytest.raises(sets.IndicatorNotKnown):
        sets.add_indicator(indicator_set=indicator_set, code="nothing", note={}, **by)
    item = sets.add_indicator(indicator_set=indicator_set, code="meetings_held", note={}, **by)
    with pytest.raises(sets.SetNamesItAlready):
        sets.add_indicator(indicator_set=indicator_set, code="meetings_held", note={}, **by)
    other = IndicatorVersion.objects.get(code="members_total")
    with pytest.raises(sets.IndicatorNotKnown):
        sets.change_item(item=item, definition=other, note={}, **by)
    with pytest.raises(sets.DraftIsThere):
        sets.begin_next_version(indicator_set=indicator_set, **by)
    sets.publish_set(indicator_set=indicator_set, **by)
    for act in (
        lambda: sets.publish_set(indicator_set=indicator_set, **by),
        lambda: sets.remove_item(item=item, **by),
        lambda: sets.drop_draft(indicator_set=indicator_set, **by),
    ):
        with pytest.raises(sets.NoDraft):
            act()
    sets.begin_next_version(indicator_set=indicator_set, **by)
    with pytest.raises(sets.NothingIsDifferent):
        sets.publish_set(indicator_set=indicator_set, **by)
    with pytest.raises(sets.NoDraft):
        sets.remove_item(item=item, **by)
    sets.change_details(
        indicator_set=indicator_set,
        details=sets.SetDetails(name={"en": "Other"}, audience=SetAudience.EVERYBODY),
        **by,
    )
    assert sets.publish_set(indicator_set=indicator_set, **by).name == {"en": "Other"}


def test_a_set_holds_sixty_at_most(made, monkeypatch):
    monkeypatch.setattr(sets, "MOST_INDICATORS", 3)
    with pytest.raises(sets.SetFull):
        drafted(made, codes=[*CODES, "members_left"])
    indicator_set = drafted(made)
    with pytest.raises(sets.SetFull):
        sets.add_indicator(indicator_set=indicator_set, code="members_left", note={}, by=made.officer, at=NOW)


def test_a_draft_that_was_never_published_goes_whole(made):
    first = drafted(made)
    again = IndicatorSet.objects.get()
    sets.drop_draft(indicator_set=first, by=made.officer, at=NOW)
    with pytest.raises(sets.SetIsGone):
        sets.drop_draft(indicator_set=again, by=made.officer, at=NOW)
    version = published(made)
    sets.begin_next_version(indicator_set=version.indicator_set, by=made.officer, at=NOW)
    sets.drop_draft(indicator_set=version.indicator_set, by=made.officer, at=NOW)

    assert list(SetVersion.objects.all()) == [version]


def test_only_whoever_may_write_definitions_makes_a_set(made):
    version = published(made)
    staff = colleague(made.maker, Role.STAFF)
    by_others = [made.managers[0], made.outsider, staff, colleague(made.maker, Role.CONTACT)]

    for viewer in by_others:
        for act in (
            lambda by: sets.create_set(
                organisation=made.maker, details=sets.SetDetails(name=NAME), codes=CODES, by=by, at=NOW
            ),
            lambda by: sets.begin_next_version(indicator_set=version.indicator_set, by=by, at=NOW),
        ):
            with pytest.raises(PermissionDenied):
                act(viewer)


def test_who_sees_a_set_and_who_its_draft(made):
    draft = drafted(made)
    version = published(made)
    sets.begin_next_version(indicator_set=version.indicator_set, by=made.officer, at=NOW)
    open_ = published(made, audience=SetAudience.EVERYBODY).indicator_set
    contact = colleague(made.clusters[0], Role.CONTACT)

    def seen(viewer):
        return set(IndicatorSet.objects.visible_to(viewer))

    assert seen(made.officer) == {draft, version.indicator_set, open_}
    assert seen(made.managers[0]) == {version.indicator_set, open_}
    assert seen(made.outsider) == {open_}
    assert seen(contact) == seen(VISITOR) == {open_}
    of_set = SetVersion.objects.filter(indicator_set=version.indicator_set)
    assert [each.number for each in of_set.visible_to(made.managers[0])] == [1]
    assert sorted(each.number for each in of_set.visible_to(made.officer)) == [1, 2]
    assert not of_set.visible_to(made.outsider).exists()
    of_draft = SetItem.objects.filter(version__published_at__isnull=True)
    assert not of_draft.visible_to(made.managers[0]).exists()


def test_everybody_reads_what_is_published_for_everybody_and_nothing_beside_it(made):
    version = published(made, audience=SetAudience.EVERYBODY)
    sets.begin_next_version(indicator_set=version.indicator_set, by=made.officer, at=NOW)
    drafted(made, audience=SetAudience.EVERYBODY)
    adopted(made, version, 1)
    proposal = proposed(made, version.indicator_set)
    words = {"stance": Stance.AGREES, "text": "Good."}
    set_proposals.say(proposal=proposal, organisation=made.clusters[1], by=made.managers[1], at=NOW, **words)

    assert [each.number for each in SetVersion.objects.visible_to(VISITOR)] == [1]
    assert {item.version for item in SetItem.objects.visible_to(VISITOR)} == {version}
    for model in (SetProposal, SetOpinion, SetAdoption):
        assert not model.objects.visible_to(VISITOR).exists()
    made.maker.is_listed = False
    made.maker.save()
    assert not IndicatorSet.objects.visible_to(VISITOR).exists()
    assert IndicatorSet.objects.visible_to(made.outsider).exists()


def test_adoptions_are_seen_by_their_own_and_by_whoever_made_the_set(made):
    adoption = adopted(made, published(made))

    def seen(viewer):
        return list(SetAdoption.objects.visible_to(viewer))

    assert seen(made.officer) == seen(made.managers[0]) == [adoption]
    assert seen(made.managers[1]) == seen(made.outsider) == []


def test_a_version_is_adopted_replaced_and_left(made):
    version = published(made)
    first = adopted(made, version)
    with pytest.raises(set_adoptions.AdoptedAlready):
        adopted(made, version)
    newer = next_version(made, version)
    second = adopted(made, newer)
    first.refresh_from_db()

    assert (first.ended_at, first.ended_by) == (NOW, made.managers[0].person)
    assert (second.adopted_by, second.version.number) == (made.managers[0].person, 2)
    set_adoptions.end_adoption(adoption=second, by=made.managers[0], at=NOW)
    with pytest.raises(set_adoptions.AdoptionEnded):
        set_adoptions.end_adoption(adoption=second, by=made.managers[0], at=NOW)
    assert not SetAdoption.objects.standing().exists()


def test_who_left_the_network_keeps_what_it_uses_and_others_cannot_adopt(made):
    version = published(made)
    adopted(made, version)
    Membership.objects.update(end_on=date(2026, 1, 1))

    assert IndicatorSet.objects.visible_to(made.managers[0]).exists()
    assert not IndicatorSet.objects.visible_to(made.managers[1]).exists()
    for number in (0, 1):
        with pytest.raises((PermissionDenied, set_adoptions.AdoptedAlready)):
            adopted(made, version, number)
    sets.begin_next_version(indicator_set=version.indicator_set, by=made.officer, at=NOW)
    draft = version.indicator_set.versions.get(number=2)
    with pytest.raises(set_adoptions.VersionIsDraft):
        adopted(made, draft)
    contact = colleague(made.clusters[0], Role.CONTACT)
    for viewer in (contact, made.managers[1], made.outsider):
        with pytest.raises(PermissionDenied):
            set_adoptions.adopt_version(version=version, organisation=made.clusters[0], by=viewer, at=NOW)


def test_a_difference_tells_what_came_left_and_is_defined_otherwise(made):
    version = published(made)
    newer = redefined("meetings_held")
    indicator_set = version.indicator_set
    sets.begin_next_version(indicator_set=indicator_set, by=made.officer, at=NOW)
    draft = indicator_set.versions.get(number=2)
    total, meetings, joined = draft.items.in_order()
    sets.change_item(item=meetings, definition=newer, note={"en": "New"}, by=made.officer, at=NOW)
    sets.remove_item(item=total, by=made.officer, at=NOW)
    sets.move_item(item=joined, steps=-1, by=made.officer, at=NOW)
    sets.add_indicator(indicator_set=indicator_set, code="members_left", note={}, by=made.officer, at=NOW)

    told = difference_of(list(version.items.in_order()), list(draft.items.in_order()))

    assert [item.code for item in told.added] == ["members_left"]
    assert [item.code for item in told.removed] == ["members_total"]
    assert [(m.before.definition.version, m.after.definition.version) for m in told.redefined] == [
        (newer.version - 1, newer.version)
    ]
    assert [item.code for item in told.noted] == ["meetings_held"]
    assert told.is_reordered
    assert difference_of(list(version.items.in_order()), list(version.items.in_order())).is_nothing


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (Change(kind=ChangeKind.ADD), set_proposals.ComingMissing),
        (Change(kind=ChangeKind.ADD, coming="nothing"), set_proposals.ComingNotKnown),
        (Change(kind=ChangeKind.ADD, coming="meetings_held"), set_proposals.ComingThere),
        (Change(kind=ChangeKind.REMOVE), set_proposals.LeavingMissing),
        (Change(kind=ChangeKind.REMOVE, leaving="members_left"), set_proposals.LeavingNotThere),
        (Change(kind=ChangeKind.REPLACE, leaving="meetings_held"), set_proposals.ComingMissing),
        (
            Change(kind=ChangeKind.REPLACE, leaving="meetings_held", coming="meetings_held"),
            set_proposals.ComingThere,
        ),
        (
            Change(kind=ChangeKind.REPLACE, leaving="meetings_held", coming="members_total"),
            set_proposals.ComingThere,
        ),
    ],
)
def test_a_proposal_has_to_fit_the_set(made, change, error):
    version = published(made)
    with pytest.raises(error):
        proposed(made, version.indicator_set, change=change)


def test_what_else_a_proposal_refuses(made):
    draft = drafted(made)
    version = published(made)
    proposal = proposed(made, version.indicator_set)
    with pytest.raises(set_proposals.ProposedAlready):
        proposed(made, version.indicator_set, 1)
    with pytest.raises(PermissionDenied):
        proposed(made, draft)
    with pytest.raises(set_proposals.NotPublishedYet):
        set_proposals.propose_change(
            indicator_set=draft,
            organisation=made.maker,
            change=Change(kind=ChangeKind.ADD, coming="members_left"),
            reason="Why",
            by=made.officer,
            at=NOW,
        )
    contact = colleague(made.clusters[0], Role.CONTACT)
    for viewer, organisation in ((contact, made.clusters[0]), (made.outsider, made.stranger)):
        with pytest.raises(PermissionDenied):
            set_proposals.propose_change(
                indicator_set=version.indicator_set,
                organisation=organisation,
                change=Change(kind=ChangeKind.REMOVE, leaving="meetings_held"),
                reason="Why",
                by=viewer,
                at=NOW,
            )
    with pytest.raises(set_proposals.ReasonMissing):
        set_proposals.propose_change(
            indicator_set=version.indicator_set,
            organisation=made.clusters[0],
            change=Change(kind=ChangeKind.REMOVE, leaving="meetings_held"),
            reason=" ",
            by=made.managers[0],
            at=NOW,
        )
    assert list(SetProposal.objects.visible_to(made.managers[1])) == [proposal]
    assert not SetProposal.objects.visible_to(made.outsider).exists()


def test_those_who_use_the_set_agree_or_disagree_once_and_comment_as_they_like(made):
    version = published(made)
    proposal = proposed(made, version.indicator_set)
    with pytest.raises(set_proposals.UseItFirst):
        said(made, proposal)
    adopted(made, version, 1)
    with pytest.raises(set_proposals.ReasonMissing):
        said(made, proposal, text=" ")
    with pytest.raises(set_proposals.CommentOnly):
        said(made, proposal, number=0)
    said(made, proposal)
    said(made, proposal, Stance.DISAGREES, text="On second thought.")
    said(made, proposal, Stance.COMMENT)
    said(made, proposal, Stance.COMMENT, number=0, text="Thank you.")
    with pytest.raises(PermissionDenied):
        set_proposals.say(
            proposal=proposal,
            organisation=made.stranger,
            stance=Stance.COMMENT,
            text="?",
            by=made.outsider,
            at=NOW,
        )

    told = SetOpinion.objects.order_by("pk").values_list("stance", "text")
    assert list(told) == [
        ("disagrees", "On second thought."),
        ("comment", "It fits."),
        ("comment", "Thank you."),
    ]
    assert SetOpinion.objects.visible_to(made.managers[0]).count() == 3
    assert not SetOpinion.objects.visible_to(made.outsider).exists()


def test_what_is_accepted_stands_in_the_next_version_with_who_proposed_and_agreed(made):
    version = published(made)
    indicator_set = version.indicator_set
    adopted(made, version, 1)
    newer = redefined("meetings_held")
    changes = [
        Change(kind=ChangeKind.ADD, coming="members_left"),
        Change(kind=ChangeKind.REMOVE, leaving="members_total"),
        Change(kind=ChangeKind.REPLACE, leaving="meetings_held", coming="meetings_held"),
        Change(kind=ChangeKind.REPLACE, leaving="members_joined", coming="members_sme"),
    ]
    proposals = [proposed(made, indicator_set, change=change) for change in changes]
    said(made, proposals[0])

    for proposal in proposals[:3]:
        draft = set_proposals.accept_proposal(proposal=proposal, by=made.officer, at=NOW)
        assert draft.is_draft
    with pytest.raises(sets.DraftHoldsProposals):
        sets.drop_draft(indicator_set=indicator_set, by=made.officer, at=NOW)
    last = set_proposals.accept_proposal(proposal=proposals[3], publishes=True, by=made.officer, at=NOW)

    assert (last.number, last.is_draft) == (2, False)
    assert last.items.get(code="meetings_held").definition == newer
    assert codes_of(last) == ["meetings_held", "members_sme", "members_left"]
    assert codes_of(version) == list(CODES)
    assert {proposal.organisation for proposal in last.proposals.all()} == {made.clusters[0]}
    with pytest.raises(set_proposals.ProposalDecided):
        said(made, proposals[0])


def test_a_note_stays_with_its_indicator_alone(made):
    indicator_set = drafted(made)
    for item in SetItem.objects.in_order():
        sets.change_item(
            item=item, definition=item.definition, note={"en": item.code}, by=made.officer, at=NOW
        )
    sets.publish_set(indicator_set=indicator_set, by=made.officer, at=NOW)
    redefined("meetings_held")
    for leaving, coming in (("meetings_held", "meetings_held"), ("members_joined", "members_left")):
        change = Change(kind=ChangeKind.REPLACE, leaving=leaving, coming=coming)
        proposal = proposed(made, indicator_set, change=change)
        draft = set_proposals.accept_proposal(proposal=proposal, by=made.officer, at=NOW)

    assert [item.note for item in draft.items.in_order()] == [
        {"en": "members_total"},
        {"en": "meetings_held"},
        {},
    ]


def test_a_proposal_that_no_longer_fits_is_not_taken(made):
    version = published(made)
    indicator_set = version.indicator_set
    adding = proposed(made, indicator_set)
    removing = proposed(made, indicator_set, change=Change(kind=ChangeKind.REMOVE, leaving="members_total"))
    replacing = proposed(
        made,
        indicator_set,
        change=Change(kind=ChangeKind.REPLACE, leaving="meetings_held", coming="members_left"),
    )
    by = {"by": made.officer, "at": NOW}
    sets.begin_next_version(indicator_set=indicator_set, **by)
    sets.add_indicator(indicator_set=indicator_set, code="members_left", note={}, **by)
    draft = indicator_set.versions.get(number=2)
    sets.remove_item(item=draft.items.get(code="members_total"), **by)

    for proposal in (adding, removing, replacing):
        with pytest.raises(set_proposals.ChangeNoLongerFits):
            set_proposals.accept_proposal(proposal=proposal, **by)
    assert SetProposal.objects.open().count() == 3


def test_declining_says_why_and_proposers_withdraw(made):
    version = published(made)
    indicator_set = version.indicator_set
    proposal = proposed(made, indicator_set)
    with pytest.raises(set_proposals.ReasonMissing):
        set_proposals.decline_proposal(proposal=proposal, reason="", by=made.officer, at=NOW)
    for viewer in (made.managers[0], made.outsider, colleague(made.maker, Role.STAFF)):
        with pytest.raises(PermissionDenied):
            set_proposals.decline_proposal(proposal=proposal, reason="No", by=viewer, at=NOW)
        with pytest.raises(PermissionDenied):
            set_proposals.accept_proposal(proposal=proposal, by=viewer, at=NOW)
    declined = set_proposals.decline_proposal(proposal=proposal, reason="No", by=made.officer, at=NOW)
    again = proposed(made, indicator_set)
    with pytest.raises(PermissionDenied):
        set_proposals.withdraw_proposal(proposal=again, by=made.managers[1], at=NOW)
    withdrawn = set_proposals.withdraw_proposal(proposal=again, by=made.managers[0], at=NOW)

    assert (declined.state, declined.decided_because) == (ProposalState.DECLINED, "No")
    assert withdrawn.state == ProposalState.WITHDRAWN


def subjects(*people):
    rows = OutgoingMail.objects.filter(to_person__in=[viewer.person for viewer in people])
    return sorted(rows.values_list("to_person", "subject"))


def test_everybody_concerned_is_told_once(made, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=False) as callbacks:
        version = published(made)
    assert callbacks
    set_mails.tell_of_version(version.pk)
    set_mails.tell_of_version(version.pk)
    both = {viewer.person.pk for viewer in made.managers}
    assert set(OutgoingMail.objects.values_list("to_person", flat=True)) == both
    assert OutgoingMail.objects.count() == 2
    assert "/o/cluster-0/indicators/sets/" in OutgoingMail.objects.get(to_person=made.managers[0].person).text

    OutgoingMail.objects.all().delete()
    set_mails.tell_of_adoption(adopted(made, version, 1).pk)
    proposal = proposed(made, version.indicator_set)
    set_mails.tell_of_proposal(proposal.pk)
    opinion = said(made, proposal, Stance.DISAGREES)
    set_mails.tell_of_opinion(opinion.pk)
    set_mails.tell_of_decision(proposal.pk)
    set_proposals.decline_proposal(proposal=proposal, reason="Not yet.", by=made.officer, at=NOW)
    set_mails.tell_of_decision(proposal.pk)

    assert [subject for _to, subject in subjects(made.officer)] == [
        "A change is proposed: What we all watch",
        f"{made.clusters[1].name} disagrees: Add: Members who left",
        f"{made.clusters[1].name} uses your set of indicators: What we all watch",
    ]
    assert [subject for _to, subject in subjects(made.managers[0])] == [
        "Declined: Add: Members who left",
        f"{made.clusters[1].name} disagrees: Add: Members who left",
    ]
    assert [subject for _to, subject in subjects(made.managers[1])] == [
        "A change is proposed: What we all watch",
        "Declined: Add: Members who left",
    ]
    assert subjects(made.outsider) == []
    declined = OutgoingMail.objects.filter(subject__startswith="Declined")
    assert all("Not yet." in mail.text for mail in declined)


def test_a_mail_speaks_the_language_of_its_reader(made):
    person = made.managers[0].person
    person.language = "it"
    person.save(update_fields=["language"])
    set_mails.tell_of_version(published(made).pk)

    assert "Quello che tutti guardiamo" in OutgoingMail.objects.get(to_person=person).subject


def test_what_is_published_never_changes(made):
    version = published(made)
    draft_set = drafted(made)
    draft = draft_set.versions.get()
    item = version.items.in_order()[0]
    definition = IndicatorVersion.objects.get(code="members_left")
    adopted(made, version)

    for act in (
        lambda: SetVersion.objects.filter(pk=version.pk).update(name={"en": "Other"}),
        lambda: SetVersion.objects.filter(pk=version.pk).update(published_at=None),
        lambda: version.delete(),
        lambda: SetItem.objects.filter(pk=item.pk).update(note={"en": "Other"}),
        lambda: SetItem.objects.filter(pk=item.pk).update(version=draft),
        lambda: item.delete(),
        lambda: SetItem.objects.create(
            version=version, position=9, code="members_left", definition=definition
        ),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()
    assert codes_of(SetVersion.objects.get(pk=version.pk)) == list(CODES)


def test_the_database_keeps_sets_whole(made):
    version = published(made)
    indicator_set = version.indicator_set
    draft_set = drafted(made)
    draft = draft_set.versions.get()
    definition = IndicatorVersion.objects.get(code="members_left")
    unpublished = IndicatorVersion.objects.create(
        code="own", version=1, origin="organisation", owner=made.maker, body={}, created_at=NOW
    )
    adoption = adopted(made, version)
    proposal = proposed(made, indicator_set)
    adopted(made, version, 1)
    said(made, proposal)
    common = {
        "indicator_set": indicator_set,
        "organisation": made.clusters[0],
        "reason": "Why",
        "proposed_at": NOW,
    }

    for act in (
        lambda: IndicatorSet.objects.create(organisation=made.maker, audience="all", created_at=NOW),
        lambda: SetVersion.objects.create(indicator_set=draft_set, number=2, name=NAME, created_at=NOW),
        lambda: SetVersion.objects.create(indicator_set=indicator_set, number=1, name=NAME, created_at=NOW),
        lambda: SetVersion.objects.create(indicator_set=indicator_set, number=0, name=NAME, created_at=NOW),
        lambda: SetVersion.objects.create(indicator_set=indicator_set, number=2, name={}, created_at=NOW),
        lambda: SetItem.objects.create(
            version=draft,
            position=9,
            code="meetings_held",
            definition=IndicatorVersion.objects.get(code="meetings_held"),
        ),
        lambda: SetItem.objects.create(version=draft, position=9, code="members_sme", definition=definition),
        lambda: SetItem.objects.create(version=draft, position=9, code="own", definition=unpublished),
        lambda: SetAdoption.objects.create(
            indicator_set=indicator_set, version=version, organisation=made.clusters[0], adopted_at=NOW
        ),
        lambda: SetAdoption.objects.create(
            indicator_set=draft_set, version=version, organisation=made.stranger, adopted_at=NOW
        ),
        lambda: SetAdoption.objects.create(
            indicator_set=draft_set, version=draft, organisation=made.stranger, adopted_at=NOW
        ),
        lambda: SetAdoption.objects.filter(pk=adoption.pk).update(ended_at=NOW - timedelta(days=1)),
        lambda: SetProposal.objects.create(**common, kind="add", coming=definition),
        lambda: SetProposal.objects.create(**common, kind="add"),
        lambda: SetProposal.objects.create(**common, kind="add", leaving="members_total", coming=definition),
        lambda: SetProposal.objects.create(**common, kind="remove"),
        lambda: SetProposal.objects.create(
            **common, kind="remove", leaving="members_total", coming=definition
        ),
        lambda: SetProposal.objects.create(**common, kind="replace", leaving="members_total"),
        lambda: SetProposal.objects.create(
            **{**common, "reason": ""}, kind="remove", leaving="members_total"
        ),
        lambda: SetProposal.objects.filter(pk=proposal.pk).update(state="accepted", decided_at=NOW),
        lambda: SetProposal.objects.filter(pk=proposal.pk).update(state="declined", decided_at=NOW),
        lambda: SetProposal.objects.filter(pk=proposal.pk).update(decided_at=NOW),
        lambda: SetProposal.objects.filter(pk=proposal.pk).update(state="withdrawn"),
        lambda: SetOpinion.objects.create(
            proposal=proposal,
            organisation=made.clusters[1],
            stance="disagrees",
            text="No",
            said_at=NOW,
        ),
        lambda: SetOpinion.objects.create(
            proposal=proposal, organisation=made.stranger, stance="agrees", text="", said_at=NOW
        ),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            act()
    SetProposal.objects.create(**common, kind="remove", leaving="members_total")
    with pytest.raises(IntegrityError), transaction.atomic():
        SetProposal.objects.create(**common, kind="remove", leaving="members_total")


def test_who_is_erased_is_no_longer_told(made):
    version = published(made)
    adopted(made, version)
    adopted(made, version, 1)
    proposal = proposed(made, version.indicator_set)
    said(made, proposal)
    told = collected(made.managers[0].person)["sets of indicators"]
    assert (len(told["adopted or left"]), len(told["proposed or decided"])) == (1, 1)
    assert len(collected(made.officer.person)["sets of indicators"]["versions"]) == 1

    for viewer in (made.officer, *made.managers):
        person_erased.send(sender=type(viewer.person), person=viewer.person, at=NOW)

    version.refresh_from_db()
    assert (version.published_by, version.created_by) == (None, None)
    assert set(SetAdoption.objects.values_list("adopted_by", flat=True)) == {None}
    assert SetProposal.objects.get().proposed_by is None
    assert SetOpinion.objects.get().said_by is None
