"""The details of registration: who gives them, who reads them, and that they leave."""

import json
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from filiera.academy.models import Day, EditionRole
from filiera.accounts.actions import archive_of, erase_person
from filiera.accounts.viewer import SYSTEM, Viewer
from filiera.admissions.actions import registration as actions
from filiera.admissions.models import DayAttendance, Participation
from filiera.admissions.purposes import REGISTRATION, workspace_of
from filiera.admissions.queries.days import day_counts
from filiera.admissions.queries.place_links import token_of, viewer_by_link
from filiera.admissions.queries.registration import registration_answers
from filiera.admissions.queries.telephones import telephones_of
from filiera.admissions.receivers.places import places_of
from filiera.mail.models import OutgoingMail
from filiera.questionnaires import wall
from filiera.questionnaires.actions.answering import AnswersMissing
from filiera.questionnaires.actions.building import QuestionnaireDetails, create_questionnaire
from filiera.questionnaires.actions.leaving import delete_expired_answers
from filiera.questionnaires.actions.ready_made import add_question_set
from filiera.questionnaires.actions.states import open_questionnaire
from filiera.questionnaires.models import Answer
from filiera.questionnaires.sets import set_of
from tests.academy.factories import NOW, EditionMemberFactory, PartFactory
from tests.academy.viewers import client_of, viewer_in
from tests.accounts.factories import PASSWORD, PersonFactory
from tests.admissions.factories import DayAttendanceFactory, ParticipationFactory
from tests.dumps import dump

ANSWERS = {"diet": "vegan", "allergies": "Secret nuts"}


@pytest.fixture
def questionnaire(edition):
    """The packaged questions of a registration, open."""
    edition.is_demonstration, edition.clock_at = True, NOW
    edition.save()
    made = create_questionnaire(
        purpose=REGISTRATION,
        workspace=workspace_of(edition.pk),
        details=QuestionnaireDetails(title={"en": "Details"}),
        by=SYSTEM,
        at=NOW,
    )
    add_question_set(questionnaire=made, chosen=set_of("registration"), by=SYSTEM, at=NOW)
    return open_questionnaire(questionnaire=made, by=SYSTEM, at=NOW)


@pytest.fixture
def place(edition, questionnaire):
    return ParticipationFactory(edition=edition, linked=True, name="Anna Rossi")


def complete(questionnaire):
    """The smallest set of answers that the packaged questions accept."""
    answers = dict(ANSWERS)
    for question in questionnaire.questions.filter(is_required=True, shown_if__isnull=True):
        if question.code not in answers and question.has_answer:
            answers[question.code] = _any_answer(question)
    return answers


def _any_answer(question):
    match question.kind:
        case "choice":
            return question.option_codes[0]
        case "choices":
            return question.option_codes[:1]
        case "yes_no" | "consent":
            return True
        case _:
            return "An answer"


def register(place, questionnaire, *, at=NOW):
    return actions.register_details(
        participation=place, answers=complete(questionnaire), by=viewer_by_link(place), at=at
    )


def all_answers():
    with wall.opened_for_jobs():
        return list(Answer.objects.values_list("value", flat=True))


def test_somebody_is_registered_once_all_details_are_there(place, questionnaire):
    with pytest.raises(AnswersMissing):
        actions.register_details(
            participation=place, answers={"allergies": "none"}, by=viewer_by_link(place), at=NOW
        )
    assert Participation.objects.get().registered_at is None

    assert register(place, questionnaire).registered_at == NOW


def test_changed_details_keep_the_day_of_registration(place, questionnaire):
    register(place, questionnaire)

    assert register(place, questionnaire, at=NOW + timedelta(days=1)).registered_at == NOW


def test_the_desk_gives_no_details_for_somebody(place, questionnaire, desk):
    with pytest.raises(PermissionDenied):
        actions.register_details(participation=place, answers=complete(questionnaire), by=desk, at=NOW)


def test_an_offer_has_no_registration_yet(edition, questionnaire):
    offered = ParticipationFactory(edition=edition, offered=True, linked=True)

    with pytest.raises(actions.PlaceNotConfirmed):
        register(offered, questionnaire)


def test_without_questions_there_is_nothing_to_register(edition):
    place = ParticipationFactory(edition=edition, linked=True)

    with pytest.raises(actions.NothingToRegister):
        actions.register_details(participation=place, answers={}, by=viewer_by_link(place), at=NOW)


