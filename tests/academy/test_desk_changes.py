"""Each change at the desk as a request: what it does, where it leads, whom it refuses."""

from datetime import timedelta

import pytest
from django.urls import reverse

from filiera.academy import models
from filiera.academy.push_topics import may_hear
from tests.academy.factories import (
    NOW,
    ContributionFactory,
    EditionMemberFactory,
    MaterialFactory,
    PartFactory,
    RoomFactory,
    SessionFactory,
    SpeakerFactory,
    VenueFactory,
    between,
    moment,
    publish,
)
from tests.academy.viewers import client_of

HX = {"HX-Request": "true"}


@pytest.fixture
def part(edition):
    return PartFactory(edition=edition)


@pytest.fixture
def session(part):
    return SessionFactory(
        part=part, during=between(moment(9)), room=RoomFactory(edition=part.edition), title={"en": "Strategy"}
    )


def address(name, edition, *arguments):
    return reverse(f"academy:{name}", args=[edition.slug, *arguments])


def rows_of(edition):
    """One row of everything that the desk's requests name."""
    part = PartFactory(edition=edition, venue=VenueFactory(edition=edition))
    session = SessionFactory(part=part, during=between(moment(9)), room=RoomFactory(edition=edition))
    other = SessionFactory(part=part)
    contribution = ContributionFactory(session=session)
    member = EditionMemberFactory(edition=edition)
    talk = models.ShortTalk.objects.create(
        session=session, person=member.person, title="Talk", position=1, signed_up_at=NOW
    )
    return {
        "session_id": session.pk,
        "allowance_id": models.OverlapAllowance.objects.create(
            edition=edition, first=session, second=other, reason="", allowed_at=NOW
        ).pk,
        "contribution_id": contribution.pk,
        "speaker_id": contribution.speaker_id,
        "material_id": MaterialFactory(session=session).pk,
        "talk_id": talk.pk,
        "member_id": member.pk,
        "task_id": models.ChecklistTask.objects.create(edition=edition, title={"en": "Task"}).pk,
        "part_id": part.pk,
        "day_id": part.days.first().pk,
        "room_id": session.room_id,
        "closure_id": session.room.closures.create(during=between(moment(20))).pk,
        "venue_id": part.venue_id,
    }


def desk_patterns():
    from filiera.academy.urls import desk

    return [pattern for pattern in desk.urlpatterns if "/desk/" in str(pattern.pattern)]


@pytest.mark.parametrize("who", ["member_client", "outsider_client"])
def test_no_change_is_open_to_others(edition, who, request):
    rows = rows_of(edition)
    client = request.getfixturevalue(who)

    answers = {}
    for pattern in desk_patterns():
        names = [name for name in pattern.pattern.converters if name != "edition_slug"]
        keywords = {name: rows[name] for name in names}
        target = reverse(f"academy:{pattern.name}", kwargs={"edition_slug": edition.slug, **keywords})
        answers[pattern.name] = {client.post(target).status_code, client.get(target).status_code}

    assert {name: codes for name, codes in answers.items() if not codes <= {403, 405}} == {}


def test_rows_of_another_edition_are_unknown(edition, editor_client):
    rows = rows_of(PartFactory().edition)

    answers = {}
    for pattern in desk_patterns():
        names = [name for name in pattern.pattern.converters if name != "edition_slug"]
        if not names:
            continue
        keywords = {name: rows[name] for name in names}
        target = reverse(f"academy:{pattern.name}", kwargs={"edition_slug": edition.slug, **keywords})
        answers[pattern.name] = editor_client.post(target).status_code

    # Ending a role is the director's, so the programme team is refused before any row is looked for.
    assert {name: code for name, code in answers.items() if code != 404} == {"desk_team_end": 403}


def test_undo_and_redo_by_their_buttons(edition, editor_client, session):
    editor_client.post(address("desk_shelve", edition, session.pk))
    waiting = models.Session.objects.get(pk=session.pk).during

    undone = editor_client.post(address("desk_undo", edition), headers=HX)
    back = models.Session.objects.get(pk=session.pk).during
    redone = editor_client.post(address("desk_redo", edition))

    assert (waiting, back, models.Session.objects.get(pk=session.pk).during) == (
        None,
        session.during,
        None,
    )
    assert (undone.status_code, undone.headers["HX-Trigger"], redone.status_code) == (
        200,
        "filiera:draft",
        302,
    )


def test_undo_with_nothing_to_take_back_says_so(edition, editor_client):
    answer = editor_client.post(address("desk_undo", edition), follow=True)

    said = [str(message) for message in answer.context["messages"]]
    assert said == ["There is nothing to take back."]


