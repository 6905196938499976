"""Nobody is told anything by accident, everybody once, and a later version only what is new."""

import pytest
from django.test import Client
from django.urls import reverse

from filiera.academy.models import Edition, EditionRole
from filiera.accounts.viewer import SYSTEM
from filiera.admissions.actions.decisions import (
    DecisionsChanged,
    LimitsStillContradict,
    NothingToSend,
    SomeUndecided,
    send_decisions,
    write_decision_mails,
)
from filiera.admissions.actions.selection_proposals import choose_by_hand, propose
from filiera.admissions.actions.selection_versions import begin_selection
from filiera.admissions.models import (
    ApplicationState,
    BalanceAttribute,
    Call,
    Decision,
    HandChoice,
    Participation,
    ParticipationState,
    Selection,
)
from filiera.admissions.queries.applications import progress_of
from filiera.admissions.queries.decision_mails import mark_of, pending_mails
from filiera.admissions.queries.selection import next_in_reserve, told_decision, told_decisions
from filiera.ledger.models import Fact
from filiera.mail.models import OutgoingMail
from tests.academy.factories import NOW, EditionFactory, EditionMemberFactory
from tests.academy.viewers import client_of
from tests.admissions.factories import ApplicationFactory, CallFactory
from tests.admissions.selection_factories import SelectionRuleFactory, give_scores

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition(db: None) -> Edition:
    return EditionFactory(public=True, name={"en": "The academy"})


@pytest.fixture
def call(edition: Edition) -> Call:
    """Six applications for two places; the third is returning, all others new."""
    call = CallFactory(edition=edition, places=2)
    rows = [
        ApplicationFactory(
            call=call, number=number, candidate_name=f"Number {number}", is_returning=number == 3
        )
        for number in range(1, 7)
    ]
    give_scores({row: 11 - row.number for row in rows})
    selection = begin_selection(call=call, by=SYSTEM, at=NOW)
    selection.reserve_places = 2
    selection.save()
    propose(call=call, by=SYSTEM, at=NOW)
    return call


@pytest.fixture
def director(edition: Edition) -> Client:
    return client_of(EditionMemberFactory(edition=edition, role=EditionRole.DIRECTOR).person)


def latest(call: Call) -> Selection:
    return Selection.objects.filter(call=call).order_by("-number")[0]


def send(call: Call) -> Selection:
    selection = send_decisions(call=call, mark=mark_of(pending_mails(latest(call))), by=SYSTEM, at=NOW)
    write_decision_mails(selection.pk)
    return selection


def mails() -> list[tuple[str, str]]:
    return list(OutgoingMail.objects.order_by("pk").values_list("to_address", "subject"))


def application(call: Call, number: int):
    return call.applications.get(number=number)


def test_nothing_is_told_before_the_sending(call):
    assert mails() == []
    assert not Participation.objects.exists()
    assert told_decisions(call) == {}


def test_sending_offers_places_and_writes_to_everybody_once(call):
    selection = send(call)
    write_decision_mails(selection.pk)

    offered = Participation.objects.filter(state=ParticipationState.OFFERED)
    assert sorted(offered.values_list("name", flat=True)) == ["Number 1", "Number 2"]
    assert [subject for _address, subject in mails()] == [
        "A place for you in The academy",
        "A place for you in The academy",
        "You are on the reserve list of The academy",
        "You are on the reserve list of The academy",
        "Your application to The academy",
        "Your application to The academy",
    ]
    assert Fact.objects.filter(kind="candidate.selected").count() == 2
    assert told_decision(application(call, 3)).decision == Decision.RESERVE


def stage_of(call: Call, number: int) -> str:
    stages = progress_of(application(call, number))
    return next(str(stage.name) for stage in stages if stage.state == "is-now")


def test_an_applicant_reads_what_they_were_told_and_nothing_before(call):
    before = stage_of(call, 6)
    send(call)

    after = [stage_of(call, number) for number in (1, 3, 6)]

    assert before == "Submitted"
    assert after == ["Selected", "Reserve list", "Not selected"]


def test_the_offer_holds_the_link_of_the_place(call):
    send(call)

    words = OutgoingMail.objects.order_by("pk")[0].text
    assert "/place/" in words
    assert "{" not in words


def test_what_changed_since_somebody_looked_is_not_sent(call):
    mark = mark_of(pending_mails(latest(call)))
    choose_by_hand(
        call=call,
        application=application(call, 1),
        hand=HandChoice.EXCLUDED,
        reason="",
        alone=False,
        by=SYSTEM,
        at=NOW,
    )

    with pytest.raises(DecisionsChanged):
        send_decisions(call=call, mark=mark, by=SYSTEM, at=NOW)


def test_nobody_is_turned_down_unread(call):
    ApplicationFactory(call=call, number=7)
    propose(call=call, by=SYSTEM, at=NOW)

    with pytest.raises(SomeUndecided):
        send(call)


def test_contradicting_limits_are_solved_before_the_sending(call):
    SelectionRuleFactory(
        selection=latest(call), attribute=BalanceAttribute.NEWCOMER, value="returning", least=2, most=None
    )
    propose(call=call, by=SYSTEM, at=NOW)

    with pytest.raises(LimitsStillContradict):
        send(call)


