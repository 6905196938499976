"""The pages of challenges: who gets in, what stands there, what is kept when it is refused."""

import re
from collections import Counter

import pytest
from django.urls import reverse

from filiera.academy.models import EditionRole
from filiera.workshops.models import Challenge, ChallengeComment, HelpOffer
from tests.academy.factories import EditionFactory, EditionMemberFactory
from tests.academy.viewers import client_of
from tests.accounts.factories import PersonFactory
from tests.admissions.test_people_list import take_part
from tests.workshops.challenge_factories import ChallengeFactory, CommentFactory, HelpOfferFactory

pytestmark = pytest.mark.django_db


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
def reader(edition):
    return client_of(take_part(edition).person)


@pytest.fixture
def leader(edition):
    return client_of(EditionMemberFactory(edition=edition, role=EditionRole.FACILITATOR).person)


def page(name, edition, *rest):
    return reverse(f"workshops:{name}", args=[edition.slug, *rest])


READ = ["challenges", "challenge_new", "challenge_print", "challenge_stage"]
READ_ONE = ["challenge", "challenge_history"]


@pytest.mark.parametrize("name", [*READ, *READ_ONE])
def test_the_people_of_the_edition_read_it_and_nobody_else(client, edition, challenge, reader, name):
    address = page(name, edition, *([challenge.pk] if name in READ_ONE else []))
    elsewhere = client_of(take_part(EditionFactory(public=True)).person)

    statuses = [each.get(address).status_code for each in (reader, elsewhere, client)]

    assert statuses == [200, 403, 302]


def test_a_challenge_of_another_edition_is_not_found(edition, reader):
    other = ChallengeFactory()

    assert reader.get(page("challenge", edition, other.pk)).status_code == 404


@pytest.mark.parametrize("tail", ["", "view=board&by=state", "view=board&by=ecosystem"])
def test_the_owner_is_not_named_unless_they_want(edition, challenge, reader, tail):
    before = reader.get(f"{page('challenges', edition)}?{tail}").content.decode()
    challenge.names_owner = True
    challenge.save()
    after = reader.get(f"{page('challenges', edition)}?{tail}").content.decode()

    assert ("Olga Owner" in before, "Olga Owner" in after) == (False, True)


def test_with_a_place_that_ended_its_card_leaves(edition, challenge, reader, owner):
    owner.state, owner.ended_at = "cancelled", owner.confirmed_at
    owner.save()

    assert reader.get(page("challenge", edition, challenge.pk)).status_code == 404


@pytest.mark.parametrize("row_count", [1, 4])
@pytest.mark.parametrize("tail", ["", "view=board&by=state", "view=board&by=ecosystem"])
def test_the_wall_asks_as_often_for_many_as_for_one(
    edition, reader, row_count, tail, django_assert_max_num_queries
):
    for _number in range(row_count):
        made = ChallengeFactory(edition=edition, owner=take_part(edition))
        CommentFactory(challenge=made)
        HelpOfferFactory(challenge=made)
    address = f"{page('challenges', edition)}?{tail}"
    reader.get(address)

    with django_assert_max_num_queries(24):
        reader.get(address)


@pytest.mark.parametrize("row_count", [1, 4])
def test_a_thread_asks_as_often_for_many_as_for_one(
    edition, challenge, reader, row_count, django_assert_max_num_queries
):
    for _number in range(row_count):
        CommentFactory(challenge=challenge)
        HelpOfferFactory(challenge=challenge)
    reader.get(page("challenge", edition, challenge.pk))

    with django_assert_max_num_queries(22):
        reader.get(page("challenge", edition, challenge.pk))


def test_counts_on_a_card_are_those_of_its_thread(edition, challenge, reader):
    into = ChallengeFactory(edition=edition, title="The one where it goes on")
    challenge.state, challenge.merged_into = "merged", into
    challenge.save()
    for target in (challenge, into):
        CommentFactory.create_batch(2, challenge=target)
        HelpOfferFactory.create_batch(3, challenge=target)

    body = reader.get(page("challenges", edition)).content.decode()

    assert [each in body for each in ("4 comments", "6 offers of help", "one merged")] == [True] * 3


def test_bringing_a_challenge_puts_it_on_the_wall(edition):
    place = take_part(edition)
    answer = client_of(place.person).post(
        page("challenge_new", edition),
        {"title": "Nobody reads our letter", "statement": "We write monthly.", "names_owner": "on"},
    )

    made = Challenge.objects.get()
    assert (answer.status_code, made.owner, made.names_owner, made.organisation) == (
        302,
        place,
        True,
        place.organisation,
    )


def test_what_was_typed_stays_when_it_is_refused(edition, reader):
    answer = reader.post(page("challenge_new", edition), {"title": "", "statement": "Kept words"})

    assert (answer.status_code, "Kept words" in answer.content.decode()) == (422, True)