def test_a_form_leads_back_to_where_it_came_from_and_nowhere_else(edition, editor_client, session):
    here = f"{address('desk_programme', edition)}?day=2023-09-22"

    inside = editor_client.post(address("desk_shelve", edition, session.pk), {"next": here})
    outside = editor_client.post(address("desk_undo", edition), {"next": "//evil.example/x"})

    assert (inside.headers["Location"], outside.headers["Location"]) == (
        here,
        address("desk_programme", edition),
    )


def test_cancel_and_restore_by_their_buttons(edition, editor_client, session):
    editor_client.post(address("desk_cancellation", edition, session.pk))
    cancelled = models.Session.objects.get(pk=session.pk).state
    editor_client.post(address("desk_cancellation_end", edition, session.pk))

    assert (cancelled, models.Session.objects.get(pk=session.pk).state) == ("cancelled", "planned")


def test_duplicate_and_delete_by_their_buttons(edition, editor_client, session):
    editor_client.post(address("desk_duplicate", edition, session.pk))
    copy = models.Session.objects.exclude(pk=session.pk).get()
    editor_client.post(address("desk_deletion", edition, copy.pk))

    assert list(models.Session.objects.all()) == [session]


def test_a_published_session_is_not_deleted_by_its_button(edition, editor_client, session):
    publish(edition)

    answer = editor_client.post(address("desk_deletion", edition, session.pk), follow=True)

    said = [str(message) for message in answer.context["messages"]]
    assert said == [
        "Visitors have seen this session, so it cannot be deleted. Cancel it: the programme then says so."
    ]


def test_a_new_session_by_its_form(edition, editor_client, part):
    answer = editor_client.post(
        address("desk_session_new", edition),
        {"title_en": "A quiet walk", "kind": "networking", "part": part.pk, "minutes": 30},
    )

    made = models.Session.objects.values_list("slug", "kind", "minutes", "during")
    assert (answer.status_code, list(made)) == (302, [("a-quiet-walk", "networking", 30, None)])


def test_speakers_in_and_out_of_a_session(edition, editor_client, session):
    speaker = SpeakerFactory(edition=edition)
    editor_client.post(
        address("desk_contribution_new", edition, session.pk), {"speaker": speaker.pk, "role": "keynote"}
    )
    contribution = session.contributions.get()
    shown = editor_client.post(address("desk_contribution_end", edition, contribution.pk), headers=HX)

    assert (contribution.speaker, contribution.role, session.contributions.count()) == (speaker, "keynote", 0)
    assert (shown.status_code, shown.headers["HX-Trigger"]) == (200, "filiera:draft")


def test_a_speaker_from_adding_to_removing(edition, editor_client):
    new = {"name": "Bianca", "email": "bianca@example.org"}
    editor_client.post(address("desk_speaker_new", edition), new)
    speaker = models.Speaker.objects.get()
    taken = editor_client.post(address("desk_speaker_new", edition), new)
    editor_client.post(address("desk_speaker", edition, speaker.pk), {**new, "name": "Bianca D."})
    editor_client.post(address("desk_speaker_invitation", edition, speaker.pk))
    reminded = editor_client.post(address("desk_reminders", edition), follow=True)
    kept = models.Speaker.objects.get()
    editor_client.post(address("desk_speaker_deletion", edition, speaker.pk))

    said = [str(message) for message in reminded.context["messages"]]
    assert (taken.status_code, taken.context["form"].errors) == (
        422,
        {"email": ["Another speaker of this edition has this address."]},
    )
    assert (kept.name, kept.invited_at is not None, kept.reminded_at is not None, said[-1]) == (
        "Bianca D.",
        True,
        True,
        "1 speaker is reminded.",
    )
    assert not models.Speaker.objects.exists()


def test_the_director_invites_and_ends_by_the_page(edition, director_client):
    member = EditionMemberFactory(edition=edition)

    invited = director_client.post(
        address("desk_team", edition), {"email": "new@example.org", "role": "desk"}
    )
    wrong = director_client.post(address("desk_team", edition), {"email": "nobody", "role": "desk"})
    director_client.post(address("desk_team_end", edition, member.pk))

    member.refresh_from_db()
    assert (invited.status_code, wrong.status_code, list(wrong.context["form"].errors)) == (
        302,
        422,
        ["email"],
    )
    assert member.until is not None


def test_tasks_by_their_page(edition, editor_client, part):
    editor_client.post(
        address("desk_task_new", edition), {"title_en": "Book rooms", "part": part.pk, "days_before": 7}
    )
    task = models.ChecklistTask.objects.get()
    editor_client.post(address("desk_task_done", edition, task.pk))
    done = models.ChecklistTask.objects.get().done_at
    editor_client.post(address("desk_task_reopened", edition, task.pk))
    reopened = models.ChecklistTask.objects.get().done_at
    editor_client.post(address("desk_task_deletion", edition, task.pk))
    editor_client.post(address("desk_usual_tasks", edition))

    assert (task.part, task.days_before, done is not None, reopened) == (part, 7, True, None)
    assert models.ChecklistTask.objects.count() > 5


