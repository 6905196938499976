"""Trends: rated alone, told in figures that tell about nobody, asked about where opinions lie apart."""

from datetime import timedelta
from itertools import product

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from filiera.academy.models import EditionRole
from filiera.accounts import exports
from filiera.accounts.actions import erase_person
from filiera.accounts.viewer import SYSTEM, VISITOR
from filiera.push.models import Event
from filiera.workshops.actions import trends as actions
from filiera.workshops.models import Scale, Trend, TrendComment, TrendRating
from filiera.workshops.queries.spread import is_far_out, polarisation, spread_of
from filiera.workshops.queries.trend_results import (
    breakdown,
    over_editions,
    result_of,
    scales_asked_about,
)
from filiera.workshops.queries.trends import trend_comments
from tests.academy.factories import NOW, EditionFactory, EditionMemberFactory
from tests.academy.viewers import viewer_in
from tests.admissions.test_people_list import take_part, viewer_at
from tests.reference.factories import CountryFactory
from tests.workshops.trend_factories import TrendCommentFactory, TrendFactory, TrendRatingFactory

LATER = NOW + timedelta(hours=1)
ALL_FOUR = {"impact": 4, "likelihood": 4, "time_to_effect": 2, "readiness": 3}


@pytest.fixture
def edition(db):
    return EditionFactory(public=True)


@pytest.fixture
def leader(edition):
    return viewer_in(EditionMemberFactory(edition=edition, role=EditionRole.FACILITATOR))


@pytest.fixture
def trend(edition):
    return TrendFactory(edition=edition)


def rated(trend, size, *, country=None, **points):
    return [
        TrendRatingFactory(trend=trend, participation=take_part(trend.edition, country=country), **points)
        for _number in range(size)
    ]


def closed(trend):
    return actions.close_trend(trend=trend, by=SYSTEM, at=LATER)


# The measure


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ((0, 0, 8, 0, 0), 0.0),
        ((4, 0, 0, 0, 4), 1.0),
        ((2, 2, 2, 2, 2), 0.6),
        ((0, 5, 5, 0, 0), 0.25),
        ((1, 0, 0, 0, 3), 0.5),
        ((0, 0, 0, 0, 0), 0.0),
    ],
)
def test_polarisation_of_cases_worked_out_by_hand(counts, expected):
    assert polarisation(counts) == pytest.approx(expected)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.integers(1, 5), min_size=2, max_size=40))
def test_polarisation_lies_between_agreement_and_two_camps(points):
    spread = spread_of(points)

    assert 0 <= spread.polarisation <= 1
    assert (spread.polarisation == 0) == (len(set(points)) == 1)
    assert polarisation(spread.counts[::-1]) == pytest.approx(spread.polarisation)
    assert spread.lower <= spread.median <= spread.upper
    assert sum(spread.counts) == len(points)


def test_no_five_opinions_are_further_apart_than_two_camps():
    worst = max(product(range(5), repeat=5), key=polarisation)

    assert (polarisation(worst), worst[1:4], worst[0] - worst[4]) == (1.0, (0, 0, 0), 0)


def test_in_two_camps_both_are_asked_for_their_reasons():
    spread = spread_of([1, 1, 1, 1, 3, 5, 5, 5, 5])

    assert [point for point in range(1, 6) if is_far_out(point, spread)] == [1, 5]


def test_outside_the_quartiles_is_whose_reasons_are_asked_for():
    spread = spread_of([3, 3, 3, 3, 4, 1])

    assert [point for point in range(1, 6) if is_far_out(point, spread)] == [1, 2, 4, 5]


# The database


@pytest.mark.parametrize(
    "values",
    [
        {"impact": 0},
        {"likelihood": 6},
        {"time_to_effect": 9},
        {"readiness": 0},
        {"impact": None},
    ],
)
def test_the_database_keeps_ratings_in_their_scale_and_whole(trend, values):
    with pytest.raises(IntegrityError), transaction.atomic():
        TrendRatingFactory(trend=trend, **values)


def test_the_database_keeps_one_rating_for_a_person_and_a_trend(trend):
    first = TrendRatingFactory(trend=trend)

    with pytest.raises(IntegrityError), transaction.atomic():
        TrendRatingFactory(trend=trend, participation=first.participation)


def test_the_database_keeps_one_code_in_an_edition(trend):
    with pytest.raises(IntegrityError), transaction.atomic():
        TrendFactory(edition=trend.edition, code=trend.code)


@pytest.mark.parametrize("values", [{"state": "draft"}, {"state": "closed"}, {"opened_at": None}])
def test_the_database_keeps_states_and_moments_together(edition, values):
    with pytest.raises(IntegrityError), transaction.atomic():
        TrendFactory(edition=edition, **values)


def test_the_database_keeps_a_removed_comment_empty(trend):
    with pytest.raises(IntegrityError), transaction.atomic():
        TrendCommentFactory(trend=trend, removed_at=NOW)


# Rating


