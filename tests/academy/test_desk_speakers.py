"""Speakers: the link without an account, what they tell, who is chased; their files and short talks."""

import io
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from filiera.academy import models
from filiera.academy.actions import contributions, short_talks, speakers
from filiera.academy.actions.materials import MaterialDetails, add_material
from filiera.academy.file_policies import can_read_material, can_see_speaker_photo
from filiera.academy.queries.speaker_links import speaker_of, token_of, viewer_by_link
from filiera.academy.queries.speakers import Owed, audience_of, speaker_lines
from filiera.accounts.viewer import VISITOR, Viewer
from filiera.mail.models import OutgoingMail
from tests.academy.factories import (
    FIRST_DAY,
    NOW,
    ContributionFactory,
    EditionFactory,
    EditionMemberFactory,
    PartFactory,
    SessionFactory,
    SpeakerFactory,
    between,
    moment,
    publish,
)
from tests.accounts.factories import PersonFactory
from tests.organisations.factories import OrganisationFactory

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def part(edition):
    return PartFactory(edition=edition)


@pytest.fixture
def session(part):
    return SessionFactory(part=part, during=between(moment(9)), title={"en": "Strategy"})


@pytest.fixture
def speaker(edition, session):
    speaker = SpeakerFactory(edition=edition, name="Bianca", email="bianca@example.org", link_seed="seed")
    ContributionFactory(session=session, speaker=speaker)
    return speaker


def picture():
    content = io.BytesIO()
    Image.new("RGB", (20, 10), "teal").save(content, "PNG")
    return SimpleUploadedFile("me.png", content.getvalue())


def own_page(speaker):
    return reverse("speaking:speaking", args=[token_of(speaker)])


def own_words(speaker, session, **changes):
    day = session.part.days.get(date=FIRST_DAY)
    values = {
        "biography_en": "Runs a cluster.",
        "position_en": "Director",
        "needs": "A whiteboard",
        "consents": "on",
        f"title_{session.pk}_en": "A new title",
        f"title_{session.pk}_it": "Un titolo nuovo",
        f"from_{day.pk}": "08:00",
        f"until_{day.pk}": "12:00",
    }
    return {**values, **changes}


def test_a_speaker_of_an_account_is_linked_to_it(edition, editor):
    person = PersonFactory(email="bianca@example.org")

    added = speakers.add_speaker(
        edition=edition,
        details=speakers.SpeakerDetails(name="Bianca Rossi", email="Bianca@Example.org"),
        by=editor,
        at=LATER,
    )

    assert (added.slug, added.email, added.person) == ("bianca-rossi", "bianca@example.org", person)


def test_two_speakers_do_not_share_an_address(edition, editor, speaker):
    with pytest.raises(speakers.AddressTaken):
        speakers.add_speaker(
            edition=edition,
            details=speakers.SpeakerDetails(name="Other", email="BIANCA@example.org"),
            by=editor,
            at=LATER,
        )


@pytest.mark.parametrize("who", ["member", "outsider"])
def test_others_add_no_speakers(edition, who, request):
    with pytest.raises(PermissionDenied):
        speakers.add_speaker(
            edition=edition,
            details=speakers.SpeakerDetails(name="X"),
            by=request.getfixturevalue(who),
            at=LATER,
        )


def test_a_speaker_in_the_programme_is_not_removed(speaker, editor):
    with pytest.raises(speakers.SpeakerInProgramme):
        speakers.remove_speaker(speaker=speaker, by=editor, at=LATER)


def test_an_invitation_makes_a_new_link_and_the_old_one_stops(speaker, editor):
    old = token_of(speaker)

    speakers.invite_speaker(speaker=speaker, by=editor, at=LATER)

    speaker.refresh_from_db()
    mail = OutgoingMail.objects.get()
    assert (speaker_of(old), speaker_of(token_of(speaker)), speaker.invited_at) == (None, speaker, LATER)
    assert (mail.to_address, token_of(speaker) in mail.text, mail.holds_secret) == (
        "bianca@example.org",
        True,
        True,
    )


def test_without_an_address_nobody_is_invited(edition, editor):
    with pytest.raises(speakers.SpeakerHasNoAddress):
        speakers.invite_speaker(speaker=SpeakerFactory(edition=edition), by=editor, at=LATER)


@pytest.mark.parametrize("token", ["", "x", "1", "1-", "999999-abc", "1-" + "0" * 40, "9" * 30 + "-a", "१-a"])
def test_a_made_up_link_finds_nobody(speaker, token):
    assert speaker_of(token) is None


