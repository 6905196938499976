"""Rounds: what they ask, of whom, once; submitted, questioned, accepted, frozen."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, InternalError, transaction

from filiera.accounts.viewer import VISITOR
from filiera.indicators.actions import round_firms, round_freezing, round_mails, round_parts, rounds
from filiera.indicators.models import (
    CollectionComment,
    CollectionFigure,
    CollectionFirm,
    CollectionPart,
    CollectionQuestion,
    CollectionRound,
    PartState,
    QuestionMeasure,
    RoundState,
)
from filiera.indicators.periods import PeriodNotBegun, parse_period
from filiera.indicators.queries.round_answers import former_answers
from filiera.indicators.queries.round_links import firm_of as firm_by_token
from filiera.indicators.queries.round_links import token_of, viewer_by_link
from filiera.indicators.queries.round_report import round_report
from filiera.indicators.queries.round_results import (
    OUTWEIGHED,
    TOO_FEW,
    WHOLE,
    WITHHELD,
    answers_figures,
    firms_asked,
)
from filiera.indicators.round_receivers import forget_person, part_in_figures
from filiera.mail.models import OutgoingMail
from filiera.organisations.models import Membership
from filiera.questionnaires.models import Answer, Response
from tests.indicators.factories import NOW
from tests.indicators.readiness_factories import colleague
from tests.indicators.round_factories import (
    answered,
    drafted,
    firm_in,
    firm_of,
    network,
    opened,
    part_of,
    people_question,
)
from tests.organisations.factories import OrganisationFactory

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=4)


@pytest.fixture
def made():
    return network()


def refused(error, act):
    with transaction.atomic(), pytest.raises(error):
        act()


def accept_all(made, round_):
    for pole, manager in zip(made.poles, made.managers, strict=True):
        part = round_parts.submit_part(part=part_of(round_, pole), by=manager, at=NOW)
        round_parts.accept_part(part=part, by=made.officer, at=LATER)


# What a round asks


def test_a_firm_in_two_poles_is_asked_once_and_counts_for_both(made):
    round_ = opened(made)

    assert round_.firms.count() == len(made.firms) == 6
    assert {part.organisation for part in firm_in(round_, made.both).parts.all()} == set(made.poles)
    asked = firms_asked(round_)
    assert [asked[pole.pk].asked for pole in made.poles] == [3, 4]
    assert asked[WHOLE].asked == 6


def test_a_draw_takes_so_many_and_can_be_repeated():
    made = network(firms_each=10)
    drafts = [drafted(made, sample_size=7) for _each in range(3)]
    CollectionRound.objects.filter(pk__in=[draft.pk for draft in drafts[:2]]).update(seed=1)
    CollectionRound.objects.filter(pk=drafts[2].pk).update(seed=2)
    first, again, other = (
        set(
            rounds.open_round(round_=draft, by=made.officer, at=NOW).firms.values_list(
                "organisation", flat=True
            )
        )
        for draft in drafts
    )

    assert (len(first), first == again, first == other) == (7, True, False)


def test_members_on_the_last_day_of_the_period_are_asked(made):
    early, late = firm_of(made.poles[0]), firm_of(made.poles[0])
    Membership.objects.filter(member=early).update(end_on="2026-01-01")
    Membership.objects.filter(member=late).update(start_on="2026-01-01")

    asked = set(opened(made).firms.values_list("organisation", flat=True))

    assert asked == {firm.pk for firm in (*made.firms, early)}


def test_whoever_was_asked_before_is_asked_again():
    made = network(firms_each=10)
    first = opened(made, sample_size=7)
    accept_all(made, first)
    first = round_freezing.freeze_round(round_=first, by=made.officer, at=LATER)

    draft = drafted(made, sample_size=9, questions=())
    CollectionRound.objects.filter(pk=draft.pk).update(former=first)
    rounds.add_question(round_=draft, question=people_question("q"), by=made.officer, at=NOW)
    second = rounds.open_round(round_=draft, by=made.officer, at=NOW)

    before, now = (set(round_.firms.values_list("organisation_id", flat=True)) for round_ in (first, second))
    assert before < now
    assert len(now) == 9


def test_a_draft_refuses_what_cannot_be_asked(made):
    told = {
        "title": {"en": "A"},
        "period": parse_period("2025"),
        "deadline_on": NOW.date(),
        "poles": [made.poles[0].pk],
    }
    for changed, error in (
        ({"poles": [OrganisationFactory().pk]}, rounds.NotAskable),
        ({"codes": ["no_such"]}, rounds.UnknownFigures),
        ({"period": parse_period("2030")}, PeriodNotBegun),
    ):
        details = rounds.RoundDetails(**{**told, **changed})
        refused(
            error,
            lambda details=details: rounds.create_round(
                organisation=made.organisation, details=details, by=made.officer, at=NOW
            ),
        )


def test_it_opens_only_when_it_asks_somebody_something(made):
    empty = drafted(made, codes=(), questions=())
    refused(rounds.RoundAsksNothing, lambda: rounds.open_round(round_=empty, by=made.officer, at=NOW))
    draft = drafted(made)
    refused(
        rounds.DeadlinePassed,
        lambda: rounds.open_round(round_=draft, by=made.officer, at=NOW + timedelta(days=90)),
    )
    CollectionPart.objects.filter(round=draft).delete()
    refused(rounds.RoundAsksNobody, lambda: rounds.open_round(round_=draft, by=made.officer, at=NOW))


def test_eight_questions_are_the_most(made):
    draft = drafted(made, questions=[people_question(f"q{number}") for number in range(8)])
    refused(
        rounds.QuestionsFull,
        lambda: rounds.add_question(round_=draft, question=people_question("q9"), by=made.officer, at=NOW),
    )
    rounds.remove_question(
        question=draft.questions.select_related("round__organisation", "question__questionnaire")[2],
        by=made.officer,
        at=NOW,
    )
    rounds.add_question(round_=draft, question=people_question("q9"), by=made.officer, at=NOW)
    assert sorted(draft.questions.values_list("position", flat=True)) == list(range(1, 9))


def test_what_is_open_no_longer_changes_and_a_draft_can_be_dropped(made):
    round_ = opened(made)
    refused(
        rounds.RoundNoDraft,
        lambda: rounds.add_question(round_=round_, question=people_question("b"), by=made.officer, at=NOW),
    )
    refused(rounds.RoundNoDraft, lambda: rounds.delete_round(round_=round_, by=made.officer, at=NOW))
    draft = drafted(made)
    rounds.delete_round(round_=draft, by=made.officer, at=NOW)
    assert not CollectionRound.objects.filter(pk=draft.pk).exists()


def test_only_the_opener_runs_a_round(made):
    draft = drafted(made)
    stranger, contact = colleague(OrganisationFactory()), colleague(made.organisation, "contact")
    for by in (stranger, contact, made.managers[0], VISITOR):
        for act in (
            lambda by=by: rounds.open_round(round_=draft, by=by, at=NOW),
            lambda by=by: rounds.delete_round(round_=draft, by=by, at=NOW),
            lambda by=by: round_mails.remind(round_=draft, by=by, at=NOW),
            lambda by=by: round_freezing.freeze_round(round_=draft, by=by, at=NOW),
        ):
            refused(PermissionDenied, act)


# What poles tell


def test_a_pole_submits_what_the_ledger_computes(made):
    round_ = opened(made)
    part = round_parts.submit_part(part=part_of(round_, made.poles[1]), by=made.managers[1], at=NOW)

    told = {figure.code: figure for figure in part.figures.all()}
    assert part.state == PartState.SUBMITTED
    assert told["members_total"].value == 4
    assert told["meetings_held"].value is None
    assert told["meetings_held"].missing
    refused(
        round_parts.PartWithOpener,
        lambda: round_parts.submit_part(part=part, by=made.managers[1], at=NOW),
    )


def test_a_question_goes_back_is_answered_and_accepted(made):
    round_ = opened(made)
    part, manager = part_of(round_, made.poles[0]), made.managers[0]
    ask = {"code": "members_total", "text": "Those of December too?", "by": made.officer, "at": NOW}
    refused(round_parts.PartNotSubmitted, lambda: round_parts.ask_about_figure(part=part, **ask))
    part = round_parts.submit_part(part=part, by=manager, at=NOW)
    round_parts.ask_about_figure(part=part, **ask)
    part.refresh_from_db()
    assert part.state == PartState.QUESTIONED
    refused(
        round_parts.PartNotSubmitted,
        lambda: round_parts.accept_part(part=part, by=made.officer, at=NOW),
    )

    round_parts.comment_on_figure(part=part, code="members_total", text="Yes.", by=manager, at=NOW)
    round_parts.submit_part(part=part, by=manager, at=NOW)
    part = round_parts.accept_part(part=part, by=made.officer, at=LATER)

    assert (part.state, part.accepted_by, part.accepted_at) == ("accepted", made.officer.person, LATER)
    assert list(part.comments.order_by("pk").values_list("is_question", flat=True)) == [True, False]
    refused(round_parts.PartAccepted, lambda: round_parts.ask_about_figure(part=part, **ask))
    refused(
        round_parts.FigureNotAsked,
        lambda: round_parts.comment_on_figure(
            part=part_of(round_, made.poles[1]), code="member_churn", text="?", by=made.managers[1], at=NOW
        ),
    )


def test_each_side_does_its_own_part(made):
    round_ = opened(made)
    part = part_of(round_, made.poles[0])
    for by in (made.officer, made.managers[1], colleague(made.poles[0], "contact"), VISITOR):
        refused(PermissionDenied, lambda by=by: round_parts.submit_part(part=part, by=by, at=NOW))
    part = round_parts.submit_part(part=part, by=made.managers[0], at=NOW)
    for by in (made.managers[0], made.managers[1], VISITOR):
        refused(PermissionDenied, lambda by=by: round_parts.accept_part(part=part, by=by, at=NOW))


def test_rows_are_seen_by_the_two_sides_and_nobody_else(made):
    round_ = opened(made)
    round_parts.submit_part(part=part_of(round_, made.poles[0]), by=made.managers[0], at=NOW)
    round_parts.comment_on_figure(
        part=part_of(round_, made.poles[0]), code="members_total", text="So.", by=made.managers[0], at=NOW
    )
    draft = drafted(made)
    models = (
        CollectionRound,
        CollectionPart,
        CollectionFigure,
        CollectionComment,
        CollectionFirm,
        CollectionQuestion,
    )

    def seen(viewer):
        return [model.objects.visible_to(viewer).count() for model in models]

    assert seen(made.officer) == [2, 4, 2, 1, 6, 2]
    assert seen(made.managers[0]) == [1, 1, 2, 1, 3, 1]
    assert seen(made.managers[1]) == [1, 1, 0, 0, 4, 1]
    for viewer in (colleague(OrganisationFactory()), colleague(made.poles[0], "contact"), VISITOR):
        assert seen(viewer) == [0] * 6
    assert draft.state == RoundState.DRAFT


# What firms answer


def test_a_firm_answers_by_its_link_once_and_may_change_it(made):
    round_ = opened(made)
    firm = answered(round_, made.both, people=7)
    again = answered(round_, made.both, people=9)

    assert (firm.answered_at, again.answered_at) == (NOW, NOW)
    assert Response.objects.filter(questionnaire=round_.questionnaire).count() == 1
    assert Answer.objects.get().value == 9
    for by in (VISITOR, made.officer, viewer_by_link(firm_in(round_, made.firms[1]))):
        refused(
            PermissionDenied,
            lambda by=by: round_firms.answer_round(firm=firm, answers={"people": 1}, by=by, at=NOW),
        )


def test_nobody_reads_the_answer_of_a_firm(made):
    round_ = opened(made)
    answered(round_, made.both, people=7)

    for viewer in (made.officer, *made.managers, VISITOR):
        assert not Answer.objects.visible_to(viewer).exists()
        assert not Response.objects.visible_to(viewer).exists()


def test_a_link_is_worthless_for_others_and_ends_with_the_address(made):
    round_ = opened(made)
    firm = firm_in(round_, made.both)
    token = token_of(firm)
    assert firm_by_token(token) == firm
    assert firm_by_token(token[:-1] + ("0" if token[-1] != "0" else "1")) is None
    assert firm_by_token("999999-" + token.partition("-")[2]) is None
    assert firm_by_token("no-such-token") is None

    round_firms.set_firm_address(firm=firm, email="new@example.org", language="it", by=made.officer, at=NOW)

    assert firm_by_token(token) is None


def test_whoever_is_written_to_at_an_address_of_before_gets_a_new_link(made):
    round_ = opened(made)
    firm = firm_in(round_, made.both)
    first, token = firm.email, token_of(firm)
    for email in (first, "new@example.org", first):
        round_mails.invite_some_firms(round_.pk, NOW)
        round_firms.set_firm_address(firm=firm, email=email, language="it", by=made.officer, at=NOW)
    round_mails.invite_some_firms(round_.pk, NOW)

    assert OutgoingMail.objects.filter(to_address=first).count() == 2
    assert firm_by_token(token) is None


def test_last_years_answers_are_filled_in(made):
    first = opened(made)
    answered(first, made.both, people=7)
    accept_all(made, first)
    first = round_freezing.freeze_round(round_=first, by=made.officer, at=LATER)
    draft = rounds.create_round(
        organisation=made.organisation,
        details=rounds.RoundDetails(
            title={"en": "Again"},
            period=parse_period("2025"),
            deadline_on=NOW.date() + timedelta(days=40),
            poles=[pole.pk for pole in made.poles],
        ),
        former=first,
        by=made.officer,
        at=LATER,
    )
    round_ = rounds.open_round(round_=draft, by=made.officer, at=LATER)

    firm, other = firm_in(round_, made.both), firm_in(round_, made.firms[1])
    assert former_answers(firm, viewer_by_link(firm)) == {"people": 7}
    assert former_answers(other, viewer_by_link(other)) == {}


def test_reminders_stop_on_answering_and_on_wishing_so(made):
    round_ = opened(made)
    while round_mails.invite_some_firms(round_.pk, NOW):
        pass
    assert OutgoingMail.objects.filter(key__startswith="collection-firm").count() == 6
    answered(round_, made.firms[0], people=7)
    gone = firm_in(round_, made.firms[1])
    round_firms.stop_writing(firm=gone, by=viewer_by_link(gone), at=NOW)
    refused(
        round_mails.NobodyToRemind,
        lambda: round_mails.remind(round_=round_, poles=False, by=made.officer, at=NOW + timedelta(days=1)),
    )

    count = round_mails.remind(round_=round_, poles=False, by=made.officer, at=LATER)

    assert count == 4
    written = OutgoingMail.objects.filter(key__startswith="collection-firm", created_at=LATER)
    answered_mail = made.firms[0].positions.get().person.email
    assert answered_mail not in set(written.values_list("to_address", flat=True))
    assert round_mails.remind(round_=round_, firms=False, by=made.officer, at=LATER) == 2


def test_poles_are_not_written_to_twice_in_three_days(made):
    round_ = opened(made)
    at = NOW + timedelta(days=1)
    refused(
        round_mails.NobodyToRemind,
        lambda: round_mails.remind(round_=round_, firms=False, by=made.officer, at=at),
    )


def test_poles_hear_nothing_of_a_round_that_asks_firms_alone(made):
    round_ = opened(made, codes=())

    round_mails.tell_poles(round_.pk)
    round_mails.remind_missing(round_, LATER)

    assert not OutgoingMail.objects.exists()


def test_only_who_is_asked_again_hears_that_answers_stand_there_already(made):
    words = "What you answered last time stands there already."
    first = opened(made)
    round_mails.invite_some_firms(first.pk, NOW)
    assert not OutgoingMail.objects.filter(text__contains=words).exists()
    second = drafted(made)
    CollectionRound.objects.filter(pk=second.pk).update(former=first)
    rounds.open_round(round_=second, by=made.officer, at=NOW)
    round_mails.invite_some_firms(second.pk, NOW)

    assert OutgoingMail.objects.filter(text__contains=words).count() == len(made.firms)


def test_addresses_are_taken_all_or_none():
    made = network(with_addresses=False)
    round_ = opened(made)
    slugs = [firm.slug for firm in made.firms]
    table = "key;email;language\n" + "".join(f"{slug};{slug}@example.org;it\n" for slug in slugs)
    for wrong, words in (
        (table + "nobody;a@example.org;it\n", "Row 8"),
        (table.replace("@example.org", " at example", 1), "Row 2"),
        (table.replace(";it", ";xx", 1), "Row 2"),
        (table + f"{slugs[0]};b@example.org;it\n", "Row 2: the key"),
        ("name;place\na;b\n", "columns key and email"),
    ):
        with transaction.atomic(), pytest.raises(round_firms.AddressesWrong) as caught:
            round_firms.set_firm_addresses(
                round_=round_,
                addresses=round_firms.read_addresses(wrong.encode(), "a.csv"),
                by=made.officer,
                at=NOW,
            )
        assert words in caught.value.problems[0]
    assert not CollectionFirm.objects.exclude(email="").exists()

    count = round_firms.set_firm_addresses(
        round_=round_,
        addresses=round_firms.read_addresses(table.encode(), "a.csv"),
        by=made.officer,
        at=NOW,
    )

    assert count == 6
    CollectionFirm.objects.update(invited_at=NOW)
    again = round_firms.read_addresses(table.replace(";it", ";en").upper().encode(), "a.csv")
    slugs = [told.slug.lower() for told in again]
    again = [replace(told, slug=slug) for told, slug in zip(again, slugs, strict=True)]
    assert round_firms.set_firm_addresses(round_=round_, addresses=again, by=made.officer, at=NOW) == 0
    assert set(CollectionFirm.objects.values_list("language", "invited_at")) == {("en", NOW)}


# What comes of it


def test_figures_are_told_of_five_firms_and_none_can_be_reckoned_out():
    made = network(pole_count=3, firms_each=6)
    round_ = opened(made)
    own = [made.firms[0:6], made.firms[6:12], made.firms[12:18]]
    for firm in own[0][:6] + own[1][:6] + own[2][:3]:
        answered(round_, firm, people=10)

    told = answers_figures(round_, [pole.pk for pole in made.poles])["people"]

    assert (told[WHOLE].value, told[WHOLE].answers) == (150, 15)
    assert (told[made.poles[2].pk].value, told[made.poles[2].pk].reason) == (None, TOO_FEW)
    # The third could be reckoned from the others: the smaller of them goes with it.
    assert told[made.poles[0].pk].reason == WITHHELD
    assert told[made.poles[1].pk].value == 70


def test_what_one_firm_of_two_poles_said_cannot_be_reckoned_out():
    made = network(firms_each=6)
    round_ = opened(made)
    for firm in made.firms:
        answered(round_, firm, people=10)

    told = answers_figures(round_, [pole.pk for pole in made.poles])["people"]

    # Both poles added up would exceed the whole by what the firm that is in both has said.
    assert (told[WHOLE].value, told[WHOLE].answers) == (120, 12)
    assert (told[made.poles[0].pk].reason, told[made.poles[1].pk].value) == (WITHHELD, 70)


@pytest.mark.parametrize(
    ("measure", "kind", "answers", "expected"),
    [
        (QuestionMeasure.SUM, "number", [1, 2, 3, 4, 5.5], Decimal(16)),
        (QuestionMeasure.MEAN, "number", [1, 2, 3, 4, 5], Decimal("3.0")),
        (QuestionMeasure.SHARE, "yes_no", [True, True, False, False, False], Decimal("40.0")),
        (QuestionMeasure.MEAN, "scale", [1, 5, 5, 5, 5], Decimal("4.2")),
    ],
)
def test_each_measure(measure, kind, answers, expected):
    made = network(pole_count=1, firms_each=5)
    round_ = opened(made, codes=(), questions=[people_question(kind=kind, measure=measure)])
    for firm, value in zip(made.firms, answers, strict=True):
        answered(round_, firm, people=value)

    assert answers_figures(round_, [made.poles[0].pk])["people"][WHOLE].value == expected


@pytest.mark.parametrize("measure", [QuestionMeasure.SUM, QuestionMeasure.MEAN])
def test_one_answer_that_outweighs_all_others_is_not_told(measure):
    made = network(pole_count=1, firms_each=5)
    round_ = opened(made, codes=(), questions=[people_question(measure=measure)])
    for firm, value in zip(made.firms, [1000, 1, 1, 1, 1], strict=True):
        answered(round_, firm, people=value)

    told = answers_figures(round_, [made.poles[0].pk])["people"]
    assert {body: (figure.value, figure.reason) for body, figure in told.items()} == {
        WHOLE: (None, OUTWEIGHED),
        made.poles[0].pk: (None, OUTWEIGHED),
    }


@pytest.mark.parametrize(
    ("measure", "kind", "said"),
    [
        (QuestionMeasure.SHARE, "yes_no", False),
        (QuestionMeasure.SHARE, "yes_no", True),
        (QuestionMeasure.MEAN, "scale", 5),
        (QuestionMeasure.SUM, "number", 0),
    ],
)
def test_what_all_have_said_is_not_told_of_each(measure, kind, said):
    made = network(pole_count=1, firms_each=5)
    round_ = opened(made, codes=(), questions=[people_question(kind=kind, measure=measure)])
    for firm in made.firms:
        answered(round_, firm, people=said)

    told = answers_figures(round_, [made.poles[0].pk])["people"]
    assert {(figure.value, figure.reason) for figure in told.values()} == {(None, WITHHELD)}


def test_answers_are_told_once_the_round_is_frozen():
    """Two looks at a sum, before and after an answer, would tell the answer."""
    made = network(pole_count=1, firms_each=6)
    round_ = opened(made, codes=())
    for firm in made.firms:
        answered(round_, firm, people=10)

    before = round_report(made.officer, round_, LATER).answers[0].whole
    round_ = round_freezing.freeze_round(round_=round_, by=made.officer, at=LATER)
    after = round_report(made.officer, round_, LATER).answers[0].whole

    assert (before.value, before.words, before.answers, before.asked) == (None, "—", 6, 6)
    assert (after.value, after.answers) == (60, 6)


def test_a_pole_sees_the_whole_only_where_it_cannot_take_the_others_out():
    made = network(pole_count=3)
    round_ = opened(made)
    accept_all(made, round_)
    CollectionFigure.objects.filter(part=part_of(round_, made.poles[2]), code="members_total").update(
        value=None, missing="no_cases"
    )
    round_ = round_freezing.freeze_round(round_=round_, by=made.officer, at=LATER)

    assert round_report(made.officer, round_, LATER).figures[0].whole.value == 9
    held = round_report(made.managers[0], round_, LATER).figures[0].whole
    assert (held.value, held.words) == (None, "held back")


def test_the_whole_counts_a_firm_of_two_poles_once(made):
    round_ = opened(made)
    accept_all(made, round_)

    report = round_report(made.officer, round_, LATER)

    members = report.figures[0]
    assert members.code == "members_total"
    assert [cell.value for cell in members.cells] == [3, 4]
    assert members.whole is not None
    assert members.whole.value == 6


def test_a_frozen_round_stays_as_it_was_told(made):
    round_ = opened(made)
    refused(
        round_freezing.PolesMissing,
        lambda: round_freezing.freeze_round(round_=round_, by=made.officer, at=NOW),
    )
    accept_all(made, round_)
    round_ = round_freezing.freeze_round(round_=round_, by=made.officer, at=LATER)
    before = round_report(made.officer, round_, LATER)
    firm_of(made.poles[0])

    assert round_report(made.officer, round_, LATER + timedelta(days=9)) == before
    assert (round_.frozen_by, round_.frozen_at) == (made.officer.person, LATER)
    round_.questionnaire.refresh_from_db()
    assert not round_.questionnaire.is_open
    refused(round_mails.RoundNotOpen, lambda: answered(round_, made.both, people=1))
    with transaction.atomic(), pytest.raises((InternalError, IntegrityError)):
        CollectionRound.objects.filter(pk=round_.pk).update(report={})


def test_a_round_can_go_without_those_who_are_missing(made):
    round_ = opened(made)
    part = round_parts.submit_part(part=part_of(round_, made.poles[0]), by=made.managers[0], at=NOW)
    round_parts.accept_part(part=part, by=made.officer, at=NOW)

    round_ = round_freezing.freeze_round(round_=round_, without_missing=True, by=made.officer, at=LATER)
    report = round_report(made.officer, round_, LATER)

    assert [pole.is_left_out for pole in report.poles] == [False, True]
    assert report.figures[0].whole.value == 3
    own = round_report(made.managers[0], round_, LATER)
    assert [pole.part.organisation for pole in own.poles] == [made.poles[0]]
    assert own.figures[0].whole is None


# What the database guarantees


@pytest.mark.parametrize(
    "change",
    [
        {"until_on": "2024-12-31"},
        {"state": "open"},
        {"state": "frozen"},
    ],
)
def test_a_round_is_consistent(made, change):
    draft = drafted(made)
    with transaction.atomic(), pytest.raises(IntegrityError):
        CollectionRound.objects.filter(pk=draft.pk).update(**change)


def test_rows_of_a_round_are_consistent(made):
    round_ = opened(made)
    part, firm = part_of(round_, made.poles[0]), firm_in(round_, made.both)
    row = round_.questions.get()
    for act in (
        lambda: CollectionPart.objects.create(round=round_, organisation=made.poles[0]),
        lambda: CollectionPart.objects.filter(pk=part.pk).update(state="accepted"),
        lambda: CollectionFirm.objects.create(round=round_, organisation=made.both, link_seed="a"),
        lambda: CollectionFirm.objects.filter(pk=firm.pk).update(answered_at=NOW),
        lambda: CollectionComment.objects.create(
            part=part, code="members_total", text="", organisation=made.poles[0], written_at=NOW
        ),
        lambda: CollectionFigure.objects.create(
            part=part, code="members_total", version=1, value=1, missing="future", facts=0, taken_at=NOW
        ),
        lambda: CollectionQuestion.objects.filter(pk=row.pk).update(position=9),
    ):
        with transaction.atomic(), pytest.raises(IntegrityError):
            act()


# People who leave


def test_the_archive_tells_what_somebody_did_and_an_erasure_takes_the_name(made):
    round_ = opened(made)
    part = round_parts.submit_part(part=part_of(round_, made.poles[0]), by=made.managers[0], at=NOW)
    round_parts.ask_about_figure(part=part, code="members_total", text="Sure?", by=made.officer, at=NOW)
    officer, manager = made.officer.person, made.managers[0].person

    told = part_in_figures(officer)
    assert told["rounds"][0]["organisation__slug"] == "network"
    assert told["comments"][0]["text"] == "Sure?"
    assert len(part_in_figures(manager)["figures submitted or accepted"]) == 1
    for person in (officer, manager):
        forget_person(person=person)

    round_.refresh_from_db()
    part.refresh_from_db()
    assert (round_.created_by, round_.opened_by, part.submitted_by) == (None, None, None)
    assert part.comments.get().written_by is None
    assert part.comments.get().text == "Sure?"


def test_the_address_of_somebody_who_is_erased_is_not_kept_for_the_next_round(made):
    round_ = opened(made)
    person = made.firms[1].positions.get().person

    assert [row["email"] for row in part_in_figures(person)["written to for a firm"]] == [person.email]
    forget_person(person=person)

    assert list(round_.firms.filter(email="").values_list("organisation", flat=True)) == [made.firms[1].pk]


def test_a_frozen_round_lets_go_of_a_name(made):
    round_ = opened(made)
    accept_all(made, round_)
    round_ = round_freezing.freeze_round(round_=round_, by=made.officer, at=LATER)
    forget_person(person=made.officer.person)

    round_.refresh_from_db()
    assert (round_.frozen_by, round_.frozen_at) == (None, LATER)
