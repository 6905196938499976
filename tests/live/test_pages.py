"""The pages of the room: who gets in, what stands there, what is kept."""

import io

import pytest
from django.core.cache import cache
from openpyxl import load_workbook

from filiera.academy.models import EditionRole
from filiera.live.models import AudienceQuestion, Ballot, Channel, PollState, Vote
from filiera.live.queries.answering import address_of
from tests.academy.factories import NOW, EditionMemberFactory, SpeakerFactory
from tests.accounts.factories import PersonFactory
from tests.live.factories import ChannelFactory, PollFactory, QuestionFactory, VoiceFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def channel():
    return ChannelFactory()


@pytest.fixture
def moderator(client, channel):
    person = PersonFactory()
    EditionMemberFactory(edition=channel.edition, person=person, role=EditionRole.FACILITATOR)
    client.force_login(person)
    return person


def room(channel, tail=""):
    return f"/academy/{channel.edition.slug}/live/{channel.code.lower()}/{tail}"


def desk(channel, tail=""):
    return f"/academy/{channel.edition.slug}/desk/live/{channel.code.lower()}/{tail}"


def enter(client, channel):
    """The first look gives a browser its key."""
    client.get(room(channel))
    return client


def test_a_code_leads_to_its_room_however_it_is_typed(client, channel):
    typed = f"{channel.code[:3].lower()} {channel.code[3:].lower()}"

    answer = client.post("/live/", {"code": typed})

    assert (answer.status_code, answer["Location"]) == (302, room(channel))


def test_a_wrong_code_is_told_at_the_field_and_guessing_ends(client, channel):
    cache.clear()
    statuses = [client.post("/live/", {"code": "QQQQQQ"}).status_code for _ in range(62)]

    assert (statuses[0], statuses[59], statuses[61]) == (422, 422, 429)
    cache.clear()


def test_a_visitor_asks_and_the_question_waits(client, channel):
    enter(client, channel)

    answer = client.post(
        room(channel, "questions/"), {"text": "Why  so\nlate?", "asker_name": ""}, follow=True
    )

    question = AudienceQuestion.objects.get()
    assert (answer.status_code, question.text, question.state) == (200, "Why so late?", "pending")
    assert "Why so late?" in answer.content.decode()


def test_nobody_else_sees_a_waiting_question(client, channel):
    QuestionFactory(channel=channel, pending=True, text="Only for the moderator")

    assert "Only for the moderator" not in client.get(room(channel)).content.decode()


def test_what_was_typed_stays_when_it_is_refused(client, channel):
    enter(client, channel)
    Channel.objects.update(allows_anonymous=False)

    answer = client.post(room(channel, "questions/"), {"text": "My long question", "asker_name": ""})

    assert (answer.status_code, "My long question" in answer.content.decode()) == (422, True)


def test_script_in_a_question_is_text(client, channel):
    QuestionFactory(channel=channel, text="<script>alert(1)</script>")

    page = client.get(room(channel)).content.decode()

    assert "<script>alert(1)</script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_a_browser_votes_once_whatever_the_number_of_windows(client, channel):
    question = QuestionFactory(channel=channel)
    enter(client, channel)

    counts = []
    for _ in range(3):
        client.post(room(channel, f"questions/{question.pk}/vote/"))
        counts.append(Vote.objects.count())

    assert counts == [1, 0, 1]
    assert client.get(room(channel, "votes.json")).json() == {"votes": {str(question.pk): 1}}


def test_a_vote_is_answered_by_its_button_alone(client, channel):
    question = QuestionFactory(channel=channel)
    enter(client, channel)

    answer = client.post(room(channel, f"questions/{question.pk}/vote/"), headers={"HX-Request": "true"})

    page = answer.content.decode()
    assert (page.count("<form"), 'aria-pressed="true"' in page, "<b data-votes>1</b>" in page) == (
        1,
        True,
        True,
    )


def test_without_a_cookie_there_is_no_vote(client, channel):
    question = QuestionFactory(channel=channel)

    client.post(room(channel, f"questions/{question.pk}/vote/"))

    assert not Vote.objects.exists()


def test_a_ballot_is_kept_and_a_wrong_one_told(client, channel):
    poll = PollFactory(channel=channel)
    enter(client, channel)

    refused = client.post(room(channel, f"polls/{poll.pk}/ballot/"), {"chosen": "7"})
    taken = client.post(room(channel, f"polls/{poll.pk}/ballot/"), {"chosen": "1"}, follow=True)

    assert (refused.status_code, taken.status_code) == (422, 200)
    assert list(Ballot.objects.values_list("value", flat=True)) == [[1]]


def test_results_are_hidden_until_they_are_revealed(client, channel):
    poll = PollFactory(channel=channel, state=PollState.CLOSED, prompt="The secret poll")
    Ballot.objects.create(poll=poll, voice=VoiceFactory(edition=channel.edition), value=[0], cast_at=NOW)

    before = client.get(room(channel)).content.decode()
    poll.revealed_at = NOW
    poll.save()

    assert ("The secret poll" in before, "The secret poll" in client.get(room(channel)).content.decode()) == (
        False,
        True,
    )