def test_reminders_go_once_a_day_to_those_who_owe(edition, editor, speaker):
    SpeakerFactory(edition=edition)
    SpeakerFactory(edition=edition, email="no@example.org", declined_at=NOW)

    first = speakers.remind_speakers(edition=edition, by=editor, at=LATER)
    same_day = speakers.remind_speakers(edition=edition, by=editor, at=LATER + timedelta(hours=2))
    next_day = speakers.remind_speakers(edition=edition, by=editor, at=LATER + timedelta(days=1))

    assert (first, same_day, next_day, OutgoingMail.objects.count()) == ([speaker], [], [speaker], 2)


def test_what_a_speaker_owes(edition, speaker):
    due = SpeakerFactory(
        edition=edition,
        name="Zora",
        confirmed_at=NOW,
        consented_at=NOW,
        biography={"en": "Words"},
        slides_due_on=date(2023, 5, 20),
    )

    lines = {line.speaker: line.missing for line in speaker_lines(edition, date(2023, 5, 10))}

    assert lines == {
        speaker: [Owed.ANSWER, Owed.CONSENT, Owed.BIOGRAPHY, Owed.PHOTO],
        due: [Owed.PHOTO, Owed.SLIDES],
    }


def test_slides_are_not_chased_long_before_they_are_due(edition):
    SpeakerFactory(
        edition=edition,
        confirmed_at=NOW,
        consented_at=NOW,
        biography={"en": "Words"},
        slides_due_on=date(2023, 9, 1),
    )

    assert speaker_lines(edition, date(2023, 5, 10))[0].missing == [Owed.PHOTO]


# The speaker's own page


def test_a_speaker_answers_by_the_link(client, speaker):
    answer = reverse("speaking:answer", args=[token_of(speaker)])

    client.post(answer, {"answer": "yes"})
    speaker.refresh_from_db()
    confirmed = (speaker.confirmed_at is not None, speaker.declined_at)
    client.post(answer, {"answer": "no"})

    speaker.refresh_from_db()
    assert confirmed == (True, None)
    assert (speaker.confirmed_at, speaker.declined_at is not None) == (None, True)


def test_a_speaker_tells_about_themselves(client, speaker, session):
    answer = client.post(own_page(speaker), {**own_words(speaker, session), "photo": picture()})

    speaker.refresh_from_db()
    session.refresh_from_db()
    times = list(speaker.availabilities.values_list("during", flat=True))
    assert (answer.status_code, speaker.biography, speaker.position, speaker.needs) == (
        302,
        {"en": "Runs a cluster."},
        {"en": "Director"},
        "A whiteboard",
    )
    assert (session.title, session.sequence) == ({"en": "A new title", "it": "Un titolo nuovo"}, 1)
    assert (times, speaker.consented_at is not None, speaker.photo is not None) == (
        [between(moment(8), 240)],
        True,
        True,
    )


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("until_{day}", "07:00", "The end comes before the start."),
        ("until_{day}", "", "Give both times, or neither."),
        ("title_{session}_en", "", ""),
        ("needs", "x" * 2001, "Ensure this value has at most 2000 characters (it has 2001)."),
    ],
)
def test_bad_words_of_a_speaker_are_told_at_their_field(client, speaker, session, field, value, message):
    day = session.part.days.get(date=FIRST_DAY)
    name = field.format(day=day.pk, session=session.pk)
    changes = {name: value}
    if name.startswith("title"):
        changes[f"title_{session.pk}_it"] = ""
        name, message = f"title_{session.pk}", "This field is required."

    answer = client.post(own_page(speaker), own_words(speaker, session, **changes))

    assert (answer.status_code, answer.context["form"].errors[name]) == (422, [message])


def test_a_wrong_picture_is_told_at_its_field(client, speaker, session):
    wrong = SimpleUploadedFile("me.png", b"not a picture")

    answer = client.post(own_page(speaker), {**own_words(speaker, session), "photo": wrong})

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["photo"])


def test_slides_come_by_the_link(client, speaker, session):
    answer = client.post(
        reverse("speaking:slides", args=[token_of(speaker)]),
        {"session": session.pk, "upload": SimpleUploadedFile("slides.pdf", b"%PDF-1.7 words")},
    )

    kept = models.Material.objects.values_list("session", "speaker", "title", "audience")
    assert (answer.status_code, list(kept)) == (
        302,
        [(session.pk, speaker.pk, {"en": "Slides by Bianca", "it": "Slide di Bianca"}, "participants")],
    )


