"""What happens at the same moment, with real commits; and a call with ten thousand applications."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.urls import reverse

from filiera.academy.models import EditionRole
from filiera.accounts.viewer import Viewer
from filiera.admissions.actions import applications as actions
from filiera.admissions.actions import reviews
from filiera.admissions.actions.codes import CodeNotKnown
from filiera.admissions.models import AccessCode, Application, Review
from filiera.admissions.queries.reviews import scores_of
from filiera.admissions.steps import ApplyingOrganisation
from filiera.ledger.models import Fact
from tests.academy.factories import EditionMemberFactory
from tests.accounts.factories import PersonFactory
from tests.admissions.factories import (
    OPENS,
    AccessCodeFactory,
    ApplicationFactory,
    CallFactory,
    CriterionFactory,
)
from tests.organisations.factories import OrganisationFactory

WHILE = OPENS + timedelta(days=3)
AT_ONCE = 8


def all_at_once(work, count=AT_ONCE):
    """Run `work(number)` in so many threads that start together; what each answered or refused."""
    gate = threading.Barrier(count)

    def one(number):
        gate.wait()
        try:
            return work(number)
        except Exception as error:
            return type(error).__name__
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def complete_drafts(call, organisation, count=AT_ONCE):
    from filiera.reference.models import Country

    country, _made = Country.objects.get_or_create(
        code="IT", defaults={"alpha3": "ITA", "names": {"en": "Italy"}}
    )
    return [
        ApplicationFactory(
            call=call, draft=True, number=number + 1, organisation=organisation, country=country,
            languages=["it"], maturity="mature", challenge="Told",
        )
        for number in range(count)
    ]  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_an_organisation_sends_no_more_than_allowed_however_many_press_at_once():
    call = CallFactory(most_per_organisation=2)
    drafts = complete_drafts(call, OrganisationFactory())

    def send(number):
        draft = drafts[number]
        actions.submit_application(application=draft, by=Viewer(person=draft.filed_by), at=WHILE)
        return "sent"

    answers = all_at_once(send)

    assert sorted(answers) == ["OrganisationHasEnough"] * (AT_ONCE - 2) + ["sent"] * 2
    assert Application.objects.submitted().count() == 2
    assert Fact.objects.filter(kind="application.submitted").count() == 2


@pytest.mark.django_db(transaction=True)
def test_one_application_sent_from_many_windows_counts_once():
    call = CallFactory()
    [draft] = complete_drafts(call, OrganisationFactory(), 1)

    def send(_number):
        return actions.submit_application(application=draft, by=Viewer(person=draft.filed_by), at=WHILE).state

    assert set(all_at_once(send)) == {"submitted"}
    assert Fact.objects.filter(kind="application.submitted").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_code_for_one_lets_in_one_and_numbers_do_not_repeat():
    call = CallFactory(by_invitation=True)
    code = AccessCodeFactory(call=call, most_uses=3)
    organisation = OrganisationFactory()
    people = PersonFactory.create_batch(AT_ONCE)

    def begin(number):
        return actions.begin_application(
            call=call,
            values=ApplyingOrganisation(organisation=organisation),
            code=code.code,
            language="en",
            by=Viewer(person=people[number]),
            at=WHILE,
        ).number

    answers = all_at_once(begin)

    assert sorted(str(answer) for answer in answers) == ["1", "2", "3", *[CodeNotKnown.__name__] * 5]
    assert AccessCode.objects.get().uses == 3


@pytest.mark.django_db
def test_ten_thousand_applications_are_listed_assigned_and_scored(director, director_client, edition):
    call = CallFactory(edition=edition)
    CriterionFactory(call=call)
    organisations = OrganisationFactory.create_batch(50)
    person = PersonFactory()
    Application.objects.bulk_create(
        [
            Application(
                call=call, number=number, state="submitted", filed_by=person, language="en",
                organisation=organisations[number % 50], candidate_name=f"Candidate {number}",
                candidate_email=f"c{number}@example.org", challenge_title="Silent members",
                created_at=OPENS, changed_at=OPENS, submitted_at=OPENS,
            )
            for number in range(1, 10_001)
        ],
        batch_size=2_000,
    )  # fmt: skip
    for _ in range(20):
        EditionMemberFactory(edition=edition, role=EditionRole.REVIEWER)
    took = {}

    def timed(what, work):
        begun = time.perf_counter()
        answer = work()
        took[what] = time.perf_counter() - begun
        return answer

    place = reverse("admissions:desk_applications", args=[edition.slug])
    report = timed("assign", lambda: reviews.assign_reviews(call=call, by=director, at=WHILE))
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE admissions_review SET state = 'given', given_at = assigned_at; "
            "INSERT INTO admissions_score (review_id, criterion_id, value) "
            "SELECT id, %s, 1 + id %% 5 FROM admissions_review",
            [call.criteria.get().pk],
        )
    scored = timed("scores", lambda: scores_of(call))
    first = timed("first page", lambda: director_client.get(place))
    deep = timed("deep page", lambda: director_client.get(place, {"after": "9900"}))
    found = timed("search", lambda: director_client.get(place, {"q": "Candidate 777", "state": ""}))
    timed("reviews", lambda: director_client.get(reverse("admissions:desk_reviews", args=[edition.slug])))
    loads = {
        person_id: Review.objects.filter(reviewer=person_id).count()
        for person_id in Review.objects.values_list("reviewer", flat=True).distinct()
    }

    assert (report.assigned, set(loads.values()), len(scored)) == (20_000, {1_000}, 10_000)
    assert [len(page.context["lines"]) for page in (first, deep, found)] == [50, 50, 11]
    # Generous, because other work may share the machine; each was far below.
    assert {what: seconds for what, seconds in took.items() if seconds > 15} == {}