def test_a_sent_version_is_not_changed_and_a_later_one_tells_only_what_differs(call):
    first = send(call)
    choose_by_hand(
        call=call,
        application=application(call, 6),
        hand=HandChoice.EXCLUDED,
        reason="",
        alone=False,
        by=SYSTEM,
        at=NOW,
    )
    second = latest(call)
    second.reserve_places = 1
    second.save()
    propose(call=call, by=SYSTEM, at=NOW)

    assert (first.number, second.number) == (1, 2)
    assert first.decisions.get(application__number=4).decision == Decision.RESERVE
    assert [(row.name, row.before.decision) for row in pending_mails(second)] == [("Number 4", "reserve")]
    send(call)
    assert len(mails()) == 7


def test_places_that_were_offered_stay(call):
    send(call)
    give_scores({ApplicationFactory(call=call, number=7, candidate_name="Number 7"): 10})

    selection = propose(call=call, by=SYSTEM, at=NOW)

    rows = selection.decisions.filter(decision=Decision.SELECTED).order_by("application__number")
    assert [(row.application.number, row.reason["kind"]) for row in rows] == [
        (1, "has_place"),
        (2, "has_place"),
    ]
    assert [row.name for row in pending_mails(selection)] == ["Number 7", "Number 4"]


def test_who_was_told_is_not_told_again(call):
    send(call)
    propose(call=call, by=SYSTEM, at=NOW)

    with pytest.raises(NothingToSend):
        send(call)


def test_the_next_of_the_reserve_list_keeps_the_limits(call):
    SelectionRuleFactory(
        selection=latest(call), attribute=BalanceAttribute.NEWCOMER, value="returning", most=0
    )
    propose(call=call, by=SYSTEM, at=NOW)
    selection = latest(call)
    # The third is on the list by hand although the limit forbids it.
    selection.decisions.filter(decision=Decision.RESERVE).update(decision="rejected", reserve_rank=None)
    selection.decisions.filter(application__number=3).update(decision="reserve", reserve_rank=1)
    selection.decisions.filter(application__number=4).update(decision="reserve", reserve_rank=2)
    send(call)
    Participation.objects.filter(name="Number 1").update(state=ParticipationState.DECLINED, ended_at=NOW)

    assert next_in_reserve(call) == application(call, 4)


def test_a_place_stays_free_when_nobody_on_the_list_keeps_the_limits(call):
    SelectionRuleFactory(
        selection=latest(call),
        attribute=BalanceAttribute.NEWCOMER,
        value="returning",
        least=1,
        most=None,
    )
    propose(call=call, by=SYSTEM, at=NOW)
    send(call)
    Participation.objects.filter(name="Number 3").update(state=ParticipationState.DECLINED, ended_at=NOW)

    assert next_in_reserve(call) is None


def test_without_a_sent_selection_nobody_is_next(call):
    assert next_in_reserve(call) is None


def test_withdrawn_applications_are_told_nothing(call):
    call.applications.filter(number=6).update(state=ApplicationState.WITHDRAWN, withdrawn_at=NOW)

    send(call)

    assert len(mails()) == 5


def test_the_outbox_tells_counts_and_names_and_sends_after_a_question(director, call):
    outbox = reverse("admissions:desk_decision_mails", args=[call.edition.slug])
    asking = reverse("admissions:desk_sending", args=[call.edition.slug])
    page = director.get(outbox).content.decode()
    assert "Six mails, not sent" in page
    assert "Number 6" in page
    question = director.get(asking)
    assert "Tell 6 candidates now?" in question.content.decode()

    answer = director.post(asking, {"mark": question.context["mark"]})

    assert answer["Location"] == outbox
    assert latest(call).is_sent


def test_a_stale_question_is_asked_again(director, call):
    asking = reverse("admissions:desk_sending", args=[call.edition.slug])

    answer = director.post(asking, {"mark": "old"})

    assert answer.status_code == 422
    assert not latest(call).is_sent


def test_a_mail_is_read_before_it_is_sent(director, call):
    page = director.get(
        reverse("admissions:desk_decision_mail", args=[call.edition.slug, application(call, 3).pk])
    ).content.decode()

    assert "Dear Number 3," in page
    assert "You are number\n1" in page or "You are number 1" in page


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("Dear {nmae}, {link}", "{nmae} means nothing here. Use one of those listed below."),
        ("Dear {name}, {link", "A brace is not closed or not opened."),
        ("Dear {name}", "The text in en lacks {link}: without it nobody can answer."),
        ("{rank} {link}", "{rank} means nothing here. Use one of those listed below."),
    ],
)
def test_wrong_words_are_refused_at_the_field(director, call, body, said):
    where = reverse("admissions:desk_decision_text", args=[call.edition.slug, "selected"])

    answer = director.post(where, {"subject_en": "A place", "body_en": body})

    assert answer.status_code == 422
    assert answer.context["form"].errors["body"] == [said]


def test_own_words_are_used_and_dropped_again(director, call):
    where = reverse("admissions:desk_decision_text", args=[call.edition.slug, "rejected"])
    director.post(where, {"subject_en": "Not this time", "body_en": "Dear {name}, no."})
    send(call)

    director.post(reverse("admissions:desk_decision_text_end", args=[call.edition.slug, "rejected"]))

    assert [subject for _address, subject in mails()].count("Not this time") == 2
    assert not call.decision_texts.exists()
