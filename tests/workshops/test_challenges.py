"""Challenges: from the application to the record of who helped."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from filiera.academy.models import EditionRole
from filiera.accounts import exports
from filiera.accounts.actions import erase_person
from filiera.accounts.viewer import SYSTEM
from filiera.admissions.actions.participations import confirm_place
from filiera.ledger.models import Fact
from filiera.mail.models import OutgoingMail
from filiera.workshops.actions import challenge_merging as merging
from filiera.workshops.actions import challenge_solving as solving
from filiera.workshops.actions import challenge_thread as thread
from filiera.workshops.actions import challenges as actions
from filiera.workshops.actions.errors import ChallengeNotStanding, ChangedMeanwhile
from filiera.workshops.models import Challenge, ChallengeComment, ChallengeRevision, HelpOffer, NotAlike
from filiera.workshops.push_topics import may_hear
from filiera.workshops.queries.alike import alike_pairs, alike_to
from filiera.workshops.queries.challenge_thread import changes_of, possible_helpers
from filiera.workshops.wording import differences
from tests.academy.factories import NOW, EditionFactory, EditionMemberFactory
from tests.academy.viewers import viewer_in
from tests.accounts.factories import PersonFactory, viewer_of
from tests.admissions.factories import ApplicationFactory, ParticipationFactory
from tests.admissions.test_people_list import take_part, viewer_at
from tests.reference.factories import EcosystemFactory
from tests.workshops.challenge_factories import ChallengeFactory, CommentFactory, HelpOfferFactory

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def edition(db):
    return EditionFactory(public=True)


@pytest.fixture
def owner(edition):
    return take_part(edition, name="Olga Owner")


@pytest.fixture
def challenge(edition, owner):
    return ChallengeFactory(edition=edition, owner=owner, organisation=owner.organisation)


@pytest.fixture
def leader(edition):
    return viewer_in(EditionMemberFactory(edition=edition, role=EditionRole.FACILITATOR))


def wording(**values):
    return actions.Wording(**{"title": "A line", "statement": "Some words.", **values})


def with_application(edition, **values):
    application = ApplicationFactory(
        call__edition=edition,
        challenge_title="Nobody reads our letter",
        challenge="We write monthly.",
        **values,
    )
    return take_part(edition, application=application)


def kinds_of(challenge):
    facts = Fact.objects.filter(subject_type="workshops.challenge", subject_key=str(challenge.pk))
    return sorted((fact.kind, int(fact.quantity), fact.organisation_id) for fact in facts)


# From the application


def test_a_confirmed_place_brings_its_challenge(edition):
    application = ApplicationFactory(
        call__edition=edition, challenge_title="Nobody reads our letter", challenge="We write monthly."
    )
    place = ParticipationFactory(edition=edition, application=application, offered=True)

    confirm_place(participation=place, by=viewer_of(place.person), at=NOW)

    made = Challenge.objects.get()
    assert (made.title, made.statement, made.owner, made.names_owner, made.from_application) == (
        "Nobody reads our letter",
        "We write monthly.",
        place,
        False,
        True,
    )


def test_a_place_without_a_challenge_brings_none(edition):
    place = ParticipationFactory(edition=edition, offered=True)

    confirm_place(participation=place, by=viewer_of(place.person), at=NOW)

    assert not Challenge.objects.exists()


def test_an_application_is_taken_over_once(edition, leader):
    with_application(edition)

    counts = [actions.take_over_challenges(edition=edition, by=leader, at=NOW) for _time in range(2)]

    assert (counts, Challenge.objects.count(), ChallengeRevision.objects.count()) == ([1, 0], 1, 1)


def test_only_those_who_lead_take_over(edition, owner):
    with pytest.raises(PermissionDenied):
        actions.take_over_challenges(edition=edition, by=viewer_at(owner), at=NOW)
    with pytest.raises(PermissionDenied):
        actions.take_over_challenges(edition=None, by=viewer_at(owner), at=NOW)


def test_the_database_keeps_one_card_for_an_application(edition, owner):
    ChallengeFactory(edition=edition, owner=owner, from_application=True)

    with pytest.raises(IntegrityError), transaction.atomic():
        ChallengeFactory(edition=edition, owner=owner, from_application=True)


@pytest.mark.parametrize(
    "values",
    [{"state": "solved"}, {"state": "open", "solved_at": NOW}],
)
def test_the_database_keeps_state_and_moment_together(edition, values):
    with pytest.raises(IntegrityError), transaction.atomic():
        ChallengeFactory(edition=edition, **values)


def test_the_database_keeps_a_removed_comment_empty(challenge):
    with pytest.raises(IntegrityError), transaction.atomic():
        CommentFactory(challenge=challenge, removed_at=NOW)


def test_the_database_keeps_one_standing_offer(challenge):
    first = HelpOfferFactory(challenge=challenge)

    with pytest.raises(IntegrityError), transaction.atomic():
        HelpOfferFactory(challenge=challenge, helper=first.helper)


def test_the_database_keeps_pairs_in_order(edition):
    one, two = ChallengeFactory(edition=edition), ChallengeFactory(edition=edition)

    with pytest.raises(IntegrityError), transaction.atomic():
        NotAlike.objects.create(earlier=two, later=one, decided_at=NOW)
    NotAlike.objects.create(earlier=one, later=two, decided_at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        NotAlike.objects.create(earlier=one, later=two, decided_at=NOW)


@pytest.mark.parametrize("number", [0, 1])
def test_the_database_counts_wordings_from_one_and_each_once(challenge, number):
    said = {"challenge": challenge, "title": "A", "statement": "B", "saved_at": NOW}
    ChallengeRevision.objects.create(**said, number=1)

    with pytest.raises(IntegrityError), transaction.atomic():
        ChallengeRevision.objects.create(**said, number=number)


# Wordings


def test_each_wording_is_kept(edition, owner):
    by = viewer_at(owner)
    made = actions.bring_challenge(
        edition=edition, wording=wording(), names_owner=True, language="en", by=by, at=NOW
    )
    actions.edit_challenge(
        challenge=made,
        wording=wording(statement="Some other words."),
        names_owner=False,
        seen=1,
        by=by,
        at=LATER,
    )

    latest, first = changes_of(by, made)
    assert [(piece.text, piece.kind) for piece in latest.texts[0][1]] == [
        ("Some ", "kept"),
        ("other ", "added"),
        ("words.", "kept"),
    ]
    assert (first.number, [name for name, _pieces in first.texts]) == (1, ["title", "statement"])
    made.refresh_from_db()
    assert made.names_owner is False


def test_a_wording_that_nobody_saw_is_not_overwritten(challenge, owner):
    by = viewer_at(owner)
    change = {"challenge": challenge, "names_owner": False, "by": by, "at": LATER}
    actions.edit_challenge(wording=wording(title="First"), seen=0, **change)

    with pytest.raises(ChangedMeanwhile):
        actions.edit_challenge(wording=wording(title="Second"), seen=0, **change)


def test_nobody_but_the_owner_decides_about_the_name(challenge, leader):
    actions.edit_challenge(
        challenge=challenge, wording=wording(), names_owner=True, seen=0, by=leader, at=LATER
    )

    challenge.refresh_from_db()
    assert challenge.names_owner is False


@pytest.mark.parametrize("who", ["other", "outsider"])
def test_others_do_not_word_it(edition, challenge, who):
    by = viewer_at(take_part(edition if who == "other" else EditionFactory(public=True)))

    with pytest.raises(PermissionDenied):
        actions.edit_challenge(
            challenge=challenge, wording=wording(), names_owner=False, seen=0, by=by, at=NOW
        )


words = st.text(alphabet="ab \n", max_size=40)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(words, words)
def test_differences_give_both_texts_back(before, after):
    pieces = differences(before, after)

    assert "".join(piece.text for piece in pieces if piece.kind != "added") == before
    assert "".join(piece.text for piece in pieces if piece.kind != "removed") == after


# The board


def test_a_card_moves_to_a_state_and_to_an_ecosystem(challenge, owner):
    ecosystem = EcosystemFactory()
    by = viewer_at(owner)
    actions.move_challenge(challenge=challenge, state="worked_on", by=by, at=NOW)
    actions.move_challenge(challenge=challenge, ecosystem=ecosystem, by=by, at=NOW)

    challenge.refresh_from_db()
    assert (challenge.state, challenge.ecosystem) == ("worked_on", ecosystem)


def test_a_solved_card_does_not_move(edition, owner):
    solved = ChallengeFactory(edition=edition, owner=owner, solved=True)

    with pytest.raises(ChallengeNotStanding):
        actions.move_challenge(challenge=solved, state="open", by=viewer_at(owner), at=NOW)


# The thread


def test_the_owner_hears_of_an_offer(edition, challenge, owner):
    helper = take_part(edition, name="Hanna Helper")

    offer = thread.offer_help(challenge=challenge, text="Ours works.", by=viewer_at(helper), at=NOW)

    mail = OutgoingMail.objects.get(key=f"workshops.help_offered:{offer.pk}")
    assert (mail.to_person_id, "Ours works." in mail.text, offer.organisation) == (
        owner.person_id,
        True,
        helper.organisation,
    )


def test_nobody_helps_themselves(challenge, owner):
    with pytest.raises(PermissionDenied):
        thread.offer_help(challenge=challenge, text="", by=viewer_at(owner), at=NOW)


def test_a_comment_is_taken_away_by_its_author_or_who_leads(edition, challenge, leader):
    author = take_part(edition)
    comments = [
        thread.add_comment(challenge=challenge, text="Words", by=viewer_at(author), at=NOW)
        for _time in range(2)
    ]
    with pytest.raises(PermissionDenied):
        thread.remove_comment(comment=comments[0], by=viewer_at(take_part(edition)), at=NOW)

    thread.remove_comment(comment=comments[0], by=viewer_at(author), at=NOW)
    thread.remove_comment(comment=comments[1], by=leader, at=NOW)

    assert list(ChallengeComment.objects.values_list("text", flat=True)) == ["", ""]


def test_in_a_merged_thread_nobody_writes(edition, challenge, owner, leader):
    merging.merge_challenge(challenge=challenge, into=ChallengeFactory(edition=edition), by=leader, at=NOW)

    with pytest.raises(thread.MergedElsewhere):
        thread.add_comment(challenge=challenge, text="Words", by=leader, at=NOW)


# Merging


def test_merging_is_taken_back_whole(edition, challenge, leader, owner):
    into = ChallengeFactory(edition=edition)
    CommentFactory(challenge=challenge)
    merging.merge_challenge(challenge=challenge, into=into, by=leader, at=NOW)
    challenge.refresh_from_db()
    merged = (challenge.state, challenge.merged_into)

    merging.part_challenge(challenge=challenge, by=viewer_at(owner), at=LATER)

    challenge.refresh_from_db()
    assert (merged, challenge.state, challenge.merged_into, challenge.comments.count()) == (
        ("merged", into),
        "open",
        None,
        1,
    )


def test_what_holds_others_goes_into_nothing(edition, challenge, leader):
    into, third = ChallengeFactory(edition=edition), ChallengeFactory(edition=edition)
    merging.merge_challenge(challenge=challenge, into=into, by=leader, at=NOW)

    with pytest.raises(merging.OthersWereMergedIntoIt):
        merging.merge_challenge(challenge=into, into=third, by=leader, at=NOW)


@pytest.mark.parametrize("target", ["itself", "solved", "elsewhere"])
def test_there_are_challenges_that_nothing_goes_into(edition, challenge, leader, target):
    into = {
        "itself": lambda: challenge,
        "solved": lambda: ChallengeFactory(edition=edition, solved=True),
        "elsewhere": lambda: ChallengeFactory(),
    }[target]()

    with pytest.raises(merging.NothingToMerge):
        merging.merge_challenge(challenge=challenge, into=into, by=leader, at=NOW)


def test_another_participant_does_not_merge(edition, challenge):
    with pytest.raises(PermissionDenied):
        merging.merge_challenge(
            challenge=challenge,
            into=ChallengeFactory(edition=edition),
            by=viewer_at(take_part(edition)),
            at=NOW,
        )


def test_alike_ones_are_proposed_in_one_language(edition, leader):
    first = ChallengeFactory(edition=edition, title="Members do not come to our meetings in winter")
    second = ChallengeFactory(edition=edition, title="Our members do not come to meetings in winter")
    ChallengeFactory(edition=edition, title="Members do not come to our meetings in winter", language="it")
    ChallengeFactory(edition=edition, title="Finding money for a test line", statement="Banks say no to it.")

    pairs = alike_pairs(leader, edition)

    assert [(pair.earlier, pair.later) for pair in pairs] == [(first, second)]
    assert [pair.later for pair in alike_to(leader, second)] == [first]


# Solving


def test_a_solved_challenge_counts_and_so_does_each_helper(edition, challenge, owner):
    helper = take_part(edition, name="Hanna Helper")
    thread.offer_help(challenge=challenge, text="", by=viewer_at(helper), at=NOW)
    by = viewer_at(owner)

    solving.solve_challenge(
        challenge=challenge,
        solution="She showed us hers.",
        helpers=possible_helpers(by, challenge),
        by=by,
        at=NOW,
    )

    assert kinds_of(challenge) == [
        ("challenge.helped", 1, helper.organisation_id),
        ("challenge.solved", 1, owner.organisation_id),
    ]
    assert OutgoingMail.objects.filter(key__startswith="workshops.helper_thanked").count() == 1


def test_opening_it_again_takes_back_what_was_counted(edition, challenge, owner):
    helper = take_part(edition)
    by = viewer_at(owner)
    for moment in (NOW, LATER):
        solving.solve_challenge(
            challenge=challenge, solution="So.", helpers=[helper.person], by=by, at=moment
        )
        if moment == NOW:
            solving.reopen_challenge(challenge=challenge, by=by, at=NOW)

    totals = [sum(quantity for kind, quantity, _by in kinds_of(challenge) if kind == asked) for asked in (
        "challenge.solved", "challenge.helped"
    )]  # fmt: skip
    challenge.refresh_from_db()
    assert (totals, len(kinds_of(challenge)), challenge.state) == ([1, 1], 6, "solved")


def test_only_the_owner_says_that_it_is_solved(challenge, leader):
    with pytest.raises(PermissionDenied):
        solving.solve_challenge(challenge=challenge, solution="So.", helpers=[], by=leader, at=NOW)


def test_where_nobody_owns_it_those_who_lead_say_so(edition, leader):
    nobodys = ChallengeFactory(edition=edition)

    solving.solve_challenge(challenge=nobodys, solution="So.", helpers=[], by=leader, at=NOW)

    nobodys.refresh_from_db()
    assert nobodys.state == "solved"


def test_what_is_solved_is_not_solved_twice(challenge, owner):
    by = viewer_at(owner)
    solving.solve_challenge(challenge=challenge, solution="So.", helpers=[], by=by, at=NOW)

    with pytest.raises(ChallengeNotStanding):
        solving.solve_challenge(challenge=challenge, solution="So.", helpers=[], by=by, at=LATER)


# Leaving


def test_a_card_that_nobody_touched_leaves_with_its_person(challenge, owner):
    erase_person(person=owner.person, by=SYSTEM, at=LATER)

    assert not Challenge.objects.exists()


def test_a_card_on_which_others_worked_stays_without_its_person(edition, owner):
    by = viewer_at(owner)
    made = actions.bring_challenge(
        edition=edition, wording=wording(), names_owner=True, language="en", by=by, at=NOW
    )
    actions.edit_challenge(
        challenge=made, wording=wording(title="Latest"), names_owner=True, seen=1, by=by, at=LATER
    )
    CommentFactory(challenge=made)

    erase_person(person=owner.person, by=SYSTEM, at=LATER)

    made.refresh_from_db()
    revisions = list(made.revisions.values_list("title", "author"))
    assert (made.owner, made.names_owner, made.organisation, revisions) == (
        None,
        False,
        owner.organisation,
        [("Latest", None)],
    )


def test_words_and_offers_leave_with_their_person(edition, challenge):
    helper = take_part(edition)
    by = viewer_at(helper)
    thread.offer_help(challenge=challenge, text="Mine", by=by, at=NOW)
    comment = thread.add_comment(challenge=challenge, text="Mine", by=by, at=NOW)
    kept = exports.collected(helper.person)["challenges"]

    erase_person(person=helper.person, by=SYSTEM, at=LATER)

    comment.refresh_from_db()
    assert (len(kept["comments"]), len(kept["offers of help"])) == (1, 1)
    assert (comment.text, comment.author, HelpOffer.objects.count()) == ("", None, 0)


def test_whose_help_was_counted_stays_as_an_organisation(edition, challenge, owner):
    helper = take_part(edition)
    solving.solve_challenge(
        challenge=challenge, solution="So.", helpers=[helper.person], by=viewer_at(owner), at=NOW
    )

    erase_person(person=helper.person, by=SYSTEM, at=LATER)

    credited = challenge.helpers.get()
    assert (credited.helper, credited.organisation) == (None, helper.organisation)


def test_open_pages_are_heard_by_the_people_of_the_edition(edition, owner):
    topic = f"challenges:{edition.pk}"

    heard = [
        [may_hear(key, each) for key in (owner.person_id, PersonFactory().pk, None)]
        for each in (topic, f"{topic}:12")
    ]

    assert heard == [[True, False, False]] * 2
    assert not may_hear(owner.person_id, "challenges:")


# Off the wall


def test_an_owner_takes_the_card_off_the_wall_and_puts_it_back(edition, challenge, owner, leader):
    inside = ChallengeFactory(edition=edition)
    merging.merge_challenge(challenge=inside, into=challenge, by=leader, at=NOW)
    by = viewer_at(owner)
    actions.withdraw_challenge(challenge=challenge, by=by, at=NOW)
    seen = [Challenge.objects.visible_to(viewer).filter(pk=challenge.pk).exists() for viewer in (by, leader)]
    inside.refresh_from_db()

    actions.restore_challenge(challenge=challenge, by=by, at=LATER)

    challenge.refresh_from_db()
    assert (seen, inside.state, challenge.state) == ([True, False], "open", "open")


def test_what_is_off_the_wall_is_not_taken_over_again(edition, leader):
    place = with_application(edition)
    actions.take_over_challenges(edition=edition, by=leader, at=NOW)
    actions.withdraw_challenge(challenge=Challenge.objects.get(), by=viewer_at(place), at=NOW)

    assert actions.take_over_challenges(edition=edition, by=leader, at=NOW) == 0


@pytest.mark.parametrize("act", [actions.withdraw_challenge, actions.restore_challenge])
def test_nobody_else_takes_a_card_off_or_puts_it_back(challenge, leader, act):
    with pytest.raises(PermissionDenied):
        act(challenge=challenge, by=leader, at=NOW)
