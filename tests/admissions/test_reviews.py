"""Reviewing: who gets what, conflicts of interest, blind reading, scores, discussion, comparison."""

from collections import Counter
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from filiera.academy.models import EditionRole
from filiera.admissions.actions import reviews as actions
from filiera.admissions.models import Criterion, Remark, Review, ReviewState, Score
from filiera.admissions.purposes import application_seen_from, workspace_of
from filiera.admissions.queries.reviews import reviewer_lines, spread_lines
from filiera.questionnaires.models import Audience
from filiera.questionnaires.purposes import purpose_of
from filiera.reference.models import Country
from tests.academy.factories import EditionMemberFactory
from tests.academy.viewers import client_of, viewer_in
from tests.accounts.factories import PersonFactory
from tests.admissions.factories import (
    CLOSES,
    ApplicationFactory,
    CallFactory,
    CriterionFactory,
    HostOfferFactory,
    RemarkFactory,
    ReviewFactory,
    ScoreFactory,
)
from tests.organisations.factories import OrganisationFactory, PositionFactory

pytestmark = pytest.mark.django_db
AT = CLOSES + timedelta(days=1)


@pytest.fixture
def call(edition):
    call = CallFactory(edition=edition)
    CriterionFactory(call=call, name={"en": "Need"}, weight=3)
    CriterionFactory(call=call, name={"en": "Will"}, weight=1)
    return call


def reviewer_of(edition, **person):
    return EditionMemberFactory(edition=edition, role=EditionRole.REVIEWER, person=PersonFactory(**person))


@pytest.fixture
def reviewer(edition):
    return viewer_in(reviewer_of(edition, name="Jan"))


@pytest.fixture
def reviewer_client(reviewer):
    return client_of(reviewer.person)


def country_italy():
    return Country.objects.get_or_create(code="IT", defaults={"alpha3": "ITA", "names": {"en": "Italy"}})[0]


def pairs():
    return set(Review.objects.standing().values_list("application", "reviewer"))


def scores_for(call, *values):
    return dict(zip(call.criteria.order_by("position").values_list("pk", flat=True), values, strict=True))


def test_reviews_are_spread_evenly_and_a_second_time_only_fills(call, director):
    for _ in range(3):
        reviewer_of(call.edition)
    ApplicationFactory.create_batch(7, call=call)

    report = actions.assign_reviews(call=call, by=director, at=AT)
    loads = Counter(reviewer for _application, reviewer in pairs())
    again = actions.assign_reviews(call=call, by=director, at=AT)

    assert (report.assigned, report.lacking, again.assigned) == (14, 0, 0)
    assert sorted(loads.values()) == [4, 5, 5]


def test_nobody_reviews_their_own_organisation_themselves_or_their_country(call, director):
    italy, _made = Country.objects.get_or_create(
        code="IT", defaults={"alpha3": "ITA", "names": {"en": "Italy"}}
    )
    call.conflict_by_country, call.reviews_per_application = True, 1
    call.save()
    own = PositionFactory().organisation
    of_organisation = EditionMemberFactory(
        edition=call.edition, role=EditionRole.REVIEWER, person=own.positions.get().person
    ).person
    of_country = reviewer_of(call.edition, country="IT").person
    named = reviewer_of(call.edition, email="bruno@example.org").person
    first = ApplicationFactory(call=call, organisation=own, country=italy)
    second = ApplicationFactory(call=call, candidate_email="Bruno@example.org", country=italy)
    third = ApplicationFactory(
        call=call, organisation=None, organisation_name=own.name, candidate_email="bruno@example.org"
    )

    actions.assign_reviews(call=call, by=director, at=AT)

    assert pairs() == {(first.pk, named.pk), (second.pk, of_organisation.pk), (third.pk, of_country.pk)}


def test_what_nobody_can_take_is_told(call, director):
    reviewer_of(call.edition)
    ApplicationFactory.create_batch(2, call=call)

    report = actions.assign_reviews(call=call, by=director, at=AT)

    assert (report.assigned, report.lacking) == (2, 2)


def test_without_criteria_or_reviewers_nothing_is_assigned(call, director):
    with pytest.raises(actions.NoReviewers):
        actions.assign_reviews(call=call, by=director, at=AT)
    Criterion.objects.all().delete()
    with pytest.raises(actions.NoCriteria):
        actions.assign_reviews(call=call, by=director, at=AT)