def test_rooms_closures_and_hours_by_their_pages(edition, editor_client, part):
    day = part.days.order_by("date").first()
    editor_client.post(address("desk_room_new", edition), {"name_en": "Hall", "capacity": 80, "position": 1})
    room = models.Room.objects.get()
    bad = editor_client.post(
        address("desk_closure_new", edition, room.pk),
        {"day": day.pk, "from_time": "13:00", "until_time": "12:00"},
    )
    editor_client.post(
        address("desk_closure_new", edition, room.pk),
        {"day": day.pk, "from_time": "12:00", "until_time": "13:00"},
    )
    closure = room.closures.get()
    editor_client.post(address("desk_closure_end", edition, closure.pk))
    editor_client.post(address("desk_day", edition, day.pk), {"opens_at": "09:30", "closes_at": "18:00"})
    editor_client.post(address("desk_room_deletion", edition, room.pk))

    day.refresh_from_db()
    assert (bad.status_code, bad.context["form"].errors) == (
        422,
        {"until_time": ["The end comes before the start."]},
    )
    assert (closure.during, day.opens_at.isoformat()) == (between(moment(12)), "09:30:00")
    assert not models.Room.objects.exists()


def test_a_venue_has_both_coordinates_or_none(edition, editor_client):
    half = editor_client.post(address("desk_venue_new", edition), {"name": "Park", "latitude": "45.07"})
    whole = editor_client.post(
        address("desk_venue_new", edition), {"name": "Park", "latitude": "45.07", "longitude": "7.69"}
    )

    assert (half.status_code, list(half.context["form"].errors), whole.status_code) == (
        422,
        ["longitude"],
        302,
    )


def test_publishing_with_a_note_in_both_languages(edition, editor_client, session):
    answer = editor_client.post(
        address("desk_publish", edition), {"note_en": "First programme", "note_it": "Primo programma"}
    )
    again = editor_client.post(address("desk_publish", edition))

    version = models.ProgrammeVersion.objects.get()
    assert (answer.status_code, version.number, version.note, again.status_code) == (
        302,
        1,
        {"en": "First programme", "it": "Primo programma"},
        422,
    )


def test_the_director_changes_the_edition(edition, director_client):
    values = {
        "name_en": "New name",
        "slug": edition.slug,
        "number": edition.number,
        "time_zone": "Europe/Rome",
    }

    saved = director_client.post(address("desk_edition", edition), values)
    closed = director_client.post(address("desk_edition_state", edition), {"state": "draft"})
    refused = director_client.post(address("desk_edition_state", edition), {"state": "nobody"})
    director_client.post(address("desk_objectives", edition), {"objective_1_en": "First"})

    edition.refresh_from_db()
    assert (saved.status_code, edition.name, closed.status_code, edition.state) == (
        302,
        {"en": "New name"},
        302,
        "draft",
    )
    assert (refused.status_code, list(edition.objectives.values_list("number", "text"))) == (
        422,
        [(1, {"en": "First"})],
    )


def test_the_director_copies_the_edition(edition, director_client, part):
    answer = director_client.post(
        address("desk_edition_copy", edition),
        {"name_en": "Copy", "slug": "copy-of-it", "number": 700, "first_day": "2027-05-03"},
    )

    copy = models.Edition.objects.get(slug="copy-of-it")
    assert (answer.headers["Location"], copy.parts.get().starts_on.isoformat()) == (
        "/academy/copy-of-it/desk/",
        "2027-05-03",
    )


def test_who_may_hear_the_desk(edition, editor, member):
    topic = f"edition:{edition.pk}:desk"
    ended = EditionMemberFactory(edition=edition, until=NOW + timedelta(days=1))

    heard = [may_hear(key, topic) for key in (editor.person_id, member.person_id, ended.person_id, None)]

    assert heard == [True, False, False, False]
    assert may_hear(None, f"edition:{edition.pk}:programme")


def test_a_viewer_of_the_desk_reads_and_changes_nothing(edition, session):
    reader = client_of(EditionMemberFactory(edition=edition, role=models.EditionRole.VIEWER).person)

    page = reader.get(address("desk_programme", edition))
    moved = reader.post(address("desk_shelve", edition, session.pk))
    saved = reader.post(
        address("desk_session", edition, session.pk),
        {"title_en": "Mine", "kind": "lesson", "minutes": 60, "sequence": 0},
    )

    session.refresh_from_db()
    body = page.content.decode()
    assert (page.status_code, moved.status_code, saved.status_code) == (200, 403, 403)
    assert ("data-editor" in body, "data-grip" in body, session.title) == (False, False, {"en": "Strategy"})
