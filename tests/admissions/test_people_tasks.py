"""Tasks between the parts: for whom they are, who reads what is handed in, who is reminded."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from filiera.academy.models import EditionRole
from filiera.accounts.actions import erase_person
from filiera.accounts.viewer import SYSTEM, VISITOR
from filiera.admissions.actions import tasks as actions
from filiera.admissions.models import HandIn, Participation, ParticipationState, Task
from filiera.admissions.queries.tasks import open_tasks, owing, tasks_of
from filiera.files.models import StoredFile
from filiera.mail.models import OutgoingMail
from tests.academy.factories import NOW, EditionFactory, EditionMemberFactory, PartFactory
from tests.academy.viewers import client_of, viewer_in
from tests.accounts.factories import PersonFactory, viewer_of
from tests.admissions.factories import DayAttendanceFactory
from tests.admissions.people_factories import HandInFactory, TaskFactory
from tests.admissions.test_people_list import take_part, viewer_at

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition(db):
    return EditionFactory(public=True)


@pytest.fixture
def place(edition):
    return take_part(edition, name="Anna Rossi")


@pytest.fixture
def coach(edition):
    return viewer_in(EditionMemberFactory(edition=edition, role=EditionRole.FACILITATOR))


def page(name, edition, *rest):
    return reverse(f"admissions:{name}", args=[edition.slug, *rest])


def hand_in(task, place, **details):
    given = actions.HandInDetails(**{"text": "What we tried", **details})
    return actions.hand_in(task=task, participation=place, details=given, by=viewer_at(place), at=NOW)


def test_a_task_is_for_those_who_take_part_in_its_way(edition, place):
    part, other_part = PartFactory(edition=edition), PartFactory(edition=edition)
    DayAttendanceFactory(participation=place, day=part.days.first(), mode="in_person")
    take_part(edition, name="Offline")
    tasks = {
        "all": TaskFactory(edition=edition),
        "part": TaskFactory(edition=edition, audience="in_person", part=part),
        "other part": TaskFactory(edition=edition, audience="in_person", part=other_part),
        "any part": TaskFactory(edition=edition, audience="in_person"),
        "online": TaskFactory(edition=edition, audience="online"),
    }

    mine = set(tasks_of(place).values_list("pk", flat=True))
    owed = {name: sorted(owing(task).values_list("name", flat=True)) for name, task in tasks.items()}

    assert {name for name, task in tasks.items() if task.pk in mine} == {"all", "part", "any part"}
    assert owed == {
        "all": ["Anna Rossi", "Offline"],
        "part": ["Anna Rossi"],
        "other part": [],
        "any part": ["Anna Rossi"],
        "online": [],
    }


def test_open_tasks_close_when_they_are_done(edition, place):
    later, sooner = TaskFactory(edition=edition), TaskFactory(edition=edition, due_at=NOW + timedelta(days=1))
    before = open_tasks(place.person)

    hand_in(sooner, place)

    assert (before, open_tasks(place.person)) == ([sooner, later], [later])


def test_something_has_to_be_handed_in_where_it_is_wanted(edition, place):
    with pytest.raises(actions.NothingHandedIn):
        hand_in(TaskFactory(edition=edition), place, text="")

    done = hand_in(TaskFactory(edition=edition, hand_in=[]), place, text="", learnt="It works")

    assert (done.text, done.learnt) == ("", "It works")


def test_nobody_hands_in_for_another_or_what_is_not_theirs(edition, place, coach):
    task = TaskFactory(edition=edition)
    details = actions.HandInDetails(text="x")
    for by in (coach, VISITOR, viewer_at(take_part(edition))):
        with pytest.raises(PermissionDenied):
            actions.hand_in(task=task, participation=place, details=details, by=by, at=NOW)
    for strange in (TaskFactory(), TaskFactory(edition=edition, audience="online")):
        with pytest.raises(actions.NotYourTask):
            hand_in(strange, place)
    Participation.objects.filter(pk=place.pk).update(state=ParticipationState.CANCELLED, ended_at=NOW)
    with pytest.raises(actions.NotYourTask):
        hand_in(task, place)

    assert not HandIn.objects.exists()


def test_a_changed_hand_in_waits_for_the_coach_again(edition, place, coach):
    task = TaskFactory(edition=edition)
    given = hand_in(task, place)
    actions.comment(given=given, state="discuss", words="Bring figures", by=coach, at=NOW)

    again = hand_in(task, place, text="With figures")

    assert (again.coach_state, again.comment, again.text) == ("", "Bring figures", "With figures")


def test_only_coaches_comment(edition, place):
    given = HandInFactory(task=TaskFactory(edition=edition), participation=place)
    elsewhere = viewer_in(EditionMemberFactory(role=EditionRole.FACILITATOR))

    for by in (viewer_at(place), elsewhere, VISITOR):
        with pytest.raises(PermissionDenied):
            actions.comment(given=given, state="seen", words="x", by=by, at=NOW)


def test_only_the_team_sets_and_deletes_tasks(edition, place):
    task = TaskFactory(edition=edition)
    details = actions.TaskDetails(kind="read", title={"en": "x"}, due_at=NOW)
    for by in (viewer_at(place), VISITOR, viewer_in(EditionMemberFactory(director=True))):
        with pytest.raises(PermissionDenied):
            actions.save_task(edition=edition, task=task, details=details, by=by, at=NOW)
        with pytest.raises(PermissionDenied):
            actions.delete_task(task=task, by=by, at=NOW)

    assert Task.objects.get().kind == task.kind


def test_a_task_that_somebody_did_is_not_deleted(edition, place, coach):
    task = TaskFactory(edition=edition)
    hand_in(task, place)

    with pytest.raises(actions.TaskAlreadyDone):
        actions.delete_task(task=task, by=coach, at=NOW)


def test_a_part_of_another_edition_is_refused(edition, coach):
    details = actions.TaskDetails(kind="read", title={"en": "x"}, due_at=NOW, part=PartFactory())

    with pytest.raises(actions.OfAnotherEdition):
        actions.save_task(edition=edition, task=None, details=details, by=coach, at=NOW)


def test_hand_ins_are_the_coachs_and_the_authors_until_they_are_opened(edition, place, coach):
    other = take_part(edition)
    elsewhere = viewer_in(EditionMemberFactory(participant=True))
    given = hand_in(TaskFactory(edition=edition), place)

    def readers():
        viewers = {
            "author": viewer_at(place),
            "coach": coach,
            "other": viewer_at(other),
            "elsewhere": elsewhere,
        }
        return {name for name, viewer in viewers.items() if HandIn.objects.visible_to(viewer).exists()}

    closed = readers()
    HandIn.objects.filter(pk=given.pk).update(is_shared=True)

    assert (closed, readers()) == ({"author", "coach"}, {"author", "coach", "other"})


def test_a_file_is_read_by_those_who_read_the_hand_in(client, edition, place, coach, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    upload = SimpleUploadedFile("case.pdf", b"%PDF-1.7 our case")
    given = hand_in(TaskFactory(edition=edition, hand_in=["file"]), place, text="", upload=upload)
    address = reverse("files:file", args=[given.file.uuid])
    browsers = {
        "author": client_of(place.person),
        "coach": client_of(coach.person),
        "other": client_of(take_part(edition).person),
        "elsewhere": client_of(EditionMemberFactory(role=EditionRole.FACILITATOR).person),
        "visitor": client,
    }

    def status(browser):
        answer = browser.get(address)
        if answer.streaming:
            b"".join(answer.streaming_content)
        return answer.status_code

    def readers():
        return {name for name, browser in browsers.items() if status(browser) == 200}

    closed = readers()
    HandIn.objects.filter(pk=given.pk).update(is_shared=True)

    assert (closed, readers()) == ({"author", "coach"}, {"author", "coach", "other"})


def test_a_new_file_replaces_the_old_one_and_erasure_takes_it(edition, place, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    task = TaskFactory(edition=edition, hand_in=["file"])
    hand_in(task, place, text="", upload=SimpleUploadedFile("one.pdf", b"%PDF-1.7 one"))
    hand_in(task, place, text="", upload=SimpleUploadedFile("two.pdf", b"%PDF-1.7 two"))
    kept = [stored.name for stored in StoredFile.objects.all()]

    erase_person(person=place.person, by=viewer_of(place.person), at=NOW)

    assert (kept, StoredFile.objects.count(), HandIn.objects.count()) == (["two.pdf"], 0, 0)


def test_reminders_go_once_to_who_still_owes_it(edition, place):
    task = TaskFactory(edition=edition, due_at=NOW + timedelta(days=2), remind_days=3)
    TaskFactory(edition=edition, due_at=NOW + timedelta(days=10), remind_days=3)
    TaskFactory(edition=edition, due_at=NOW + timedelta(days=2), remind_days=None)
    TaskFactory(edition=edition, due_at=NOW - timedelta(days=1))
    done = take_part(edition)
    hand_in(task, done)

    actions.remind_of_tasks(by=SYSTEM, at=NOW)
    actions.remind_of_tasks(by=SYSTEM, at=NOW + timedelta(hours=1))

    assert [mail.to_address for mail in OutgoingMail.objects.all()] == [place.email]
    with pytest.raises(PermissionDenied):
        actions.remind_of_tasks(by=VISITOR, at=NOW)


def test_a_participant_hands_in_by_the_page(edition, place, coach):
    task = TaskFactory(edition=edition, title={"en": "Bring a case"})
    client = client_of(place.person)
    listed = client.get(page("tasks", edition)).content.decode()
    empty = client.post(page("task", edition, task.pk), {"text": ""})
    client.post(page("task", edition, task.pk), {"text": "Our case", "learnt": "Ask first"})
    given = HandIn.objects.get()
    client_of(coach.person).post(
        page("desk_comment", edition, given.pk), {"state": "discuss", "comment": "Bring figures"}
    )
    answered = client.get(page("task", edition, task.pk)).content.decode()
    debrief = client_of(coach.person).get(page("desk_debrief", edition, task.pk)).content.decode()
    client.post(page("task_taking_back", edition, task.pk))

    assert (
        "Bring a case" in listed,
        empty.status_code,
        given.text,
        "Bring figures" in answered,
        "Ask first" in debrief,
        HandIn.objects.count(),
    ) == (True, 422, "Our case", True, True, 0)


def test_the_team_sets_a_task_by_the_page(edition, coach):
    part = PartFactory(edition=edition)
    client = client_of(coach.person)
    told = {
        "title_en": "Read the report",
        "kind": "read",
        "about": f"part:{part.pk}",
        "due_on": "2023-09-01",
        "due_time": "18:00",
        "audience": "everybody",
        "remind_days": "",
    }
    client.post(page("desk_task_new", edition), told)
    wrong = client.post(page("desk_task_new", edition), {**told, "title_en": ""})
    task = Task.objects.get()
    listed = client.get(page("desk_tasks", edition)).content.decode()
    client.post(page("desk_task_deletion", edition, task.pk))

    assert (
        task.part,
        task.due_at.isoformat(),
        task.remind_days,
        wrong.status_code,
        "Read the report" in listed,
        Task.objects.count(),
    ) == (part, "2023-09-01T16:00:00+00:00", None, 422, True, 0)


def test_pages_are_closed_to_others(client, edition, place):
    task = TaskFactory(edition=edition)
    given = HandInFactory(task=task, participation=place)
    outsider = client_of(PersonFactory())
    elsewhere = client_of(EditionMemberFactory(role=EditionRole.FACILITATOR).person)
    desk = [
        page("desk_tasks", edition),
        page("desk_debrief", edition, task.pk),
        page("desk_comment", edition, given.pk),
    ]
    own = [page("tasks", edition), page("task", edition, task.pk)]

    statuses = {
        "participant": [client_of(place.person).get(path).status_code for path in desk],
        "elsewhere": [elsewhere.get(path).status_code for path in desk + own],
        "outsider": [outsider.get(path).status_code for path in desk + own],
        "visitor": [client.get(path).status_code for path in desk + own],
    }

    assert statuses == {
        "participant": [403] * 3,
        "elsewhere": [403] * 5,
        "outsider": [403] * 5,
        "visitor": [302] * 5,
    }


@pytest.mark.parametrize("count", [1, 6])
def test_query_counts(edition, place, coach, count, django_assert_num_queries):
    tasks = TaskFactory.create_batch(count, edition=edition)
    for _number in range(count):
        HandInFactory(task=tasks[0], participation=take_part(edition))
    HandInFactory(task=tasks[-1], participation=place)
    mine, theirs = client_of(place.person), client_of(coach.person)

    with django_assert_num_queries(8):
        mine.get(page("tasks", edition))
    with django_assert_num_queries(5):
        theirs.get(page("desk_tasks", edition))
    with django_assert_num_queries(8):
        theirs.get(page("desk_debrief", edition, tasks[0].pk))
