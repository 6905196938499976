"""The pages of the selection: who sees them, what they answer, and how many questions they ask."""

import pytest
from django.test import Client
from django.urls import reverse

from filiera.academy.models import Edition, EditionRole
from filiera.accounts.viewer import SYSTEM
from filiera.admissions.actions.selection_proposals import propose
from filiera.admissions.actions.selection_versions import begin_selection
from filiera.admissions.models import (
    BalanceAttribute,
    Call,
    Decision,
    HandChoice,
    ProposalStatus,
    Selection,
    SelectionDecision,
)
from tests.academy.factories import NOW, EditionFactory, EditionMemberFactory
from tests.academy.viewers import client_of
from tests.accounts.factories import PersonFactory
from tests.admissions.factories import ApplicationFactory, CallFactory, ParticipationFactory
from tests.admissions.selection_factories import SelectionRuleFactory, give_scores

pytestmark = pytest.mark.django_db

PAGES = [
    "desk_selection", "desk_rule_new", "desk_selection_versions", "desk_decision_mails", "desk_sending",
]  # fmt: skip


@pytest.fixture
def edition(db: None) -> Edition:
    return EditionFactory(public=True)


@pytest.fixture
def call(edition: Edition) -> Call:
    """Six applications for three places, with scores from 100 down to 50."""
    call = CallFactory(edition=edition, places=3)
    rows = [ApplicationFactory(call=call, number=number) for number in range(1, 7)]
    give_scores({row: 11 - row.number for row in rows})
    return call


@pytest.fixture
def selection(call: Call) -> Selection:
    begin_selection(call=call, by=SYSTEM, at=NOW)
    return propose(call=call, by=SYSTEM, at=NOW)


def client_with(edition: Edition, role: str) -> Client:
    return client_of(EditionMemberFactory(edition=edition, role=role).person)


@pytest.fixture
def director(edition: Edition) -> Client:
    return client_with(edition, EditionRole.DIRECTOR)


def address(name: str, edition: Edition, *more: object) -> str:
    return reverse(f"admissions:{name}", args=[edition.slug, *more])


def decided(selection: Selection) -> list[str]:
    rows = selection.decisions.order_by("application__number")
    return list(rows.values_list("decision", flat=True))


def test_the_board_says_the_state_and_why(director, selection):
    page = director.get(address("desk_selection", selection.call.edition)).content.decode()

    assert "Three of six" in page
    assert "Selection, version 1, not sent" in page
    assert "In on score: first of 6. Taking Candidate" in page
    assert "No other cohort scores more under these limits" in page


def test_before_the_beginning_the_page_says_what_to_do(director, call):
    page = director.get(address("desk_selection", call.edition)).content.decode()

    assert "Six applications, nobody chosen" in page
    assert "Begin the selection" in page


def test_a_selection_begins_and_proposes(director, call):
    director.post(address("desk_selection_begin", call.edition))
    director.post(address("desk_proposal_new", call.edition))

    assert decided(Selection.objects.get()) == ["selected"] * 3 + ["reserve"] * 3


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize(
    "role",
    [EditionRole.PARTICIPANT, EditionRole.REVIEWER, EditionRole.HOST, EditionRole.SPEAKER],
)
def test_nobody_without_the_right_sees_a_page(name, role, selection):
    edition = selection.call.edition

    assert client_with(edition, role).get(address(name, edition)).status_code == 403


@pytest.mark.parametrize("name", PAGES)
def test_a_visitor_is_asked_to_sign_in(name, client, selection):
    answer = client.get(address(name, selection.call.edition))

    assert (answer.status_code, "/accounts/login/" in answer["Location"]) == (302, True)


@pytest.mark.parametrize("name", PAGES)
def test_a_director_of_another_edition_sees_nothing(name, selection):
    other = client_with(EditionFactory(public=True), EditionRole.DIRECTOR)

    assert other.get(address(name, selection.call.edition)).status_code == 403


def test_the_desk_reads_but_does_not_choose(selection):
    edition = selection.call.edition
    desk = client_with(edition, EditionRole.DESK)
    application = selection.decisions.first().application

    board = desk.get(address("desk_selection", edition))
    change = desk.post(address("desk_decision", edition, application.pk), {"hand": "pinned"})

    assert (board.status_code, change.status_code) == (200, 403)
    assert "Propose again" not in board.content.decode()


