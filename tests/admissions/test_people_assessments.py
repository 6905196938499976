"""Self-assessments: one's own for oneself alone, the group only where it tells about nobody."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from filiera.academy.models import EditionRole
from filiera.accounts.actions import erase_person
from filiera.accounts.viewer import SYSTEM, VISITOR
from filiera.admissions.actions import assessments as actions
from filiera.admissions.competences import packaged_items
from filiera.admissions.disclosure import SMALLEST_GROUP, disclosable
from filiera.admissions.models import CompetenceItem, SelfAssessment, SelfRating
from filiera.admissions.queries.assessments import (
    answer_counts,
    divisions,
    group_result,
    open_self_assessments,
    own_lines,
)
from filiera.mail.models import OutgoingMail
from tests.academy.factories import EditionFactory, EditionMemberFactory, PartFactory
from tests.academy.viewers import client_of, viewer_in
from tests.accounts.factories import PersonFactory, viewer_of
from tests.admissions.people_factories import CompetenceItemFactory, SelfAssessmentFactory, SelfRatingFactory
from tests.admissions.test_people_list import take_part, viewer_at
from tests.reference.factories import CountryFactory

pytestmark = pytest.mark.django_db

ROME = ZoneInfo("Europe/Rome")
FIRST, LAST = date(2023, 6, 6), date(2023, 9, 22)
BEFORE = datetime(2023, 5, 10, 9, 0, tzinfo=ROME)
AFTERWARDS = datetime(2023, 9, 25, 9, 0, tzinfo=ROME)
MUCH_LATER = datetime(2023, 12, 28, 9, 0, tzinfo=ROME)


@pytest.fixture
def edition(db):
    edition = EditionFactory(public=True)
    PartFactory(edition=edition, starts_on=FIRST, ends_on=FIRST + timedelta(days=1))
    PartFactory(edition=edition, starts_on=LAST - timedelta(days=1), ends_on=LAST)
    return edition


@pytest.fixture
def item(edition):
    return CompetenceItemFactory(edition=edition, code="trust-members")


@pytest.fixture
def programme(edition):
    return viewer_in(EditionMemberFactory(edition=edition, role=EditionRole.PROGRAMME))


def page(name, edition, *rest):
    return reverse(f"admissions:{name}", args=[edition.slug, *rest])


def rate(place, item, level, *, moment="start"):
    assessment = SelfAssessmentFactory(participation=place, moment=moment)
    SelfRatingFactory(assessment=assessment, item=item, level=level)


def group(edition, item, size, *, country=None, level=3, moment="start"):
    for _number in range(size):
        rate(take_part(edition, country=country), item, level, moment=moment)


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ({}, set()),
        ({"IT": 4}, set()),
        ({"IT": 5}, {"IT"}),
        ({"IT": 6, "ES": 6}, {"IT", "ES"}),
        # Spain alone is too small, and all less Italy would be Spain.
        ({"IT": 6, "ES": 2}, set()),
        # Two small ones hide each other.
        ({"IT": 6, "ES": 2, "FI": 3}, {"IT"}),
        # One small one takes the smallest of the others with it.
        ({"IT": 9, "ES": 6, "FI": 1}, {"IT"}),
    ],
)
def test_small_groups_are_hidden_and_cannot_be_worked_out(counts, shown):
    assert disclosable(counts) == shown


@given(st.dictionaries(st.integers(0, 9), st.integers(0, 12), max_size=8))
def test_whatever_the_sizes_the_hidden_ones_are_enough_together(counts):
    shown = disclosable(counts)
    hidden = sum(count for key, count in counts.items() if key not in shown)

    assert all(counts[key] >= SMALLEST_GROUP for key in shown)
    assert not shown or hidden == 0 or hidden >= SMALLEST_GROUP


@pytest.mark.parametrize(("size", "told"), [(4, {}), (5, {"start": 3.0})])
def test_the_group_is_shown_from_five_up(edition, item, size, told):
    group(edition, item, size)

    result = group_result(edition)

    assert {moment: means[item.pk] for moment, means in result.means.items()} == told


def test_a_single_answer_more_changes_nothing_until_five_have_come(edition, item):
    group(edition, item, 5, level=2)
    group(edition, item, 4, level=5)
    nine = group_result(edition)
    group(edition, item, 1, level=5)
    ten = group_result(edition)

    assert [(found.answers["start"], found.means["start"][item.pk]) for found in (nine, ten)] == [
        (5, 2.0),
        (10, 3.5),
    ]


def test_a_division_that_would_tell_about_few_is_not_offered(edition, item):
    italy, spain = CountryFactory(code="IT"), CountryFactory(code="ES")
    group(edition, item, 6, country=italy)
    group(edition, item, 2, country=spain, level=5)

    by_country = next(each for each in divisions(edition) if each.code == "country")
    asked_anyway = [group_result(edition, division="country", value=code).means for code in ("IT", "ES", "")]

    assert (by_country.values, asked_anyway) == ([], [{}, {}, {}])


def test_a_division_of_groups_that_are_large_enough_is_shown(edition, item):
    italy, spain = CountryFactory(code="IT"), CountryFactory(code="ES")
    group(edition, item, 5, country=italy, level=2)
    group(edition, item, 5, country=spain, level=4)

    found = {
        code: group_result(edition, division="country", value=code).means["start"][item.pk]
        for code in ("IT", "ES")
    }

    assert found == {"IT": 2.0, "ES": 4.0}


def test_answers_of_another_edition_do_not_count(edition, item):
    group(edition, item, 3)
    other = EditionFactory(public=True)
    group(other, CompetenceItemFactory(edition=other), 5)

    assert (group_result(edition).means, answer_counts(edition)["start"]) == ({}, 3)


def test_nobody_reads_somebody_elses_answers(edition, item, programme):
    place = take_part(edition)
    rate(place, item, 2)
    viewers = [programme, viewer_at(take_part(edition)), SYSTEM, VISITOR]

    seen = [
        SelfAssessment.objects.visible_to(viewer).exists() or SelfRating.objects.visible_to(viewer).exists()
        for viewer in viewers
    ]

    assert seen == [False] * 4
    assert SelfRating.objects.visible_to(viewer_at(place)).count() == 1


def test_one_sees_ones_own_change_beside_the_group(edition, item):
    place = take_part(edition)
    rate(place, item, 2)
    rate(place, item, 4, moment="end")
    group(edition, item, 4, level=3)

    [line] = own_lines(viewer_at(place), place)

    assert (line.levels, line.change, line.means) == ({"start": 2, "end": 4}, 2, {"start": 2.8})


@pytest.mark.parametrize(
    ("at", "moments"),
    [
        (BEFORE, ["start"]),
        (datetime(2023, 6, 8, 9, 0, tzinfo=ROME), []),
        (AFTERWARDS, ["end"]),
        (MUCH_LATER, ["later"]),
        (datetime(2025, 1, 1, tzinfo=ROME), []),
    ],
)
def test_moments_open_when_they_should(edition, item, at, moments):
    place = take_part(edition)

    assert [found.moment for found in open_self_assessments(place.person, at=at)] == moments


def test_a_person_answers_once_a_moment_and_may_change_it_while_it_is_open(edition, item):
    place = take_part(edition)
    by = viewer_at(place)
    actions.answer(participation=place, moment="start", levels={item.pk: 2}, by=by, at=BEFORE)
    actions.answer(participation=place, moment="start", levels={item.pk: 3}, by=by, at=BEFORE)

    with pytest.raises(actions.MomentNotOpen):
        actions.answer(participation=place, moment="start", levels={item.pk: 5}, by=by, at=AFTERWARDS)
    with pytest.raises(actions.AnswersMissing):
        actions.answer(participation=place, moment="end", levels={}, by=by, at=AFTERWARDS)

    assert list(SelfRating.objects.values_list("level", flat=True)) == [3]
    assert open_self_assessments(place.person, at=BEFORE) == []


def test_nobody_answers_for_another(edition, item, programme):
    place = take_part(edition)

    for by in (programme, viewer_at(take_part(edition)), VISITOR):
        with pytest.raises(PermissionDenied):
            actions.answer(participation=place, moment="start", levels={item.pk: 2}, by=by, at=BEFORE)


def test_items_keep_their_codes_over_editions(edition, programme):
    first = actions.add_packaged_items(edition=edition, by=programme, at=BEFORE)
    again = actions.add_packaged_items(edition=edition, by=programme, at=BEFORE)
    details = actions.ItemDetails(area={"en": "Own"}, text={"en": "I can dance"})
    actions.save_item(edition=edition, item=None, details=details, by=programme, at=BEFORE)
    other = EditionFactory(series=edition.series)
    by = viewer_in(EditionMemberFactory(edition=other, role=EditionRole.PROGRAMME))

    copied = actions.copy_items(edition=other, source=edition, by=by, at=BEFORE)

    def codes(of):
        return list(
            CompetenceItem.objects.filter(edition=of).order_by("position").values_list("code", flat=True)
        )

    assert (first, again, copied) == (len(packaged_items()), 0, len(packaged_items()) + 1)
    assert codes(other) == codes(edition)


def test_words_that_were_rated_stay(edition, item, programme):
    rate(take_part(edition), item, 3)
    details = actions.ItemDetails(area={"en": "x"}, text={"en": "y"})

    with pytest.raises(actions.ItemAlreadyAnswered):
        actions.save_item(edition=edition, item=item, details=details, by=programme, at=BEFORE)
    with pytest.raises(actions.ItemAlreadyAnswered):
        actions.remove_item(item=item, by=programme, at=BEFORE)


@pytest.mark.parametrize("role", [EditionRole.PARTICIPANT, EditionRole.DESK, EditionRole.FACILITATOR])
def test_only_who_builds_forms_changes_items(edition, item, role):
    by = viewer_in(EditionMemberFactory(edition=edition, role=role))
    details = actions.ItemDetails(area={"en": "x"}, text={"en": "y"})
    refused = 0
    for change in (
        lambda: actions.add_packaged_items(edition=edition, by=by, at=BEFORE),
        lambda: actions.copy_items(edition=edition, source=edition, by=by, at=BEFORE),
        lambda: actions.save_item(edition=edition, item=item, details=details, by=by, at=BEFORE),
        lambda: actions.remove_item(item=item, by=by, at=BEFORE),
    ):
        with pytest.raises(PermissionDenied):
            change()
        refused += 1

    assert refused == 4


def test_invitations_go_once_at_their_moment(edition, item):
    place = take_part(edition, email="anna@example.org")
    answered = take_part(edition, email="bob@example.org")
    rate(answered, item, 3)
    for at in (BEFORE, BEFORE + timedelta(days=1), AFTERWARDS, AFTERWARDS + timedelta(days=3), MUCH_LATER):
        actions.invite_to_self_assessments(by=SYSTEM, at=at)

    sent = [mail.to_address for mail in OutgoingMail.objects.order_by("pk")]

    assert (sent.count("anna@example.org"), sent.count("bob@example.org")) == (3, 2)
    assert place.email == "anna@example.org"
    with pytest.raises(PermissionDenied):
        actions.invite_to_self_assessments(by=VISITOR, at=BEFORE)


def test_rating_oneself_by_the_page(edition, item, monkeypatch):
    edition.is_demonstration, edition.clock_at = True, BEFORE
    edition.save()
    place = take_part(edition)
    client = client_of(place.person)
    address = page("self_assessment_moment", edition, "start")
    asked = client.get(address).content.decode()
    empty = client.post(address, {})
    client.post(address, {f"item_{item.pk}": "4"})
    shown = client.get(page("self_assessment", edition)).content.decode()

    assert ("I can do it" in asked, empty.status_code, SelfRating.objects.get().level) == (True, 422, 4)
    assert 'data-level="4"' in shown
    assert client.get(page("self_assessment_moment", edition, "end")).status_code == 404


def test_the_desk_sees_figures_and_no_person(edition, item, programme, settings, tmp_path):
    settings.CHARTS_FOLDER = tmp_path
    place = take_part(edition, name="Anna Rossi")
    rate(place, item, 1)
    client = client_of(programme.person)
    few = client.get(page("desk_self_assessment", edition)).content.decode()
    group(edition, item, 4, level=5)
    enough = client.get(page("desk_self_assessment", edition)).content.decode()

    assert ("4.2" in few, "4.2" in enough, "Anna Rossi" in enough) == (False, True, False)


def test_pages_are_closed_to_others(client, edition, item):
    outsider = client_of(PersonFactory())
    member = client_of(take_part(edition).person)
    elsewhere = client_of(EditionMemberFactory(director=True).person)
    desk = page("desk_self_assessment", edition)
    own = page("self_assessment", edition)

    statuses = [
        (member.get(desk).status_code, member.get(own).status_code),
        (outsider.get(desk).status_code, outsider.get(own).status_code),
        (elsewhere.get(desk).status_code, elsewhere.get(own).status_code),
        (client.get(desk).status_code, client.get(own).status_code),
    ]

    assert statuses == [(403, 200), (403, 403), (403, 403), (302, 302)]


def test_erasure_takes_the_answers(edition, item):
    place = take_part(edition)
    rate(place, item, 2)

    erase_person(person=place.person, by=viewer_of(place.person), at=AFTERWARDS)

    assert (SelfAssessment.objects.count(), SelfRating.objects.count()) == (0, 0)


@pytest.mark.parametrize("count", [1, 6])
def test_query_counts(edition, programme, count, django_assert_num_queries):
    items = CompetenceItemFactory.create_batch(count, edition=edition)
    place = take_part(edition)
    assessment = SelfAssessmentFactory(participation=place)
    for item in items:
        SelfRatingFactory(assessment=assessment, item=item)
    mine, theirs = client_of(place.person), client_of(programme.person)

    with django_assert_num_queries(14):
        mine.get(page("self_assessment", edition))
    with django_assert_num_queries(11):
        theirs.get(page("desk_self_assessment", edition))