def as_form(answers):
    return {
        f"q-{code}": {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value
        for code, value in answers.items()
    }


def test_details_are_given_on_the_page_and_found_there_again(client, place, questionnaire):
    address = reverse("place:registration", args=[token_of(place)])

    wrong = client.post(address, {"q-allergies": "Secret nuts"})
    kept = client.get(address)
    right = client.post(address, as_form(complete(questionnaire)))

    place.refresh_from_db()
    assert (wrong.status_code, right.status_code) == (422, 302)
    assert "Secret nuts" in kept.content.decode()
    assert place.registered_at is not None


def test_what_is_typed_is_kept_by_itself(client, place):
    answer = client.post(reverse("place:registration_draft", args=[token_of(place)]), {"q-allergies": "Nuts"})

    assert (answer.status_code, all_answers()) == (204, ["Nuts"])


def test_the_link_of_another_place_reads_nothing(client, edition, place, questionnaire):
    register(place, questionnaire)
    other = ParticipationFactory(edition=edition, linked=True)

    page = client.get(reverse("place:registration", args=[token_of(other)]))

    assert "Secret nuts" not in page.content.decode()


READERS = {EditionRole.DIRECTOR, EditionRole.DESK}


@pytest.mark.parametrize("role", EditionRole.values)
def test_sensitive_answers_are_read_by_named_roles_on_every_page(
    edition, place, questionnaire, in_role, role
):
    register(place, questionnaire)
    PartFactory(edition=edition)
    DayAttendanceFactory(participation=place, day=Day.objects.first())
    client = client_of(in_role(role).person)
    pages = [
        ("desk_participant", [place.pk]),
        ("desk_participants", []),
        ("desk_participants_csv", []),
        ("desk_days", []),
        ("desk_participant_edit", [place.pk]),
        ("desk_sign_ups", []),
    ]

    found = {
        name
        for name, keys in pages
        if b"Secret nuts" in client.get(reverse(f"admissions:{name}", args=[edition.slug, *keys])).content
    }

    assert found == ({"desk_participant"} if role in READERS else set())


def test_an_administrator_reads_no_sensitive_answers(place, questionnaire):
    register(place, questionnaire)
    administrator = Viewer(person=PersonFactory(), administering=True)

    codes = {answer.question.code for answer in registration_answers(place, administrator)}

    assert codes.isdisjoint(ANSWERS)


@pytest.mark.parametrize(
    ("role", "is_read"),
    [
        (EditionRole.DIRECTOR, True),
        (EditionRole.DESK, True),
        (EditionRole.PROGRAMME, False),
        (EditionRole.FACILITATOR, False),
        (EditionRole.HOST, False),
        (EditionRole.PARTICIPANT, False),
    ],
)
def test_whom_to_call_is_read_by_the_desk_alone(edition, place, questionnaire, role, is_read):
    answers = {**complete(questionnaire), "emergency-contact": "Mario, 333 123"}
    actions.register_details(participation=place, answers=answers, by=viewer_by_link(place), at=NOW)
    viewer = viewer_in(EditionMemberFactory(edition=edition, role=role))

    found = telephones_of(viewer, edition)

    assert [(name, told) for name, _organisation, told in found] == (
        [("Anna Rossi", "Mario, 333 123")] if is_read else []
    )


def test_the_kitchen_counts_diets_of_those_who_come_in_person(edition, place, questionnaire):
    PartFactory(edition=edition)
    first, second = Day.objects.order_by("date")
    quiet = ParticipationFactory(edition=edition, linked=True)
    register(place, questionnaire)
    for who, day, mode in (
        (place, first, "in_person"),
        (place, second, "online"),
        (quiet, first, "in_person"),
    ):
        DayAttendanceFactory(participation=who, day=day, mode=mode)

    counted = [(day.diets, day.without_diet) for day in day_counts(edition)]

    assert counted == [([("Vegan", 1)], 1), ([], 0)]


@pytest.mark.django_db(transaction=True)
def test_after_their_day_no_byte_of_sensitive_details_is_in_a_dump(client, place, questionnaire):
    """As the person wrote them on the page: kept while typing, refused once, handed in, and looked at."""
    token = token_of(place)
    answers = {**complete(questionnaire), "allergies": "Nuts-7f3a91"}
    client.post(reverse("place:registration_draft", args=[token]), {"q-allergies": "Nuts-7f3a91"})
    client.post(reverse("place:registration", args=[token]), {"q-allergies": "Nuts-7f3a91"})
    client.post(reverse("place:registration", args=[token]), as_form(answers))
    client.get(reverse("place:registration", args=[token]))
    assert "Nuts-7f3a91" in dump()

    delete_expired_answers(by=SYSTEM, at=NOW + timedelta(days=400))

    assert "Nuts-7f3a91" not in dump()
    assert "vegan" not in {str(value) for value in all_answers()}


def test_a_person_takes_their_places_with_them(edition, place, questionnaire):
    PartFactory(edition=edition)
    person = PersonFactory(password=PASSWORD)
    place.person = person
    place.save()
    DayAttendanceFactory(participation=place, day=Day.objects.first())
    register(place, questionnaire)

    archive = archive_of(person)

    assert b"places.json" in archive
    told = json.dumps(places_of(person), default=str)
    assert "Secret nuts" in told
    assert "Anna Rossi" in told


def test_an_erased_person_leaves_counts_and_nothing_else(edition, place, questionnaire):
    person = PersonFactory(password=PASSWORD)
    place.person = person
    place.save()
    PartFactory(edition=edition)
    DayAttendanceFactory(participation=place, day=Day.objects.first())
    register(place, questionnaire)

    after_the_beginning = NOW + timedelta(days=300)
    erase_person(person=person, by=Viewer(person=person), at=after_the_beginning)

    place.refresh_from_db()
    told = (place.name, place.email, place.position, place.link_seed, place.person, place.state)
    assert told == ("—", "", "", "", None, "confirmed")
    assert DayAttendance.objects.count() == 1
    assert not {"vegan", "Secret nuts"} & {str(value) for value in all_answers()}
    assert not OutgoingMail.objects.filter(to_address="").exists()


def test_the_place_of_somebody_erased_before_the_edition_is_free_again(edition, place):
    PartFactory(edition=edition)
    person = PersonFactory(password=PASSWORD)
    place.person = person
    place.save()

    erase_person(person=person, by=Viewer(person=person), at=NOW)

    place.refresh_from_db()
    assert (place.state, place.name) == ("cancelled", "—")
