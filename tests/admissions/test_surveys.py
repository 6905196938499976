"""Surveys: asked after sessions and at the end, by account and by link, without names, counted by night."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from filiera.academy.models import EditionRole
from filiera.accounts.actions import erase_person
from filiera.accounts.viewer import SYSTEM, VISITOR
from filiera.admissions.actions import surveys as actions
from filiera.admissions.models import Survey, SurveySubject
from filiera.admissions.policies.surveys import may_answer
from filiera.admissions.queries.place_links import token_of, viewer_by_link
from filiera.admissions.queries.surveys import survey_overview, surveys_asked
from filiera.admissions.receivers.surveys import answered_by_place
from filiera.ledger.models import Fact
from filiera.mail.models import OutgoingMail
from filiera.questionnaires.models import Answer, Response
from tests.academy.factories import EditionMemberFactory, SessionFactory, between
from tests.academy.viewers import client_of, viewer_in
from tests.accounts.factories import PersonFactory
from tests.admissions.factories import ParticipationFactory
from tests.admissions.survey_factories import SurveyFactory, survey_form

pytestmark = pytest.mark.django_db

NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def survey():
    return SurveyFactory()


def by_link(edition):
    return viewer_by_link(ParticipationFactory(edition=edition, linked=True))


def in_role(edition, role):
    return viewer_in(EditionMemberFactory(edition=edition, role=role))


def ended(edition, *, days_ago=1, **more):
    during = between(NOW - timedelta(days=days_ago, minutes=60))
    return SessionFactory(edition=edition, part__edition=edition, during=during, **more)


def answer(survey, by, session=None, *, with_name=False, useful=4):
    actions.answer_survey(
        survey=survey, session=session, answers={"useful": useful}, with_name=with_name, by=by, at=NOW
    )


def test_participants_answer_by_role_and_by_link_and_nobody_else(survey):
    edition = survey.edition
    allowed = {
        "participant": in_role(edition, EditionRole.PARTICIPANT),
        "link": by_link(edition),
        "speaker": in_role(edition, EditionRole.SPEAKER),
        "director": in_role(edition, EditionRole.DIRECTOR),
        "elsewhere": by_link(SurveyFactory().edition),
        "given back": viewer_by_link(ParticipationFactory(edition=edition, linked=True, offered=True)),
        "visitor": VISITOR,
    }

    may = {who: may_answer(viewer, survey.questionnaire, "") for who, viewer in allowed.items()}

    assert may == {
        "participant": True, "link": True, "speaker": False, "director": False, "elsewhere": False,
        "given back": False, "visitor": False,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("opened_before", "asked"), [(timedelta(hours=-1), 0), (timedelta(), 1), (timedelta(days=7), 0)]
)
def test_the_edition_is_asked_about_from_its_moment_for_its_days(opened_before, asked):
    survey = SurveyFactory(opens_at=NOW - opened_before)

    assert len(surveys_asked(survey.edition, by_link(survey.edition), NOW)) == asked


def test_a_session_is_asked_about_from_its_end_for_its_days():
    survey = SurveyFactory(sessions=True)
    edition = survey.edition
    yesterday = ended(edition)
    ended(edition, days_ago=8)
    ended(edition, days_ago=-1)
    ended(edition, kind="break")
    ended(edition, state="cancelled")

    asked = surveys_asked(edition, by_link(edition), NOW)

    assert [entry.session for entry in asked] == [yesterday]


def test_one_answers_once_for_each_session():
    survey = SurveyFactory(sessions=True)
    viewer = by_link(survey.edition)
    first, second = ended(survey.edition), ended(survey.edition)
    answer(survey, viewer, first)

    asked = surveys_asked(survey.edition, viewer, NOW)

    assert {entry.session: entry.is_answered for entry in asked} == {first: True, second: False}


def test_the_place_answers_once_whether_by_link_or_by_account(survey):
    person = PersonFactory()
    place = ParticipationFactory(edition=survey.edition, person=person, link_seed="a" * 32)
    answer(survey, viewer_by_link(place))
    by_account = viewer_in(
        EditionMemberFactory(edition=survey.edition, person=person, role=EditionRole.PARTICIPANT)
    )

    [entry] = surveys_asked(survey.edition, by_account, NOW)

    assert entry.is_answered
    with pytest.raises(Exception, match="answered this already"):
        answer(survey, by_account)


def test_a_name_is_given_only_where_it_is_wished():
    edition = SurveyFactory().edition
    survey = SurveyFactory(edition=edition, questionnaire=survey_form(edition, anonymous=False, chosen=True))
    answer(survey, by_link(edition), with_name=True)
    answer(survey, by_link(edition), with_name=False)

    named = Response.objects.filter(questionnaire=survey.questionnaire).values_list(
        "is_anonymous", "respondent"
    )

    assert sorted(named)[1] == (True, "")
    assert sorted(named)[0][1].startswith("participation:")


def test_nobody_else_answers(survey):
    for viewer in (VISITOR, in_role(survey.edition, EditionRole.DIRECTOR)):
        with pytest.raises(PermissionDenied):
            answer(survey, viewer)


def details(form, **more):
    return actions.SurveyDetails(
        **{"questionnaire": form, "subject": SurveySubject.EDITION, "opens_at": NOW, **more}
    )


def test_setting_up_opens_the_form():
    edition = SurveyFactory().edition
    form = survey_form(edition, open=False)
    by = in_role(edition, EditionRole.PROGRAMME)

    made = actions.save_survey(edition=edition, survey=None, details=details(form), by=by, at=NOW)

    form.refresh_from_db()
    assert (made.questionnaire, form.state) == (form, "open")


def test_setting_up_is_refused_to_whom_it_is_not_for_and_for_other_forms(survey):
    edition, form = survey.edition, survey.questionnaire
    by = in_role(edition, EditionRole.PROGRAMME)
    foreign = SurveyFactory().questionnaire

    with pytest.raises(PermissionDenied):
        actions.save_survey(
            edition=edition, survey=None, details=details(form), by=in_role(edition, "desk"), at=NOW
        )
    with pytest.raises(actions.NotASurvey):
        actions.save_survey(edition=edition, survey=None, details=details(foreign), by=by, at=NOW)
    with pytest.raises(actions.SurveyAlreadyThere):
        actions.save_survey(edition=edition, survey=None, details=details(form), by=by, at=NOW)


def test_a_survey_with_answers_stays(survey):
    by = in_role(survey.edition, EditionRole.PROGRAMME)
    answer(survey, by_link(survey.edition))

    with pytest.raises(actions.SurveyIsAnswered):
        actions.delete_survey(survey=survey, by=by, at=NOW)


def test_invitations_go_to_those_who_have_not_answered(survey):
    edition = survey.edition
    answered, waiting = (ParticipationFactory(edition=edition, linked=True) for _ in range(2))
    ParticipationFactory(edition=edition, linked=True, offered=True)
    ParticipationFactory(edition=edition, linked=True, email="")
    answer(survey, viewer_by_link(answered))

    count = actions.invite_to_survey(survey=survey, by=in_role(edition, EditionRole.DESK), at=NOW)

    mail = OutgoingMail.objects.get()
    assert (count, mail.to_address) == (1, waiting.email)
    assert f"/place/{token_of(waiting)}/surveys/" in mail.text


def test_nobody_is_invited_to_what_is_not_asked(survey):
    by = in_role(survey.edition, EditionRole.DESK)
    Survey.objects.update(opens_at=NOW + timedelta(days=1))
    survey.refresh_from_db()

    with pytest.raises(actions.NothingAskedNow):
        actions.invite_to_survey(survey=survey, by=by, at=NOW)
    with pytest.raises(PermissionDenied):
        actions.invite_to_survey(survey=survey, by=in_role(survey.edition, "programme"), at=NOW)


def test_what_has_ended_is_closed_by_itself(survey):
    Survey.objects.update(opens_at=NOW - timedelta(days=8))

    count = actions.close_ended_surveys(by=SYSTEM, at=NOW)

    survey.questionnaire.refresh_from_db()
    assert (count, survey.questionnaire.state) == (1, "closed")


def test_feedback_is_recorded_once_by_night_and_names_nobody(survey):
    for _ in range(2):
        answer(survey, by_link(survey.edition))

    for _ in range(2):
        actions.record_feedback(by=SYSTEM, at=NOW)

    facts = Fact.objects.filter(kind="feedback.given")
    assert {(fact.organisation, fact.person, fact.recorded_by) for fact in facts} == {
        (survey.edition.organiser, None, None)
    }
    assert {fact.happened_at.time().isoformat() for fact in facts} == {"00:00:00"}
    assert facts.count() == 2


def test_only_the_platform_itself_runs_the_jobs(survey):
    by = in_role(survey.edition, EditionRole.DIRECTOR)
    for job in (actions.close_ended_surveys, actions.record_feedback):
        with pytest.raises(PermissionDenied):
            job(by=by, at=NOW)


def test_an_erasure_takes_what_the_place_answered(survey):
    person = PersonFactory()
    place = ParticipationFactory(edition=survey.edition, person=person, link_seed="a" * 32)
    named = SurveyFactory(
        edition=survey.edition, questionnaire=survey_form(survey.edition, anonymous=False, chosen=True)
    )
    answer(named, viewer_by_link(place), with_name=True)
    assert [entry["answers"][0]["answer"] for entry in answered_by_place(person)] == [4]

    erase_person(person=person, by=viewer_by_link(place, person=person), at=NOW)

    assert Response.objects.get().respondent.startswith("forgotten:")
    assert Answer.objects.get().value == 4


def test_the_overview_counts(survey):
    ParticipationFactory(edition=survey.edition)
    answer(survey, by_link(survey.edition))
    sessions = SurveyFactory(edition=survey.edition, sessions=True)
    answer(sessions, by_link(survey.edition), ended(survey.edition))

    overview = survey_overview(survey.edition, in_role(survey.edition, EditionRole.FACILITATOR), NOW)

    assert overview.asked == 3
    assert [(line.is_asked, line.handed_in, line.sessions_answered) for line in overview.lines] == [
        (True, 1, 0),
        (True, 1, 1),
    ]


@pytest.mark.parametrize(
    "broken", [{"opens_at": None}, {"days_open": 0}, {"subject": "sessions"}, {"days_open": 366}]
)
def test_the_database_refuses_surveys_that_cannot_be(survey, broken):
    with pytest.raises(IntegrityError), transaction.atomic():
        Survey.objects.update(**broken)


# Pages


def page(survey, name="survey", *more):
    return reverse(f"admissions:{name}", args=[survey.edition.slug, *more])


def test_a_participant_answers_by_account(survey):
    client = client_of(EditionMemberFactory(edition=survey.edition, participant=True).person)
    assert "1 short survey waits for you" in client.get(page(survey, "surveys")).text
    address = page(survey, "survey", survey.pk)

    asked = client.get(address)
    wrong = client.post(address, {"q-useful": ""})
    right = client.post(address, {"q-useful": "5"}, follow=True)

    assert (asked.status_code, wrong.status_code, right.status_code) == (200, 422, 200)
    assert "Thank you, your answers have arrived" in right.text
    assert "You have answered everything" in client.get(page(survey, "surveys")).text


def test_a_participant_gives_their_name_where_they_wish_to(survey):
    chosen = SurveyFactory(
        edition=survey.edition, questionnaire=survey_form(survey.edition, anonymous=False, chosen=True)
    )
    place = ParticipationFactory(edition=survey.edition)
    EditionMemberFactory(edition=survey.edition, person=place.person, participant=True)

    client_of(place.person).post(page(chosen, "survey", chosen.pk), {"q-useful": "5", "with_name": "yes"})

    assert Response.objects.get().respondent == f"participation:{place.pk}"


def test_a_participant_answers_by_the_link_of_the_place():
    survey = SurveyFactory(sessions=True)
    session = ended(survey.edition)
    place = ParticipationFactory(edition=survey.edition, linked=True)
    address = reverse("place:session_survey", args=[token_of(place), survey.pk, session.pk])
    client = Client()

    listed = client.get(reverse("place:surveys", args=[token_of(place)]))
    done = client.post(address, {"q-useful": "5"}, follow=True)

    assert address in listed.text
    assert "Thank you, your answers have arrived" in done.text
    assert Response.objects.get().about == f"session:{session.pk}"


def test_a_link_opens_no_survey_of_another_edition(survey):
    place = ParticipationFactory(linked=True)

    answer = Client().get(reverse("place:survey", args=[token_of(place), survey.pk]))

    assert answer.status_code == 404


def test_who_takes_no_part_is_told_that_nothing_is_open(survey):
    client = client_of(EditionMemberFactory(edition=survey.edition, role=EditionRole.SPEAKER).person)
    address = page(survey, "survey", survey.pk)

    assert "This survey is not open" in client.get(address).text
    client.post(address, {"q-useful": "5"})
    assert not Response.objects.exists()


@pytest.mark.parametrize(("who", "status"), [("visitor", 302), ("outsider", 403)])
def test_others_do_not_come_in(survey, who, status):
    client = Client() if who == "visitor" else client_of(PersonFactory())

    pages = [
        page(survey, "surveys"),
        page(survey, "survey", survey.pk),
        page(survey, "desk_surveys"),
        page(survey, "desk_survey", survey.pk),
        page(survey, "desk_survey_invitations", survey.pk),
    ]

    assert {client.get(address).status_code for address in pages} == {status}


def test_the_desk_sets_up_and_invites(survey):
    form = survey_form(survey.edition)
    director = client_of(EditionMemberFactory(edition=survey.edition, director=True).person)
    ParticipationFactory(edition=survey.edition, linked=True)

    director.post(
        page(survey, "desk_survey_new"), {"questionnaire": form.pk, "subject": "sessions", "days_open": "3"}
    )
    invitations = page(survey, "desk_survey_invitations", survey.pk)
    shown = director.get(invitations)
    director.post(invitations)

    assert Survey.objects.get(questionnaire=form).days_open == 3
    assert "1 person would get a mail" in shown.text
    assert OutgoingMail.objects.count() == 1


def test_a_survey_about_the_edition_needs_its_moment(survey):
    director = client_of(EditionMemberFactory(edition=survey.edition, director=True).person)
    form = survey_form(survey.edition)

    answer = director.post(
        page(survey, "desk_survey_new"), {"questionnaire": form.pk, "subject": "edition", "days_open": "3"}
    )

    assert answer.status_code == 422
    assert "Say from when people are asked about the edition." in answer.text


def test_a_facilitator_reads_and_does_not_change(survey):
    client = client_of(EditionMemberFactory(edition=survey.edition, role=EditionRole.FACILITATOR).person)

    assert client.get(page(survey, "desk_surveys")).status_code == 200
    assert client.get(page(survey, "desk_survey", survey.pk)).status_code == 403
    assert client.post(page(survey, "desk_survey_deletion", survey.pk)).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_the_desk_asks_the_same_whatever_the_length(survey, django_assert_num_queries, count):
    client = client_of(EditionMemberFactory(edition=survey.edition, director=True).person)
    for _ in range(count):
        SurveyFactory(edition=survey.edition, sessions=True)
        ended(survey.edition)
    client.get(page(survey, "desk_surveys"))

    with django_assert_num_queries(8):
        client.get(page(survey, "desk_surveys"))
