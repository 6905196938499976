"""Applications: begun, kept, sent, changed, taken back; and everything that may go wrong on the way."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from filiera.accounts.viewer import VISITOR, Viewer
from filiera.admissions.actions import applications as actions
from filiera.admissions.actions.calls import take_packaged_questions
from filiera.admissions.actions.codes import CodeNotKnown
from filiera.admissions.models import GRACE, AccessCode, Application, ApplicationState, ParticipationState
from filiera.admissions.queries.application_steps import way_of
from filiera.admissions.queries.applications import flags_of, progress_of
from filiera.admissions.steps import ApplyingOrganisation, Candidate, Challenge, Offer, Profile, mark_of
from filiera.ledger.models import Fact
from filiera.mail.models import OutgoingMail
from filiera.questionnaires.actions.answering import AnswersMissing
from filiera.questionnaires.models import Response
from filiera.reference.models import Country
from tests.accounts.factories import PersonFactory
from tests.admissions.factories import (
    CLOSES,
    OPENS,
    AccessCodeFactory,
    ApplicationFactory,
    CallFactory,
    ParticipationFactory,
)
from tests.organisations.factories import OrganisationFactory

pytestmark = pytest.mark.django_db

WHILE, AFTER = OPENS + timedelta(days=10), CLOSES + timedelta(hours=1)


@pytest.fixture
def call(edition):
    return CallFactory(edition=edition, most_per_organisation=2)


@pytest.fixture
def applicant(db):
    return Viewer(person=PersonFactory(name="Ana Silva", email="ana@example.org"))


@pytest.fixture
def organisation(db):
    return OrganisationFactory(name="Agrocluster")


def begin(call, by, organisation=None, at=WHILE, code="", **written):
    values = ApplyingOrganisation(organisation=organisation, **written)
    return actions.begin_application(call=call, values=values, code=code, language="it", by=by, at=at)


def keep(application, values, by, at=WHILE, seen=None):
    seen = mark_of(application, type(values)) if seen is None else seen
    return actions.keep_step(application=application, values=values, seen=seen, by=by, at=at)


def fill(application, by, at=WHILE, **candidate):
    country, _made = Country.objects.get_or_create(
        code="IT", defaults={"alpha3": "ITA", "names": {"en": "Italy"}}
    )
    keep(application, Profile(country=country, languages=["it"], maturity="mature"), by, at)
    keep(application, Challenge(challenge_title="Silent members", challenge="They do not answer."), by, at)
    if candidate:
        keep(application, Candidate(**candidate), by, at)
    return Application.objects.get(pk=application.pk)


def send(application, by, at=WHILE):
    return actions.submit_application(application=application, by=by, at=at)


def sent(call, by, organisation, **candidate):
    return send(fill(begin(call, by, organisation), by, **candidate), by)


def test_an_application_is_begun_filled_and_sent(call, applicant, organisation):
    application = sent(
        call, applicant, organisation, candidate_name="Bruno", candidate_email="bruno@example.org"
    )

    fact = Fact.objects.get(kind="application.submitted")
    mail = OutgoingMail.objects.get(key=f"admissions.received:{application.pk}")
    assert (application.state, application.number, application.submitted_at) == ("submitted", 1, WHILE)
    assert (fact.organisation, fact.counterpart, fact.quantity) == (organisation, call.edition.organiser, 1)
    assert (mail.to_address, mail.language) == ("ana@example.org", "it")


def test_pressing_twice_sends_once(call, applicant, organisation):
    application = sent(call, applicant, organisation)
    send(application, applicant, WHILE + timedelta(seconds=1))

    assert Fact.objects.filter(kind="application.submitted").count() == 1
    assert OutgoingMail.objects.filter(key__startswith="admissions.received").count() == 1


def test_pressing_twice_begins_one_draft(call, applicant, organisation):
    first, second = begin(call, applicant, organisation), begin(call, applicant, organisation)

    assert first == second


def test_numbers_are_counted_up(call, applicant, organisation):
    numbers = [
        begin(call, applicant, organisation_name=f"New {name}", organisation_kind="cluster").number
        for name in "ABC"
    ]

    assert numbers == [1, 2, 3]


def test_a_visitor_begins_nothing(call, organisation):
    with pytest.raises(PermissionDenied):
        begin(call, VISITOR, organisation)


@pytest.mark.parametrize("at", [OPENS - timedelta(seconds=1), CLOSES])
def test_outside_its_time_nothing_is_begun(call, applicant, organisation, at):
    with pytest.raises(actions.CallTakesNoApplications):
        begin(call, applicant, organisation, at=at)


def test_only_whoever_filed_it_writes(call, applicant, organisation, director):
    application = begin(call, applicant, organisation)

    for other in (director, Viewer(person=PersonFactory())):
        with pytest.raises(PermissionDenied):
            keep(application, Challenge(challenge_title="Mine now"), other)


def test_something_missing_is_named_with_its_step(call, applicant, organisation):
    application = begin(call, applicant, organisation)

    with pytest.raises(actions.ApplicationIncomplete):
        send(application, applicant)
    assert [line.slug for line in way_of(application, applicant).missing] == ["profile", "challenge"]


def test_what_another_window_wrote_is_not_overwritten_unseen(call, applicant, organisation):
    application = begin(call, applicant, organisation)
    before = mark_of(application, Challenge)
    keep(application, Challenge(challenge_title="First window"), applicant)

    with pytest.raises(actions.StepChangedElsewhere):
        keep(application, Challenge(challenge_title="Second window"), applicant, seen=before)
    application.refresh_from_db()
    assert application.challenge_title == "First window"


def test_two_windows_on_two_steps_do_not_disturb_each_other(call, applicant, organisation):
    application = begin(call, applicant, organisation)
    before = mark_of(application, Candidate)
    keep(application, Challenge(challenge_title="First window"), applicant)

    kept = keep(application, Candidate(candidate_name="Bruno"), applicant, seen=before)

    assert (kept.challenge_title, kept.candidate_name) == ("First window", "Bruno")


def test_a_sent_application_is_changed_until_the_closing_and_counts_once(call, applicant, organisation):
    application = sent(call, applicant, organisation)

    keep(application, Challenge(challenge_title="Better", challenge="Told anew."), applicant)

    application.refresh_from_db()
    assert (application.state, application.challenge_title) == ("submitted", "Better")
    assert Fact.objects.filter(kind="application.submitted").count() == 1


@pytest.mark.parametrize(("late", "is_taken"), [(timedelta(0), True), (GRACE, False)])
def test_typing_over_the_closing_has_a_short_grace(call, applicant, organisation, late, is_taken):
    application = fill(begin(call, applicant, organisation), applicant)
    values = Challenge(challenge_title="In the last minute", challenge="Typed.")

    if is_taken:
        keep(application, values, applicant, at=CLOSES + late)
        assert send(application, applicant, CLOSES + late).state == ApplicationState.SUBMITTED
    else:
        with pytest.raises(actions.CallTakesNoApplications, match="closed on"):
            keep(application, values, applicant, at=CLOSES + late)
        application.refresh_from_db()
        assert application.challenge_title == "Silent members"


def test_an_organisation_sends_as_many_as_the_call_allows(call, applicant, organisation):
    for name in ("Bruno", "Carla"):
        sent(call, applicant, organisation, candidate_name=name, candidate_email=f"{name}@example.org")
    third = begin_besides(call, applicant, organisation)

    with pytest.raises(actions.OrganisationHasEnough, match="Agrocluster has sent 2"):
        send(third, applicant)


def begin_besides(call, by, organisation):
    """A draft that was begun before the others were sent."""
    return fill(
        ApplicationFactory(call=call, draft=True, filed_by=by.person, organisation=organisation, number=99),
        by,
    )


def test_a_written_name_counts_with_the_organisation_of_that_name(call, applicant, organisation):
    for name in ("Bruno", "Carla"):
        sent(call, applicant, organisation, candidate_name=name, candidate_email=f"{name}@example.org")

    with pytest.raises(actions.OrganisationHasEnough):
        begin(call, applicant, organisation_name="agrocluster", organisation_kind="cluster")


def test_a_person_is_proposed_once_by_an_organisation(call, applicant, organisation):
    sent(call, applicant, organisation, candidate_name="Bruno", candidate_email="bruno@example.org")
    second = fill(
        begin_besides(call, applicant, organisation),
        applicant,
        candidate_name="Bruno",
        candidate_email="Bruno@Example.org",
    )

    with pytest.raises(actions.CandidateAlreadyProposed, match="application 1"):
        send(second, applicant)


def test_a_person_in_two_organisations_is_flagged_for_the_desk(call, applicant, organisation):
    who = {"candidate_name": "Bruno", "candidate_email": "bruno@example.org"}
    first = sent(call, applicant, organisation, **who)
    second = sent(call, applicant, OrganisationFactory(), **who)

    assert flags_of(second, WHILE) == [
        f"The same person is proposed in application {first.number}.",
        "Filed by somebody who is not in the organisation's team here.",
    ]


def test_two_accounts_of_one_person_are_flagged(call, applicant, organisation):
    sent(call, applicant, organisation, candidate_name="Bruno", candidate_email="bruno@example.org")
    other = Viewer(person=PersonFactory())
    second = sent(
        call, other, None or OrganisationFactory(), candidate_name="BRUNO", candidate_email="b@mail.org"
    )

    assert "Somebody of the same name is proposed in application 1 with another address." in flags_of(
        second, WHILE
    )


def test_an_organisation_that_has_ended_does_not_apply(call, applicant):
    ended = OrganisationFactory(closed_on=date(2023, 1, 31))

    with pytest.raises(actions.OrganisationHasEnded):
        begin(call, applicant, ended)


def test_an_organisation_that_ends_before_sending_is_told(call, applicant, organisation):
    application = fill(begin(call, applicant, organisation), applicant)
    organisation.closed_on = WHILE.date()
    organisation.save()

    with pytest.raises(actions.OrganisationHasEnded):
        send(application, applicant)


def test_the_organisation_of_a_sent_application_stays(call, applicant, organisation):
    application = sent(call, applicant, organisation)

    with pytest.raises(actions.OrganisationIsSettled):
        actions.change_organisation(
            application=application,
            values=ApplyingOrganisation(organisation_name="Another", organisation_kind="cluster"),
            by=applicant,
            at=WHILE,
        )


def test_withdrawing_reverses_the_fact_and_ends_the_application(call, applicant, organisation):
    application = sent(call, applicant, organisation)
    withdrawn = actions.withdraw_application(application=application, by=applicant, at=AFTER)

    assert withdrawn.state == ApplicationState.WITHDRAWN
    assert sum(fact.quantity for fact in Fact.objects.filter(kind="application.submitted")) == 0
    with pytest.raises(actions.ApplicationNotSent):
        actions.withdraw_application(application=application, by=applicant, at=AFTER)
    with pytest.raises(actions.ApplicationIsWithdrawn):
        keep(application, Challenge(challenge_title="Again"), applicant)


def test_an_application_with_a_place_is_not_withdrawn(call, applicant, organisation):
    application = sent(call, applicant, organisation)
    ParticipationFactory(edition=call.edition, application=application)

    with pytest.raises(actions.ApplicationHasPlace):
        actions.withdraw_application(application=application, by=applicant, at=AFTER)


def test_a_draft_is_discarded_with_its_answers_and_a_sent_one_is_not(call, applicant, organisation, director):
    take_packaged_questions(call=call, by=director, at=WHILE)
    draft = begin(call, applicant, organisation)
    actions.keep_answers(application=draft, answers={"experience": 3}, by=applicant, at=WHILE)
    actions.discard_draft(application=draft, by=applicant, at=WHILE)

    assert (Application.objects.count(), Response.objects.count()) == (0, 0)
    with pytest.raises(actions.ApplicationWasSent):
        actions.discard_draft(
            application=ApplicationFactory(call=call, filed_by=applicant.person), by=applicant, at=WHILE
        )


def test_the_calls_own_questions_are_needed_before_sending(call, applicant, organisation, director):
    take_packaged_questions(call=call, by=director, at=WHILE)
    application = fill(begin(call, applicant, organisation), applicant)

    with pytest.raises(AnswersMissing):
        send(application, applicant)
    answers = {
        "members": "100-299", "experience": 4, "expectations": "A plan", "practice": False, "days": True,
        "consent": True,
    }  # fmt: skip
    actions.keep_answers(application=application, answers=answers, by=applicant, at=WHILE)
    application.refresh_from_db()

    assert way_of(application, applicant).missing == []
    assert send(application, applicant).answers.is_submitted


def test_a_code_lets_somebody_in_after_the_closing(call, applicant, organisation):
    code = AccessCodeFactory(call=call)
    application = fill(begin(call, applicant, organisation, at=AFTER, code=code.code), applicant, AFTER)
    send(application, applicant, AFTER)

    with pytest.raises(CodeNotKnown):
        begin(call, applicant, OrganisationFactory(), at=AFTER, code=code.code)
    actions.withdraw_application(application=application, by=applicant, at=AFTER)
    assert AccessCode.objects.get().uses == 0


def test_a_draft_that_was_late_is_finished_by_a_code(call, applicant, organisation):
    application = fill(begin(call, applicant, organisation), applicant)
    code = AccessCodeFactory(call=call)

    actions.let_in_by_code(application=application, code=code.code, by=applicant, at=AFTER)
    application.refresh_from_db()

    assert send(application, applicant, AFTER).state == ApplicationState.SUBMITTED


def test_a_call_by_invitation_asks_for_the_code(call, applicant, organisation):
    call.by_invitation = True
    call.save()

    with pytest.raises(actions.CallIsByInvitation):
        begin(call, applicant, organisation)
    code = AccessCodeFactory(call=call)
    assert begin(call, applicant, organisation, code=code.code).access_code == code


def test_drafts_have_a_limit(call, applicant):
    for number in range(actions.MOST_DRAFTS):
        ApplicationFactory(call=call, draft=True, filed_by=applicant.person, number=500 + number)

    with pytest.raises(actions.TooManyDrafts):
        begin(call, applicant, OrganisationFactory())


def test_the_candidate_follows_but_does_not_write(call, applicant, organisation):
    candidate = PersonFactory(email="bruno@example.org")
    application = sent(
        call, applicant, organisation, candidate_name="Bruno", candidate_email="bruno@example.org"
    )

    viewer = Viewer(person=candidate)
    assert list(Application.objects.visible_to(viewer)) == [application]
    with pytest.raises(PermissionDenied):
        keep(application, Challenge(challenge_title="Mine"), viewer)


def names(application):
    return [(str(stage.name), stage.state) for stage in progress_of(application)]


def test_the_thread_tells_where_an_application_stands(call, applicant, organisation):
    application = begin(call, applicant, organisation)
    assert names(application)[:2] == [("Draft", "is-now"), ("Submitted", "is-later")]

    application = send(fill(application, applicant), applicant)
    place = ParticipationFactory(edition=call.edition, application=application, selected=True)
    assert names(application)[1:3] == [("Submitted", "is-now"), ("Selected", "is-later")]

    place.state, place.offered_at, place.respond_by = ParticipationState.OFFERED, AFTER, AFTER + GRACE
    place.save()
    assert names(application)[1:3] == [("Submitted", "is-done"), ("Selected", "is-now")]

    place.state, place.confirmed_at = ParticipationState.CONFIRMED, AFTER
    place.save()
    assert names(application)[2:] == [
        ("Selected", "is-done"),
        ("Confirmed", "is-now"),
        ("Present", "is-later"),
    ]


def test_an_offer_to_host_has_its_own_steps(edition, applicant, organisation):
    call = CallFactory(edition=edition, hosts=True)
    application = begin(call, applicant, organisation)
    keep(application, Offer(offer="Three laboratories"), applicant)

    way = way_of(Application.objects.get(pk=application.pk), applicant)
    assert [line.slug for line in way.lines] == [
        "organisation", "contact", "venue", "dates", "offer", "sending",
    ]  # fmt: skip
    assert [line.slug for line in way.missing] == ["contact", "venue", "dates"]