def test_each_touch_is_kept_and_the_fourth_makes_it_count(trend):
    place = take_part(trend.edition)
    said = []
    for scale, point in ALL_FOUR.items():
        rating = actions.rate_trend(
            trend=trend, participation=place, points={scale: point}, by=viewer_at(place), at=NOW
        )
        said.append(rating.completed_at is not None)

    kept = TrendRating.objects.get()
    assert (said, {scale: getattr(kept, scale) for scale in ALL_FOUR}) == (
        [False, False, False, True],
        ALL_FOUR,
    )


def test_a_hall_that_rates_is_told_to_desk_and_screen_alone(trend):
    place = take_part(trend.edition)
    Event.objects.all().delete()

    actions.rate_trend(trend=trend, participation=place, points=ALL_FOUR, by=viewer_at(place), at=NOW)

    assert list(Event.objects.values_list("topic", flat=True)) == [f"ratings:{trend.edition_id}"]


def test_nobody_rates_for_somebody_else(trend):
    place, other = take_part(trend.edition), take_part(trend.edition)

    with pytest.raises(PermissionDenied):
        actions.rate_trend(trend=trend, participation=place, points=ALL_FOUR, by=viewer_at(other), at=NOW)


def test_nobody_rates_the_trends_of_another_edition(trend):
    place = take_part(EditionFactory(public=True))

    with pytest.raises(PermissionDenied):
        actions.rate_trend(trend=trend, participation=place, points=ALL_FOUR, by=viewer_at(place), at=NOW)


@pytest.mark.parametrize("state", ["draft", "closed"])
def test_only_an_open_trend_takes_ratings(edition, state):
    place = take_part(edition)

    with pytest.raises(actions.NotOpenForRatings):
        actions.rate_trend(
            trend=TrendFactory(edition=edition, **{state: True}),
            participation=place,
            points=ALL_FOUR,
            by=viewer_at(place),
            at=NOW,
        )


@pytest.mark.parametrize("points", [{"impact": 6}, {"impact": 0}, {"courage": 3}])
def test_a_point_that_is_on_no_scale_is_refused(trend, points):
    place = take_part(trend.edition)

    with pytest.raises(actions.PointUnknown):
        actions.rate_trend(trend=trend, participation=place, points=points, by=viewer_at(place), at=NOW)


def test_a_rating_is_seen_by_its_person_alone(trend, leader):
    place, other = take_part(trend.edition), take_part(trend.edition)
    TrendRatingFactory(trend=trend, participation=place)

    seen = [
        TrendRating.objects.visible_to(viewer).count()
        for viewer in (viewer_at(place), viewer_at(other), leader, VISITOR)
    ]

    assert seen == [1, 0, 0, 0]


# Results


def test_while_it_is_open_nobody_sees_what_others_say(trend):
    rated(trend, 9)

    assert not result_of(trend).is_shown


@pytest.mark.parametrize(("size", "is_shown"), [(0, False), (4, False), (5, True)])
def test_closed_it_is_shown_from_five_ratings_up(trend, size, is_shown):
    rated(trend, size)

    result = result_of(closed(trend))

    assert (result.answers, result.is_shown) == (size, is_shown)


def test_a_rating_that_is_not_whole_does_not_count(trend):
    rated(trend, 5)
    TrendRatingFactory(trend=trend, impact=None, completed_at=None)

    assert result_of(closed(trend)).answers == 5


def test_opened_again_it_is_shown_only_when_five_have_changed_it(trend, leader):
    ratings = rated(trend, 8)
    closed(trend)
    trend = actions.open_trend(trend=trend, by=leader, at=LATER)
    again = LATER + timedelta(hours=1)
    shown = []
    for rating in ratings[:5]:
        actions.rate_trend(
            trend=trend,
            participation=rating.participation,
            points={"impact": 5},
            by=viewer_at(rating.participation),
            at=again,
        )
        trend = Trend.objects.get(pk=trend.pk)
        trend.state, trend.closed_at = "closed", again
        shown.append(result_of(trend).is_shown)

    assert shown == [False, False, False, False, True]


def test_opened_and_closed_without_a_change_it_is_shown_as_before(trend, leader):
    rated(trend, 5)
    actions.open_trend(trend=closed(trend), by=leader, at=LATER)

    assert result_of(closed(trend)).is_shown


@pytest.mark.parametrize(
    ("italian", "spanish", "told", "hidden"),
    [(5, 5, ["Italia", "Spagna"], 0), (6, 2, [], 8), (4, 4, [], 8), (9, 1, [], 10)],
)
def test_a_part_is_told_only_if_neither_it_nor_the_rest_is_small(trend, italian, spanish, told, hidden):
    rated(trend, italian, country=CountryFactory(code="IT", names={"en": "Italia"}))
    rated(trend, spanish, country=CountryFactory(code="ES", names={"en": "Spagna"}))

    parts = breakdown(closed(trend), by="country")

    assert ([line.name for line in parts.lines], parts.hidden) == (told, hidden)


def test_parts_of_what_is_not_shown_are_not_told_either(trend):
    rated(trend, 9, country=CountryFactory(code="IT"))

    assert breakdown(trend, by="country").lines == []


