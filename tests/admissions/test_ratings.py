"""Ratings in the ledger: from five people up, once, dated by what was rated, leading to nobody."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from filiera.academy.models import EditionRole
from filiera.accounts.viewer import SYSTEM
from filiera.admissions.actions.ratings import record_ratings
from filiera.admissions.models import AssessmentMoment
from filiera.admissions.queries.assessments import END_LASTS
from filiera.ledger.models import Fact
from tests.academy.factories import EditionFactory, EditionMemberFactory, PartFactory
from tests.academy.viewers import viewer_in
from tests.admissions.factories import ParticipationFactory
from tests.admissions.people_factories import CompetenceItemFactory, SelfAssessmentFactory, SelfRatingFactory
from tests.admissions.survey_factories import SurveyFactory
from tests.admissions.test_surveys import NOW, answer, by_link

pytestmark = pytest.mark.django_db

FIRST, LAST = date(2023, 6, 6), date(2023, 9, 22)


def told(kind):
    return Fact.objects.filter(kind=kind)


def test_answers_of_a_survey_are_recorded_from_five_up_and_once():
    survey = SurveyFactory()
    for useful in (5, 4, 4, 3):
        answer(survey, by_link(survey.edition), useful=useful)
    record_ratings(by=SYSTEM, at=NOW)
    assert not told("feedback.rated").exists()

    answer(survey, by_link(survey.edition), useful=1)
    for _night in range(2):
        record_ratings(by=SYSTEM, at=NOW)

    facts = told("feedback.rated")
    assert sorted(int(fact.quantity) for fact in facts) == [1, 3, 4, 4, 5]
    assert {(fact.organisation, fact.person, fact.subject_type) for fact in facts} == {
        (survey.edition.organiser, None, "questionnaires.question")
    }
    assert len({fact.subject_key for fact in facts}) == 1
    assert {fact.happened_at for fact in facts} == {
        datetime.combine(survey.opens_at.astimezone(UTC).date(), datetime.min.time(), UTC)
    }


def rated(edition, item, moment, levels):
    for level in levels:
        place = ParticipationFactory(edition=edition)
        assessment = SelfAssessmentFactory(participation=place, moment=moment)
        SelfRatingFactory(assessment=assessment, item=item, level=level)


def test_self_assessments_are_recorded_when_nobody_can_change_them_any_more():
    edition = EditionFactory(public=True)
    PartFactory(edition=edition, starts_on=FIRST, ends_on=LAST)
    item = CompetenceItemFactory(edition=edition)
    rated(edition, item, AssessmentMoment.START, (1, 2, 2, 3, 3))
    rated(edition, item, AssessmentMoment.END, (3, 3, 4, 4, 5))
    rated(edition, item, AssessmentMoment.LATER, (5, 5, 5, 5, 5))
    after_end = datetime.combine(LAST + END_LASTS, datetime.min.time(), UTC)

    record_ratings(by=SYSTEM, at=after_end)
    before, after = told("competence.rated_before"), told("competence.rated_after")
    assert (before.count(), after.count()) == (5, 0)
    assert {fact.happened_at.date() for fact in before} == {FIRST}
    for _night in range(2):
        record_ratings(by=SYSTEM, at=after_end + timedelta(days=2))

    assert sorted(int(fact.quantity) for fact in after) == [3, 3, 4, 4, 5]
    assert {(fact.organisation, fact.person, fact.subject_key) for fact in after} == {
        (edition.organiser, None, str(item.pk))
    }
    assert {fact.happened_at.date() for fact in after} == {LAST}


def test_fewer_than_five_are_told_by_nothing():
    edition = EditionFactory(public=True)
    PartFactory(edition=edition, starts_on=FIRST, ends_on=LAST)
    rated(edition, CompetenceItemFactory(edition=edition), AssessmentMoment.START, (1, 2, 3, 4))

    record_ratings(by=SYSTEM, at=NOW)

    assert not Fact.objects.exists()


def test_only_the_platform_itself_records_them():
    edition = EditionFactory(public=True)
    director = viewer_in(EditionMemberFactory(edition=edition, role=EditionRole.DIRECTOR))

    with pytest.raises(PermissionDenied):
        record_ratings(by=director, at=NOW)