def test_slides_for_somebody_elses_session_are_refused(client, speaker, part):
    other = SessionFactory(part=part)

    answer = client.post(
        reverse("speaking:slides", args=[token_of(speaker)]),
        {"session": other.pk, "upload": SimpleUploadedFile("slides.pdf", b"%PDF-1.7 words")},
    )

    assert (answer.status_code, list(answer.context["slides_form"].errors)) == (422, ["session"])


def test_an_unknown_link_says_so(client, db):
    answer = client.get(reverse("speaking:speaking", args=["1-" + "0" * 40]))

    assert answer.status_code == 404


def test_the_link_changes_nothing_but_its_own_speaker(speaker, edition, session):
    by = viewer_by_link(speaker)
    other = SpeakerFactory(edition=edition)

    with pytest.raises(PermissionDenied):
        speakers.confirm_speaker(speaker=other, by=by, at=LATER)
    with pytest.raises(PermissionDenied):
        contributions.assign_speaker(session=session, speaker=other, role="speaker", by=by, at=LATER)


def test_a_confirmed_speaker_sees_counts_of_who_will_be_there(client, edition, speaker):
    speaker.confirmed_at = NOW
    speaker.save()
    for name in ("Anna Secret", "Carlo Secret"):
        EditionMemberFactory(
            edition=edition,
            participant=True,
            person=PersonFactory(name=name),
            organisation=OrganisationFactory(name="Secret Ltd"),
        )

    page = client.get(own_page(speaker))

    body = page.content.decode()
    assert (page.status_code, "2 participants" in body, "Secret" in body) == (200, True, False)
    assert audience_of(edition).people == 2


@pytest.mark.parametrize("count", [1, 3])
def test_own_page_query_count(client, edition, speaker, part, count, django_assert_num_queries):
    speaker.confirmed_at = NOW
    speaker.save()
    for number in range(count):
        more = SessionFactory(part=part, during=between(moment(11 + number)))
        ContributionFactory(session=more, speaker=speaker)
        EditionMemberFactory(edition=edition, participant=True, organisation=OrganisationFactory())

    with django_assert_num_queries(11):
        client.get(own_page(speaker))


# Files


def stored_material(session, by, **values):
    upload = SimpleUploadedFile("slides.pdf", b"%PDF-1.7 words")
    details = MaterialDetails(title={"en": "Slides"}, **values)
    return add_material(session=session, details=details, upload=upload, by=by, at=LATER).file


def someone(membership):
    """A viewer at the address of a file, which names no edition."""
    return Viewer(person=membership.person)


@pytest.mark.parametrize(
    ("audience", "visitor", "participant", "kitchen"),
    [("public", True, True, True), ("participants", False, True, False), ("team", False, False, False)],
)
def test_a_published_file_is_read_by_its_audience(
    edition, session, editor, audience, visitor, participant, kitchen
):
    stored = stored_material(session, editor, audience=audience)
    publish(edition)
    one, two = (
        EditionMemberFactory(edition=edition, role=role)
        for role in (models.EditionRole.PARTICIPANT, models.EditionRole.KITCHEN)
    )

    allowed = [can_read_material(viewer, stored) for viewer in (VISITOR, someone(one), someone(two))]

    assert allowed == [visitor, participant, kitchen]
    assert can_read_material(Viewer(person=editor.person), stored)


def test_an_unpublished_file_is_for_the_team(edition, session, editor):
    stored = stored_material(session, editor, audience="public")

    assert (can_read_material(VISITOR, stored), can_read_material(Viewer(person=editor.person), stored)) == (
        False,
        True,
    )


def test_a_file_for_afterwards_waits_for_the_end(edition, session, editor):
    session.during = between(moment(9, day=date(2099, 9, 21)))
    models.Part.objects.update(starts_on=date(2099, 9, 21), ends_on=date(2099, 9, 21))
    session.save()
    stored = stored_material(session, editor, audience="public", moment="after")
    publish(edition)

    assert not can_read_material(VISITOR, stored)


@pytest.mark.parametrize(("consented_at", "expected"), [(None, False), (NOW, True)])
def test_a_photograph_is_public_once_the_speaker_consents(client, speaker, session, consented_at, expected):
    client.post(own_page(speaker), {**own_words(speaker, session), "photo": picture()})
    models.Speaker.objects.update(consented_at=consented_at)
    speaker.refresh_from_db()

    assert can_see_speaker_photo(VISITOR, speaker.photo) is expected


# Short talks


@pytest.fixture
def open_session(part):
    session = SessionFactory(part=part, during=between(moment(14), 30), minutes=30, short_talks_open=True)
    publish(part.edition)
    return session