def test_a_declared_conflict_hands_the_application_on(call, director, reviewer):
    other = reviewer_of(call.edition).person
    review = ReviewFactory(application=ApplicationFactory(call=call), reviewer=reviewer.person, given=True)
    ScoreFactory(review=review, criterion=call.criteria.first())
    call.reviews_per_application = 1
    call.save()

    report = actions.declare_conflict(review=review, note="My former boss", by=reviewer, at=AT)
    review.refresh_from_db()
    again = actions.assign_reviews(call=call, by=director, at=AT)

    assert (report.assigned, review.state, Score.objects.count()) == (1, ReviewState.CONFLICT, 0)
    assert pairs() == {(review.application_id, other.pk)}
    assert again.assigned == 0
    with pytest.raises(actions.ReviewIsOver):
        actions.declare_conflict(review=review, note="", by=reviewer, at=AT)


def test_a_review_is_given_and_given_anew(call, reviewer):
    review = ReviewFactory(application=ApplicationFactory(call=call), reviewer=reviewer.person)
    for values in ((5, 1), (4, 2)):
        actions.give_review(
            review=review, scores=scores_for(call, *values), comment="Good", by=reviewer, at=AT
        )

    review.refresh_from_db()
    assert (review.state, review.given_at, review.comment) == (ReviewState.GIVEN, AT, "Good")
    assert sorted(review.scores.values_list("value", flat=True)) == [2, 4]


def test_a_score_is_given_by_every_criterion_and_on_its_scale(call, reviewer):
    review = ReviewFactory(application=ApplicationFactory(call=call), reviewer=reviewer.person)
    first = call.criteria.first()

    with pytest.raises(actions.ScoreMissing):
        actions.give_review(review=review, scores={first.pk: 3}, comment="", by=reviewer, at=AT)
    with pytest.raises(actions.ScoreOutsideScale):
        actions.give_review(review=review, scores=scores_for(call, 6, 1), comment="", by=reviewer, at=AT)


def test_a_review_belongs_to_its_reviewer(call, reviewer, director):
    review = ReviewFactory(application=ApplicationFactory(call=call))

    for other in (reviewer, director):
        with pytest.raises(PermissionDenied):
            actions.give_review(review=review, scores=scores_for(call, 3, 3), comment="", by=other, at=AT)


def test_a_used_criterion_keeps_its_scale_and_no_new_one_joins(call, director, reviewer):
    review = ReviewFactory(application=ApplicationFactory(call=call), reviewer=reviewer.person)
    actions.give_review(review=review, scores=scores_for(call, 3, 3), comment="", by=reviewer, at=AT)
    criterion = call.criteria.first()
    details = {"name": {"en": "Need"}, "guidance": {}, "weight": 5, "lowest": 1, "highest": 5}

    def save(existing, **changes):
        return actions.save_criterion(
            call=call,
            criterion=existing,
            details=actions.CriterionDetails(**{**details, **changes}),
            by=director,
            at=AT,
        )

    assert save(criterion).weight == 5
    with pytest.raises(actions.ScaleIsUsed):
        save(criterion, highest=7)
    with pytest.raises(actions.ReviewsHaveBegun):
        save(None)
    with pytest.raises(actions.ScaleDoesNotRise):
        save(criterion, highest=1)
    with pytest.raises(actions.CriterionIsUsed):
        actions.delete_criterion(criterion=criterion, by=director, at=AT)


def test_the_discussion_comes_after_ones_own_score(call, reviewer):
    review = ReviewFactory(application=ApplicationFactory(call=call), reviewer=reviewer.person)
    RemarkFactory(application=review.application)

    assert not Remark.objects.visible_to(reviewer).exists()
    with pytest.raises(actions.OwnScoreFirst):
        actions.write_remark(application=review.application, text="So?", by=reviewer, at=AT)
    actions.give_review(review=review, scores=scores_for(call, 3, 3), comment="", by=reviewer, at=AT)
    actions.write_remark(application=review.application, text="So?", by=reviewer, at=AT)

    assert Remark.objects.visible_to(reviewer).count() == 2


def test_others_do_not_discuss(call, member):
    with pytest.raises(PermissionDenied):
        actions.write_remark(application=ApplicationFactory(call=call), text="Hello", by=member, at=AT)


def give(call, application, person, *values):
    review = ReviewFactory(application=application, reviewer=person, given=True)
    for criterion, value in zip(call.criteria.order_by("position"), values, strict=True):
        ScoreFactory(review=review, criterion=criterion, value=value)