def test_a_code_leads_over_the_editions_of_its_series(edition, trend, leader):
    earlier = EditionFactory(public=True, series=edition.series)
    other = EditionFactory(public=True)
    for each in (earlier, other):
        rated(closed(TrendFactory(edition=each, code=trend.code)), 5)
    rated(trend, 6)

    lines = over_editions(leader, closed(trend))

    assert sorted(line.answers for line in lines) == [5, 6]


# Reasons


def test_only_who_rated_far_from_the_others_is_asked(trend, leader):
    middle = rated(trend, 6)
    far = rated(trend, 1, impact=5)[0].participation
    trend = actions.ask_outliers(trend=closed(trend), by=leader, at=LATER)

    asked = [scales_asked_about(viewer_at(place), trend) for place in (far, middle[0].participation)]

    assert (asked, scales_asked_about(leader, trend)) == ([[Scale.IMPACT], []], [])


def test_nobody_is_asked_before_results_are_shown(trend, leader):
    rated(trend, 9)

    with pytest.raises(actions.TooFewToAsk):
        actions.ask_outliers(trend=trend, by=leader, at=NOW)


@pytest.mark.parametrize("names_author", [False, True])
def test_reasons_are_told_as_such_only_without_a_name(trend, leader, names_author):
    rated(trend, 6)
    far = rated(trend, 1, impact=5)[0].participation
    trend = actions.ask_outliers(trend=closed(trend), by=leader, at=LATER)

    actions.comment_trend(
        trend=trend, text="It is here.", names_author=names_author, by=viewer_at(far), at=LATER
    )

    line = trend_comments(leader, trend)[0]
    assert (bool(line.name), line.gives_reasons) == (names_author, not names_author)


def test_a_comment_is_taken_away_by_its_author_or_who_leads(trend, leader):
    comment = TrendCommentFactory(trend=trend)
    with pytest.raises(PermissionDenied):
        actions.remove_trend_comment(comment=comment, by=viewer_at(take_part(trend.edition)), at=NOW)

    actions.remove_trend_comment(comment=comment, by=leader, at=NOW)

    comment.refresh_from_db()
    assert (comment.text, comment.removed_at) == ("", NOW)


# The desk


def details(**values):
    return actions.TrendDetails(**{"code": "ai", "title": {"en": "AI"}, "description": {}, **values})


def test_participants_put_up_nothing(edition, trend):
    by = viewer_at(take_part(edition))
    for act in (
        lambda: actions.save_trend(edition=edition, trend=None, details=details(), by=by, at=NOW),
        lambda: actions.close_trend(trend=trend, by=by, at=NOW),
        lambda: actions.open_trend(trend=trend, by=by, at=NOW),
        lambda: actions.ask_outliers(trend=trend, by=by, at=NOW),
        lambda: actions.remove_trend(trend=trend, by=by, at=NOW),
        lambda: actions.open_all(edition=edition, by=by, at=NOW),
        lambda: actions.copy_trends(edition=edition, source=edition, by=by, at=NOW),
    ):
        with pytest.raises(PermissionDenied):
            act()


def test_a_code_is_taken_once(edition, trend, leader):
    with pytest.raises(actions.CodeTaken):
        actions.save_trend(edition=edition, trend=None, details=details(code=trend.code), by=leader, at=NOW)


def test_what_was_rated_is_not_removed(trend, leader):
    rated(trend, 1)

    with pytest.raises(actions.AlreadyRated):
        actions.remove_trend(trend=trend, by=leader, at=NOW)


def test_trends_are_taken_over_under_their_codes_once(edition, leader):
    source = EditionFactory(public=True)
    TrendFactory(edition=source, code="ai")
    TrendFactory(edition=source, code="skills")
    TrendFactory(edition=edition, code="ai")

    counts = [actions.copy_trends(edition=edition, source=source, by=leader, at=NOW) for _time in range(2)]

    copied = Trend.objects.get(edition=edition, code="skills")
    assert (counts, copied.state) == ([1, 0], "draft")


def test_all_are_opened_and_closed_at_once(edition, leader):
    TrendFactory.create_batch(2, edition=edition, draft=True)

    counts = [
        actions.open_all(edition=edition, by=leader, at=NOW),
        actions.close_all(edition=edition, by=leader, at=LATER),
        actions.close_all(edition=edition, by=leader, at=LATER),
    ]

    assert counts == [2, 2, 0]


# Leaving


def test_a_rating_stays_as_a_count_and_words_leave_with_their_person(trend):
    place = take_part(trend.edition)
    TrendRatingFactory(trend=trend, participation=place)
    TrendCommentFactory(trend=trend, author=place.person, names_author=True)
    kept = exports.collected(place.person)["trends"]

    erase_person(person=place.person, by=SYSTEM, at=LATER)

    rating, comment = TrendRating.objects.get(), TrendComment.objects.get()
    assert (len(kept["ratings"]), len(kept["comments"])) == (1, 1)
    assert (rating.participation.person, rating.participation.name) == (None, "—")
    assert (comment.author, comment.text, comment.names_author) == (None, "", False)