def talk(session, by, minutes=5, title="My cluster"):
    return short_talks.sign_up_talk(session=session, title=title, minutes=minutes, by=by, at=LATER)


def test_participants_sign_up_in_their_order(edition, open_session, member):
    other = EditionMemberFactory(edition=edition, participant=True)
    second = Viewer(
        person=other.person, edition_id=edition.pk, edition_roles=frozenset({models.EditionRole.PARTICIPANT})
    )

    talks = [talk(open_session, member), talk(open_session, second)]

    assert [each.position for each in talks] == [1, 2]


def test_the_talks_fit_into_the_session(open_session, member):
    with pytest.raises(short_talks.NoTimeLeft):
        talk(open_session, member, minutes=31)


def test_nobody_signs_up_twice(open_session, member):
    talk(open_session, member)

    with pytest.raises(short_talks.AlreadySignedUp):
        talk(open_session, member)


def test_a_closed_session_takes_no_talks(part, member):
    with pytest.raises(short_talks.ShortTalksClosed):
        talk(SessionFactory(part=part), member)


@pytest.mark.parametrize("who", ["editor", "outsider"])
def test_only_participants_sign_up(open_session, who, request):
    with pytest.raises(PermissionDenied):
        talk(open_session, request.getfixturevalue(who))


def test_the_team_brings_a_talk_forward(edition, open_session, member, editor):
    other = EditionMemberFactory(edition=edition, participant=True)
    second = Viewer(
        person=other.person, edition_id=edition.pk, edition_roles=frozenset({models.EditionRole.PARTICIPANT})
    )
    talk(open_session, member, title="First")
    late = talk(open_session, second, title="Second")

    short_talks.bring_talk_forward(talk=late, by=editor, at=LATER)

    titles = open_session.short_talks.order_by("position").values_list("title", flat=True)
    assert list(titles) == ["Second", "First"]


def test_a_talk_is_taken_back_by_its_owner_only(open_session, member, outsider):
    own = talk(open_session, member)

    with pytest.raises(PermissionDenied):
        short_talks.take_back_talk(talk=own, by=outsider, at=LATER)
    short_talks.take_back_talk(talk=own, by=member, at=LATER)

    assert not models.ShortTalk.objects.exists()


def test_the_page_of_short_talks(member_client, outsider_client, edition, open_session):
    page = reverse("academy:short_talks", args=[edition.slug, open_session.slug])

    signed = member_client.post(page, {"title": "My cluster", "minutes": 5})
    refused = outsider_client.post(page, {"title": "My cluster", "minutes": 5})
    shown = member_client.get(page)

    assert (signed.status_code, refused.status_code, shown.context["minutes_left"]) == (302, 403, 25)


def test_short_talks_of_an_unpublished_session_are_unknown(member_client, edition, part):
    session = SessionFactory(part=part, short_talks_open=True)

    answer = member_client.get(reverse("academy:short_talks", args=[edition.slug, session.slug]))

    assert answer.status_code == 404


def test_a_speaker_of_another_edition_is_not_assigned(session, editor):
    with pytest.raises(PermissionDenied):
        contributions.assign_speaker(
            session=session,
            speaker=SpeakerFactory(edition=EditionFactory()),
            role="speaker",
            by=editor,
            at=LATER,
        )


def test_a_speaker_is_in_a_session_once(session, speaker, editor):
    with pytest.raises(contributions.AlreadyInSession):
        contributions.assign_speaker(session=session, speaker=speaker, role="speaker", by=editor, at=LATER)


def test_a_speaker_with_an_account_belongs_to_the_edition_while_confirmed(edition, editor, speaker):
    speaker.person = PersonFactory()
    speaker.save()

    speakers.confirm_speaker(speaker=speaker, by=editor, at=NOW)
    speakers.confirm_speaker(speaker=speaker, by=editor, at=LATER)
    confirmed = list(edition.members.filter(role="speaker").values_list("person", "until"))
    speakers.decline_speaker(speaker=speaker, by=editor, at=LATER)

    declined = list(edition.members.filter(role="speaker").values_list("person", "until"))
    assert (confirmed, declined) == ([(speaker.person_id, None)], [(speaker.person_id, LATER)])


def test_participants_find_the_sessions_that_take_talks(
    edition, member_client, outsider_client, open_session
):
    page = reverse("academy:my", args=[edition.slug])

    found = [client.get(page).context["open_for_talks"] for client in (member_client, outsider_client)]

    assert found == [[open_session], []]
