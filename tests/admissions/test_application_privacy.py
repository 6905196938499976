"""What applications and reviews tell a person about themselves, and what is left when the person is gone."""

import pytest

from filiera.accounts.actions import erase_person
from filiera.admissions.models import AccessCode, Application, Remark, Review, Score
from filiera.admissions.receivers.applications import own_applications
from tests.accounts.factories import PersonFactory, viewer_of
from tests.admissions.factories import (
    CLOSES,
    AccessCodeFactory,
    ApplicationFactory,
    RemarkFactory,
    ReviewFactory,
    ScoreFactory,
)

pytestmark = pytest.mark.django_db


def erase(person):
    erase_person(person=person, by=viewer_of(person), at=CLOSES)


def test_the_archive_tells_what_one_filed_judged_and_said():
    person = PersonFactory(name="Ana Silva")
    filed = ApplicationFactory(filed_by=person)
    review = ReviewFactory(reviewer=person, given=True, comment="Good")
    RemarkFactory(author=person, text="Late")

    told = own_applications(person)

    assert [row["number"] for row in told["applications"]] == [filed.number]
    assert [row["comment"] for row in told["reviews"]] == [review.comment]
    assert [row["text"] for row in told["remarks"]] == ["Late"]


def test_an_erased_candidate_leaves_a_count_and_no_words():
    person = PersonFactory(name="Ana Silva", email="ana@example.org")
    ApplicationFactory(
        filed_by=person, candidate_name="Ana Silva", candidate_email="Ana@example.org", gender="woman",
        challenge="My own story", candidate_position="Director",
    )  # fmt: skip
    ApplicationFactory(filed_by=person, draft=True)
    AccessCodeFactory(email="ana@example.org", note="For Ana")

    erase(person)

    [left] = Application.objects.all()
    assert (left.state, left.filed_by, left.candidate) == ("submitted", None, None)
    assert left.organisation is not None
    assert {
        left.candidate_name, left.candidate_email, left.candidate_position, left.gender, left.challenge,
        left.challenge_title,
    } == {""}  # fmt: skip
    assert list(AccessCode.objects.values_list("email", "note")) == [("", "")]


def test_an_erased_reviewer_leaves_scores_and_no_words():
    person = PersonFactory()
    given = ReviewFactory(reviewer=person, given=True, comment="Good")
    ScoreFactory(review=given)
    ReviewFactory(reviewer=person)
    RemarkFactory(author=person)

    erase(person)

    assert list(Review.objects.values_list("reviewer", "comment")) == [(None, "")]
    assert (Score.objects.count(), Remark.objects.count()) == (1, 0)


def test_somebody_who_filed_for_another_leaves_the_candidate():
    person = PersonFactory()
    ApplicationFactory(filed_by=person, candidate_name="Bruno", candidate_email="bruno@example.org")

    erase(person)

    assert list(Application.objects.values_list("filed_by", "candidate_name")) == [(None, "Bruno")]