def test_reviewers_are_compared_on_the_same_applications(call):
    strict, mild = reviewer_of(call.edition, name="A strict"), reviewer_of(call.edition, name="B mild")
    first, second = ApplicationFactory.create_batch(2, call=call)
    give(call, first, strict.person, 1, 1)
    give(call, first, mild.person, 5, 5)
    give(call, second, mild.person, 3, 3)

    lines = reviewer_lines(call)
    apart = spread_lines(call, most=5)

    assert [(line.mean, line.spread, line.against_others) for line in lines] == [
        (0.0, None, -100.0),
        (75.0, 25.0, 100.0),
    ]
    assert [(line.application, line.score, line.spread) for line in apart] == [(first, 50.0, 100.0)]


def address(name, edition, *keys):
    return reverse(f"admissions:{name}", args=[edition.slug, *keys])


def test_a_reviewer_scores_one_after_the_other(reviewer_client, reviewer, call):
    first, second = (
        ReviewFactory(application=ApplicationFactory(call=call), reviewer=reviewer.person) for _ in range(2)
    )
    values = {f"criterion_{key}": value for key, value in scores_for(call, 4, 2).items()}

    refused = reviewer_client.post(address("review", call.edition, first.pk), {"comment": "Typed already"})
    onwards = reviewer_client.post(address("review", call.edition, first.pk), values)
    done = reviewer_client.post(address("review", call.edition, second.pk), values)

    assert (refused.status_code, b"Typed already" in refused.content) == (422, True)
    assert onwards.url == address("review", call.edition, second.pk)
    assert done.url == address("reviews", call.edition)
    assert Review.objects.given().count() == 2


SECRETS = ["Bruno Rossi", "bruno@example.org", "Agrocluster", "agrocluster", "Director of it", "Italy"]


def test_a_blind_review_names_nobody(reviewer_client, reviewer, call):
    italy, _made = Country.objects.get_or_create(
        code="IT", defaults={"alpha3": "ITA", "names": {"en": "Italy"}}
    )
    call.is_review_blind = True
    call.save()
    application = ApplicationFactory(
        call=call, candidate_name="Bruno Rossi", candidate_email="bruno@example.org",
        organisation=OrganisationFactory(name="Agrocluster", slug="agrocluster"), country=italy,
        candidate_position="Director of it", challenge="Our members are silent.",
    )  # fmt: skip
    review = ReviewFactory(application=application, reviewer=reviewer.person)

    pages = [
        reviewer_client.get(address("reviews", call.edition)).content.decode(),
        reviewer_client.get(address("review", call.edition, review.pk)).content.decode(),
    ]

    assert [secret for secret in SECRETS for page in pages if secret in page] == []
    assert "Our members are silent." in pages[1]
    assert reviewer_client.get(address("application", call.edition, application.pk)).status_code == 404


def test_an_open_review_names_everybody(reviewer_client, reviewer, call):
    review = ReviewFactory(
        application=ApplicationFactory(call=call, candidate_name="Bruno Rossi"), reviewer=reviewer.person
    )

    page = reviewer_client.get(address("review", call.edition, review.pk)).content.decode()

    assert "Bruno Rossi" in page


def test_files_are_closed_to_reviewers_of_a_blind_call(call, reviewer, director):
    where = workspace_of(call.edition_id)
    readers = purpose_of("admissions.application").read_in
    call.is_review_blind = True
    call.save()

    seen = [application_seen_from(viewer, where) for viewer in (reviewer, director)]

    assert [where in readers(viewer, Audience.REVIEWERS) for viewer in seen] == [False, True]


def test_a_reviewer_sees_no_review_of_another(reviewer_client, call):
    other = ReviewFactory(application=ApplicationFactory(call=call))

    for name in ("review", "review_conflict", "review_remark"):
        send = reviewer_client.get if name == "review" else reviewer_client.post
        assert send(address(name, call.edition, other.pk)).status_code == 404


DESK = ["desk_reviews", "desk_calibration", "desk_applications", "desk_applications_csv", "desk_offers"]


@pytest.mark.parametrize("name", DESK)
def test_the_desk_of_applications_is_for_those_who_select(
    name, call, director_client, reviewer_client, member_client, outsider_client, client
):
    CallFactory(edition=call.edition, hosts=True)
    statuses = [
        who.get(address(name, call.edition)).status_code
        for who in (director_client, reviewer_client, member_client, outsider_client, client)
    ]

    assert statuses == [200, 403, 403, 403, 302]