def test_a_channel_for_members_sends_a_visitor_to_sign_in_and_a_stranger_away(client, channel):
    Channel.objects.update(members_only=True)

    visitor = client.get(room(channel))
    client.force_login(PersonFactory())
    stranger = client.get(room(channel))

    assert (visitor.status_code, visitor["Location"].startswith("/accounts/login/")) == (302, True)
    assert stranger.status_code == 403


def test_the_code_of_another_edition_opens_nothing(client, channel):
    other = ChannelFactory()

    answer = client.get(f"/academy/{other.edition.slug}/live/{channel.code.lower()}/")

    assert answer.status_code == 404


@pytest.mark.parametrize("tail", ["", "presenter/", "questions.xlsx", "polls/new/"])
def test_the_desk_is_for_moderators(client, channel, tail):
    visitor = client.get(desk(channel, tail))
    client.force_login(PersonFactory())

    assert (visitor.status_code, client.get(desk(channel, tail)).status_code) == (302, 403)


def test_a_moderator_publishes_and_stages(client, channel, moderator):
    question = QuestionFactory(channel=channel, pending=True)

    for seen, to in (("pending", "published"), ("published", "on_stage")):
        client.post(desk(channel, f"questions/{question.pk}/state/"), {"seen": seen, "to": to})

    question.refresh_from_db()
    stage = client.get(f"/academy/{channel.edition.slug}/stage/{channel.code.lower()}/").content.decode()
    assert (question.state, question.text in stage) == ("on_stage", True)


def test_a_moderator_of_another_edition_moves_nothing(client, channel, moderator):
    question = QuestionFactory(pending=True)

    answer = client.post(
        desk(question.channel, f"questions/{question.pk}/state/"), {"seen": "pending", "to": "hidden"}
    )

    question.refresh_from_db()
    assert (answer.status_code, question.state) == (403, "pending")


def test_a_moderator_makes_a_channel_and_a_poll(client, channel, moderator):
    slug = channel.edition.slug
    made = client.post(
        f"/academy/{slug}/desk/live/new/",
        {"title_en": "Plenary", "title_it": "Plenaria", "is_moderated": "on"},
    )
    fresh = Channel.objects.exclude(pk=channel.pk).get()

    client.post(
        desk(fresh, "polls/new/"),
        {"kind": "choice", "prompt": "Which?", "options": "One\nTwo", "most_choices": "1"},
    )

    poll = fresh.polls.get()
    assert (made.status_code, fresh.is_moderated, poll.options) == (302, True, ["One", "Two"])


def test_a_choice_without_answers_is_told_at_the_field(client, channel, moderator):
    answer = client.post(
        desk(channel, "polls/new/"),
        {"kind": "choice", "prompt": "Which one?", "options": "", "most_choices": "1"},
    )

    assert (answer.status_code, "Which one?" in answer.content.decode()) == (422, True)


def test_the_export_holds_questions_as_text(client, channel, moderator):
    QuestionFactory(channel=channel, text="=1+1")

    sheet = load_workbook(io.BytesIO(client.get(desk(channel, "questions.xlsx")).content)).active

    assert [(cell.value, cell.data_type) for cell in (sheet["B2"], sheet["E2"])] == [("=1+1", "s"), (0, "n")]


def test_a_speaker_answers_by_link(client, channel):
    question = QuestionFactory(channel=channel)
    speaker = SpeakerFactory(edition=channel.edition, link_seed="c" * 32)
    address = address_of(channel, speaker).split("://", 1)[1].partition("/")[2]

    empty = client.post(f"/{address}", {"question": question.pk})
    answered = client.post(
        f"/{address}",
        {
            "question": question.pk,
            f"q{question.pk}-answer": "By asking.",
            f"q{question.pk}-answered_by_name": "Ada",
        },
    )

    question.refresh_from_db()
    assert (empty.status_code, answered.status_code, question.answer) == (422, 302, "By asking.")


def test_a_forged_link_answers_nothing(client, channel):
    speaker = SpeakerFactory(edition=channel.edition, link_seed="c" * 32)

    answer = client.get(f"/answers/{channel.pk}-{speaker.pk}-{'0' * 40}/")

    assert answer.status_code == 404


@pytest.mark.parametrize("row_count", [1, 6])
def test_the_room_asks_the_database_the_same_however_many_ask(
    client, channel, django_assert_num_queries, row_count
):
    QuestionFactory.create_batch(row_count, channel=channel)
    enter(client, channel)
    with django_assert_num_queries(7):
        client.get(room(channel))


@pytest.mark.parametrize("row_count", [1, 6])
def test_the_desk_asks_the_database_the_same_however_many_ask(
    client, channel, moderator, django_assert_num_queries, row_count
):
    QuestionFactory.create_batch(row_count, channel=channel)
    client.get(desk(channel))
    with django_assert_num_queries(9):
        client.get(desk(channel))