def test_the_programme_team_chooses_but_does_not_send(selection):
    edition = selection.call.edition
    team = client_with(edition, EditionRole.PROGRAMME)

    assert team.post(address("desk_proposal_new", edition)).status_code == 302
    assert team.post(address("desk_sending", edition), {"mark": "x"}).status_code == 403


def test_an_applicant_does_not_see_what_is_pending(selection):
    applicant = selection.decisions.first().application.filed_by
    client = client_of(applicant)
    edition = selection.call.edition

    assert client.get(address("desk_selection", edition)).status_code == 403
    assert not SelectionDecision.objects.filter(told_at__isnull=False).exists()


def test_an_application_tells_what_its_exclusion_would_cost(director, selection):
    first = selection.decisions.get(application__number=1)

    page = director.get(
        address("desk_decision", selection.call.edition, first.application_id)
    ).content.decode()

    assert "What leaving out would cost" in page
    assert "30 points" in page
    assert "Candidate" in page


def test_somebody_who_took_the_place_since_is_not_priced(director, selection):
    first = selection.decisions.get(application__number=1)
    ParticipationFactory(edition=selection.call.edition, application=first.application)

    page = director.get(
        address("desk_decision", selection.call.edition, first.application_id)
    ).content.decode()

    assert "A place was offered to this candidate already." in page
    assert "What leaving out would cost" not in page


def test_leaving_somebody_out_chooses_the_others_anew(director, selection):
    first = selection.decisions.get(application__number=1)

    answer = director.post(
        address("desk_decision", selection.call.edition, first.application_id),
        {"hand": HandChoice.EXCLUDED, "reason": "Comes next year."},
        headers={"HX-Request": "true"},
    )

    assert (answer.status_code, answer["HX-Trigger"]) == (200, "filiera:draft")
    assert decided(selection) == ["rejected", "selected", "selected", "selected", "reserve", "reserve"]
    row = selection.decisions.get(application__number=1)
    assert (row.hand, row.hand_reason, row.reason["kind"]) == ("excluded", "Comes next year.", "excluded")


def test_somebody_moved_alone_moves_nobody_else(director, selection):
    last = selection.decisions.get(application__number=6)

    director.post(
        address("desk_decision", selection.call.edition, last.application_id),
        {"hand": HandChoice.PINNED, "reason": "", "alone": "on"},
    )

    selection.refresh_from_db()
    assert decided(selection) == ["selected"] * 3 + ["reserve"] * 2 + ["selected"]
    assert selection.status == ProposalStatus.BY_HAND


def test_undo_takes_the_last_change_back(director, selection):
    edition = selection.call.edition
    first = selection.decisions.get(application__number=1)
    director.post(
        address("desk_decision", edition, first.application_id), {"hand": HandChoice.EXCLUDED, "reason": ""}
    )

    director.post(address("desk_selection_undo", edition))

    assert decided(selection) == ["selected"] * 3 + ["reserve"] * 3
    assert selection.decisions.get(application__number=1).hand == ""


@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({"most": "-1"}, "most", "Ensure this value is greater than or equal to 0."),
        ({"least": "99999"}, "least", "Ensure this value is less than or equal to 9999."),
        ({"least": "4"}, "least", "There are only 3 places."),
        ({"least": "2", "most": "1"}, "most", "“At most” is below “at least”. Raise it, or lower the other."),
        ({}, "least", "Say at least, at most, or a number to come close to."),
        ({"target": "2"}, "weight", "Say how many points each one off is worth, for example 1."),
        ({"weight": "2"}, "target", "Say the number the wish is about."),
        ({"weight": "-2", "target": "2"}, "weight", "Ensure this value is greater than or equal to 0.01."),
        (
            {"least": "1", "target": "2", "weight": "1"},
            "target",
            "A rule is a limit or a wish. Fill in one of the two.",
        ),
        ({"most": "two"}, "most", "Enter a whole number."),
    ],
)
def test_a_wrong_limit_is_refused_at_its_field(director, selection, typed, field, said):
    answer = director.post(
        address("desk_rule_new", selection.call.edition), {"group": "newcomer|new", **typed}
    )

    assert answer.status_code == 422
    assert answer.context["form"].errors[field] == [said]