def test_the_desk_writes_criteria_assigns_and_compares(director_client, edition):
    CallFactory(edition=edition)
    reviewer_of(edition)
    ApplicationFactory(call=edition.calls.get())
    director_client.post(address("desk_usual_criteria", edition))
    new = {"name_en": "Fit", "weight": "1", "lowest": "0", "highest": "10"}
    made = director_client.post(address("desk_criterion_new", edition), new)
    wrong = director_client.post(
        address("desk_criterion_new", edition), {**new, "lowest": "9", "highest": "2"}
    )
    director_client.post(
        address("desk_review_rules", edition), {"reviews_per_application": "1", "is_review_blind": "on"}
    )
    director_client.post(address("desk_assignment", edition))

    assert (made.status_code, wrong.status_code, Criterion.objects.count()) == (302, 422, 5)
    assert Review.objects.count() == 1
    assert b"0 of 1 reviews are given" in director_client.get(address("desk_reviews", edition)).content


def test_an_application_at_the_desk_shows_reviews_and_takes_remarks(director_client, call):
    application = ApplicationFactory(call=call)
    give(call, application, reviewer_of(call.edition, name="Jan").person, 5, 5)
    page = address("desk_application", call.edition, application.pk)

    said = director_client.post(address("desk_remark", call.edition, application.pk), {"text": "Take it"})
    shown = director_client.get(page).content.decode()

    assert said.status_code == 302
    assert [words for words in ("100.0 of 100 points", "Jan", "Take it") if words not in shown] == []


def test_a_draft_and_an_application_of_another_edition_are_not_at_the_desk(director_client, call):
    for other in (ApplicationFactory(call=call, draft=True), ApplicationFactory()):
        assert director_client.get(address("desk_application", call.edition, other.pk)).status_code == 404


def test_the_list_is_paged_by_number_and_narrowed(director_client, call):
    for number in range(1, 121):
        ApplicationFactory(call=call, number=number, candidate_name="Bruno" if number == 77 else "Ana")
    ApplicationFactory(call=call, draft=True, number=500)
    place = address("desk_applications", call.edition)

    pages = [
        director_client.get(place, query).context["page"]
        for query in ({}, {"after": "50"}, {"before": "101"})
    ]
    found = director_client.get(place, {"q": "bruno", "state": ""}).context["page"]

    assert [[row.number for row in page.applications][::49] for page in pages] == [
        [1, 50],
        [51, 100],
        [51, 100],
    ]
    assert [(page.previous_key, page.next_key) for page in pages] == [(None, 50), (51, 100), (51, 100)]
    assert (pages[0].total, [row.number for row in found.applications]) == (120, [77])


@pytest.mark.parametrize("count", [1, 5])
def test_the_list_asks_as_many_questions_whatever_came_in(
    director_client, call, django_assert_num_queries, count
):
    for _ in range(count):
        application = ApplicationFactory(call=call)
        give(call, application, reviewer_of(call.edition).person, 3, 3)

    with django_assert_num_queries(10):
        director_client.get(address("desk_applications", call.edition))


@pytest.mark.parametrize("count", [1, 5])
def test_the_reviews_at_the_desk_ask_as_many_questions(
    director_client, call, django_assert_num_queries, count
):
    for _ in range(count):
        give(call, ApplicationFactory(call=call), reviewer_of(call.edition).person, 3, 3)

    with django_assert_num_queries(11):
        director_client.get(address("desk_reviews", call.edition))


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_list_is_taken_along_as_a_table(director_client, call, form):
    ApplicationFactory(call=call, candidate_name="=1+1")

    table = director_client.get(address(f"desk_applications_{form}", call.edition))

    assert table.status_code == 200
    assert "attachment" in table["Content-Disposition"]
    if form == "csv":
        assert "'=1+1" in table.content.decode("utf-8-sig")


def test_offers_to_host_have_their_own_list(director_client, edition):
    offer = HostOfferFactory(application__call__edition=edition, city="Torino", venue_name="Lingotto")

    listed = director_client.get(address("desk_offers", edition)).content.decode()
    page = director_client.get(address("desk_application", edition, offer.application_id)).content.decode()

    assert "1 offer to host" in listed
    assert "Lingotto" in page