def test_whoever_edits_an_old_wording_is_told_and_keeps_theirs(edition, challenge, owner):
    client = client_of(owner.person)
    address = page("challenge_edit", edition, challenge.pk)
    client.post(address, {"title": "New line", "statement": "New words", "seen": 0})

    answer = client.post(address, {"title": "Late line", "statement": "Late words", "seen": 0})

    challenge.refresh_from_db()
    assert (answer.status_code, "Late words" in answer.content.decode(), challenge.title) == (
        422,
        True,
        "New line",
    )


@pytest.mark.parametrize("name", ["challenge_edit", "challenge_solution"])
def test_another_participant_neither_edits_nor_solves(edition, challenge, reader, name):
    assert reader.get(page(name, edition, challenge.pk)).status_code == 403


def test_a_comment_is_written_read_and_taken_away(edition, challenge):
    author = client_of(take_part(edition).person)
    author.post(page("challenge_comment_create", edition, challenge.pk), {"text": "We tried breakfast."})
    comment = ChallengeComment.objects.get()
    stranger = client_of(take_part(edition).person)
    removal = page("challenge_comment_removal", edition, challenge.pk, comment.pk)

    read = "We tried breakfast." in stranger.get(page("challenge", edition, challenge.pk)).content.decode()
    statuses = [stranger.post(removal).status_code, author.post(removal).status_code]
    gone = "We tried breakfast." in stranger.get(page("challenge", edition, challenge.pk)).content.decode()

    assert (read, statuses, gone) == (True, [403, 302], False)


def test_no_two_controls_of_a_page_have_one_name(edition, challenge, reader):
    body = reader.get(page("challenge", edition, challenge.pk)).content.decode()
    names = re.findall(r'\bid="([^"]+)"', body)

    assert [name for name, count in Counter(names).items() if count > 1] == []


def test_hostile_words_are_shown_as_words(edition, challenge, reader):
    reader.post(
        page("challenge_comment_create", edition, challenge.pk), {"text": "<script>alert(1)</script>"}
    )

    assert "<script>alert" not in reader.get(page("challenge", edition, challenge.pk)).content.decode()


def test_an_offer_is_made_once_and_taken_back(edition, challenge):
    client = client_of(take_part(edition).person)
    statuses = [
        client.post(page("challenge_help_create", edition, challenge.pk), {"text": "Ours works."}).status_code
        for _time in range(2)
    ]
    client.post(page("challenge_help_withdrawal", edition, challenge.pk))

    assert (statuses, HelpOffer.objects.count(), HelpOffer.objects.standing().count()) == ([302, 422], 1, 0)


def test_the_board_moves_a_card_without_script(edition, challenge, owner):
    answer = client_of(owner.person).post(
        page("challenge_move", edition, challenge.pk), {"state": "worked_on", "here": "by=state"}
    )

    challenge.refresh_from_db()
    assert (answer.status_code, challenge.state) == (302, "worked_on")


def test_after_a_move_the_board_shows_what_it_showed(edition, challenge, owner):
    ChallengeFactory(edition=edition, title="Another one of ours")

    body = (
        client_of(owner.person)
        .post(
            page("challenge_move", edition, challenge.pk),
            {"state": "worked_on", "here": "view=board&by=state&q=o"},
            headers={"HX-Request": "true"},
        )
        .content.decode()
    )

    assert [title in body for title in (challenge.title, "Another one of ours")] == [True, True]


def test_the_column_solved_asks_how(edition, challenge, owner):
    answer = client_of(owner.person).post(
        page("challenge_move", edition, challenge.pk), {"state": "solved", "here": "by=state"}
    )

    assert answer["Location"] == page("challenge_solution", edition, challenge.pk)


def test_the_desk_is_for_those_who_lead(client, edition, challenge, reader, leader):
    address = page("desk_challenges", edition)

    assert [each.get(address).status_code for each in (leader, reader, client)] == [200, 403, 302]


def test_pairs_at_the_desk_are_merged_or_left_apart(edition, leader):
    first = ChallengeFactory(edition=edition, title="Members do not come to our meetings in winter")
    second = ChallengeFactory(edition=edition, title="Our members do not come to meetings in winter")
    seen = second.title in leader.get(page("desk_challenges", edition)).content.decode()
    leader.post(page("challenge_apart", edition, first.pk), {"into": second.pk})
    left = second.title in leader.get(page("desk_challenges", edition)).content.decode()

    leader.post(page("challenge_merging", edition, first.pk), {"into": second.pk, "from": "desk"})

    first.refresh_from_db()
    assert (seen, left, first.merged_into) == (True, False, second)


def test_search_finds_words_wherever_they_stand(edition, reader):
    ChallengeFactory(edition=edition, title="Something else", tried="Breakfast with the mayor")
    ChallengeFactory(edition=edition, title="Not this one")

    body = reader.get(f"{page('challenges', edition)}?q=mayor").content.decode()

    assert ("Something else" in body, "Not this one" in body) == (True, False)


def test_somebody_from_outside_who_signed_in_does_not_know_a_hidden_edition(challenge):
    hidden = ChallengeFactory(edition=EditionFactory())

    answer = client_of(PersonFactory()).get(page("challenge", hidden.edition, hidden.pk))

    assert answer.status_code == 404