def test_a_value_nobody_has_cannot_be_asked_for(director, selection):
    answer = director.post(
        address("desk_rule_new", selection.call.edition), {"group": "newcomer|returning", "least": "1"}
    )

    assert answer.status_code == 422
    assert "group" in answer.context["form"].errors


def test_conflicting_limits_are_named_where_they_stand(director, selection):
    edition = selection.call.edition
    SelectionRuleFactory(
        selection=selection, position=8, attribute=BalanceAttribute.NEWCOMER, value="new", most=1
    )
    SelectionRuleFactory(
        selection=selection, position=9, attribute=BalanceAttribute.MATURITY, value="mature", most=2
    )

    director.post(address("desk_proposal_new", edition))

    page = director.get(address("desk_selection", edition)).content.decode()
    assert "This limit alone cannot be kept:" in page
    assert "<li>At most one of newcomers.</li>" in page
    assert page.count("in-conflict") == 1
    assert decided(selection) == ["selected"] * 3 + ["reserve"] * 3


def test_a_limit_is_changed_and_removed(director, selection):
    edition = selection.call.edition
    rule = SelectionRuleFactory(selection=selection, position=5)

    director.post(address("desk_rule", edition, 5), {"group": "newcomer|new", "most": "3"})
    rule.refresh_from_db()
    changed = (rule.attribute, rule.value, rule.most)
    director.post(address("desk_rule_end", edition, 5))

    assert changed == ("newcomer", "new", 3)
    assert not selection.rules.exists()


def test_a_kept_version_can_be_compared_and_gone_back_to(director, selection):
    edition = selection.call.edition
    director.post(address("desk_version_keep", edition), {"name": "by score"})
    first = selection.decisions.get(application__number=1)
    director.post(
        address("desk_decision", edition, first.application_id), {"hand": HandChoice.EXCLUDED, "reason": ""}
    )

    page = director.get(address("desk_selection_versions", edition)).content.decode()
    director.post(address("desk_version_return", edition, 1))

    assert "From version 1 to version 2" in page
    assert decided(Selection.objects.get(number=2)) == ["selected"] * 3 + ["reserve"] * 3


def test_two_versions_do_not_share_a_name(director, selection):
    edition = selection.call.edition
    director.post(address("desk_version_keep", edition), {"name": "by score"})

    answer = director.post(address("desk_version_keep", edition), {"name": "By score"})

    assert answer.status_code == 422


@pytest.mark.parametrize("count", [3, 9])
def test_the_board_asks_as_many_questions_for_few_as_for_many(
    edition, director, count, django_assert_num_queries
):
    call = CallFactory(edition=edition, places=2)
    rows = [ApplicationFactory(call=call, number=number) for number in range(1, count + 1)]
    give_scores({row: 11 - row.number for row in rows})
    begin_selection(call=call, by=SYSTEM, at=NOW)
    propose(call=call, by=SYSTEM, at=NOW)
    director.get(address("desk_selection", edition))

    with django_assert_num_queries(23):
        director.get(address("desk_selection", edition))


@pytest.mark.parametrize("count", [3, 9])
def test_the_mails_ask_as_many_questions_for_few_as_for_many(
    edition, director, count, django_assert_num_queries
):
    call = CallFactory(edition=edition, places=2)
    rows = [ApplicationFactory(call=call, number=number) for number in range(1, count + 1)]
    give_scores({row: 11 - row.number for row in rows})
    begin_selection(call=call, by=SYSTEM, at=NOW)
    propose(call=call, by=SYSTEM, at=NOW)
    director.get(address("desk_decision_mails", edition))

    with django_assert_num_queries(10):
        director.get(address("desk_decision_mails", edition))


def test_a_person_without_the_address_of_a_row_gets_none(director, selection):
    other = ApplicationFactory(call=CallFactory())

    assert director.get(address("desk_decision", selection.call.edition, other.pk)).status_code == 404


def test_somebody_unknown_to_the_edition_is_refused(selection):
    stranger = client_of(PersonFactory())

    assert stranger.get(address("desk_selection", selection.call.edition)).status_code == 403


def test_nobody_is_undecided_once_everybody_has_a_score(selection):
    assert not selection.decisions.filter(decision=Decision.UNDECIDED).exists()
