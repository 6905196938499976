"""Plans, their presentation and their follow-up: what may be, what is refused, what is recorded."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from filiera.academy.models import EditionRole
from filiera.accounts.viewer import SYSTEM, VISITOR, Viewer
from filiera.credentials.queries.preview import preview_of
from filiera.ledger.models import Fact
from filiera.mail.models import OutgoingMail
from filiera.organisations.models import Role
from filiera.workshops.actions.bringing_home import Baseline, bring_home
from filiera.workshops.actions.follow_up import (
    LinkServesNoMore,
    NotPromised,
    add_proof,
    answer_by_link,
    ask_owners,
    report_measure,
)
from filiera.workshops.actions.plans import (
    MOST_MEASURES,
    MeasureDetails,
    MeasureIsPromised,
    NotInTheTeam,
    OwnerOfAnotherPlan,
    TooManyMeasures,
    add_measure,
    begin_plan,
    choose_readers,
    edit_measure,
    remove_measure,
)
from filiera.workshops.actions.presentations import (
    PlanNotReady,
    adopt_plan,
    break_off_presentation,
    finish_presentation,
    give_feedback,
    start_presentation,
)
from filiera.workshops.models import (
    ActionPlan,
    FollowUp,
    Measure,
    MeasureProof,
    MeasureReport,
    MeasureState,
    ProofKind,
    Seat,
)
from filiera.workshops.plan_file_policies import can_read_proof
from filiera.workshops.plan_parts import desk_panels, own_parts
from filiera.workshops.queries.follow_up_links import token_of, viewer_by_link
from filiera.workshops.queries.readiness import CLUSTER_MISSING, OWNER_MISSING, TEXT_MISSING
from tests.academy.factories import NOW, EditionMemberFactory, PartFactory
from tests.academy.viewers import viewer_in
from tests.accounts.factories import PersonFactory
from tests.admissions.factories import ParticipationFactory
from tests.credentials.factories import AwardFactory
from tests.workshops.plan_factories import (
    ClusterPlanFactory,
    GroupFactory,
    MeasureFactory,
    PlanFactory,
    at_home,
    leader_of,
    sit_down,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def kinds():
    return sorted(Fact.objects.filter(reverses=None).values_list("kind", flat=True))


def standing(kind):
    return sum(1 if fact.reverses is None else -1 for fact in Fact.objects.filter(kind=kind))


@pytest.fixture
def plan():
    return PlanFactory()


@pytest.fixture
def leader(plan):
    return leader_of(plan)


# ------------------------------------------------------------------ writing


def test_a_group_that_is_not_published_has_no_plan_yet():
    group = GroupFactory(round__series__published_at=None)
    leader = viewer_in(EditionMemberFactory(edition=group.round.series.edition, role=EditionRole.FACILITATOR))

    with pytest.raises(PermissionDenied):
        begin_plan(group=group, title="x", by=leader, at=NOW)


def test_the_cluster_of_whoever_takes_a_measure_is_theirs(plan):
    writer = sit_down(plan)
    measure = MeasureFactory(plan=plan)
    owner = Seat.objects.get().participation

    measure = edit_measure(measure=measure, details=MeasureDetails(owner=owner), by=writer, at=NOW)

    assert (measure.owner_name, measure.cluster) == (owner.name, owner.organisation)


def test_owners_come_from_the_edition_or_from_the_own_team(plan, leader):
    measure = MeasureFactory(plan=plan)
    elsewhere = ParticipationFactory()
    home = ClusterPlanFactory()
    manager = at_home(home.organisation)

    with pytest.raises(OwnerOfAnotherPlan):
        edit_measure(measure=measure, details=MeasureDetails(owner=elsewhere), by=leader, at=NOW)
    with pytest.raises(OwnerOfAnotherPlan):
        edit_measure(
            measure=MeasureFactory(plan=home),
            details=MeasureDetails(owner_person=PersonFactory()),
            by=manager,
            at=NOW,
        )


def test_an_idea_has_no_owner_and_every_change_is_noted(plan, leader):
    measure = MeasureFactory(plan=plan, named=True)

    edit_measure(
        measure=measure,
        details=MeasureDetails(is_idea_only=True, owner=measure.owner, cluster=measure.cluster),
        by=leader,
        at=NOW,
    )

    measure.refresh_from_db()
    noted = set(plan.changes.values_list("name", "after"))
    assert (measure.owner, noted) == (None, {("is_idea_only", "yes"), ("owner", "")})


def test_a_plan_holds_thirty_measures(plan, leader):
    MeasureFactory.create_batch(MOST_MEASURES, plan=plan)

    with pytest.raises(TooManyMeasures):
        add_measure(plan=plan, by=leader, at=NOW)


def test_a_promise_is_neither_removed_nor_left_to_nobody(plan, leader):
    measure = MeasureFactory(plan=plan, promised=True)

    with pytest.raises(MeasureIsPromised):
        remove_measure(measure=measure, by=leader, at=NOW)
    with pytest.raises(MeasureIsPromised):
        edit_measure(measure=measure, details=MeasureDetails(), by=leader, at=NOW)


def test_readers_are_of_the_own_team():
    plan = ClusterPlanFactory()
    manager, board = at_home(plan.organisation), at_home(plan.organisation, Role.CONTACT)

    choose_readers(plan=plan, people=[board.person], by=manager, at=NOW)
    with pytest.raises(NotInTheTeam):
        choose_readers(plan=plan, people=[PersonFactory()], by=manager, at=NOW)
    with pytest.raises(PermissionDenied):
        choose_readers(plan=plan, people=[], by=board, at=NOW)

    assert [reader.person for reader in plan.readers.all()] == [board.person]


@pytest.mark.parametrize(
    "values",
    [
        {"kind": "cluster"},
        {"organisation": None, "kind": "group", "edition": None},
        {"presentation_minutes": 0},
    ],
)
def test_the_database_refuses_a_plan_that_is_nobodys(plan, values):
    with pytest.raises(IntegrityError), transaction.atomic():
        ActionPlan.objects.filter(pk=plan.pk).update(**values)


@pytest.mark.parametrize(
    "values",
    [
        {"owner_person": 1},
        {"is_idea_only": True},
        {"state": "done"},
        {"promised_at": NOW},
    ],
)
def test_the_database_refuses_a_measure_that_contradicts_itself(plan, values):
    measure = MeasureFactory(plan=plan, named=True)
    if "owner_person" in values:
        values = {"owner_person": PersonFactory()}

    with pytest.raises(IntegrityError), transaction.atomic():
        Measure.objects.filter(pk=measure.pk).update(**values)


def test_the_database_refuses_proofs_and_askings_of_no_kind(plan):
    measure = MeasureFactory(plan=plan, promised=True)

    for row in (
        MeasureProof(measure=measure, kind="link", added_at=NOW),
        MeasureProof(measure=measure, kind="figure", url="https://example.org", added_at=NOW),
        MeasureReport(measure=measure, state="planned", reported_at=NOW),
        FollowUp(measure=measure, days=31, due_at=NOW, link_seed="s"),
        FollowUp(measure=measure, days=30, due_at=NOW, link_seed="s", answered_at=NOW),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save()


def test_the_day_tells_the_plan_of_ones_group_and_what_one_promised(plan, leader):
    writer = sit_down(plan)
    owner = Seat.objects.get().participation
    measure = MeasureFactory(plan=plan, owner=owner, promised=True, due_on=date(2020, 1, 1))
    neighbour = viewer_in(EditionMemberFactory(edition=plan.edition, role=EditionRole.PARTICIPANT))

    told = [(part.key, part.is_urgent) for part in own_parts(writer, plan.edition, NOW)]
    panel = desk_panels(leader, plan.edition, NOW)

    assert told == [(f"plan-{plan.pk}", False), (f"measure-{measure.pk}", True)]
    assert list(own_parts(neighbour, plan.edition, NOW)) == []
    part = PartFactory(edition=plan.edition)
    last_day = datetime.combine(part.ends_on, time(12), UTC)
    assert [each.key for each in own_parts(neighbour, plan.edition, last_day)] == ["take-home"]
    assert list(own_parts(neighbour, plan.edition, last_day - DAY)) == []
    assert [line.text for line in next(iter(panel)).lines] == [plan.title]
    assert desk_panels(writer, plan.edition, NOW) == []


# ------------------------------------------------------------- presentation


def test_what_is_missing_is_told_at_each_measure(plan, leader):
    unnamed = MeasureFactory(plan=plan)
    empty = MeasureFactory(plan=plan, named=True, text=" ")
    MeasureFactory(plan=plan, is_idea_only=True)

    with pytest.raises(PlanNotReady) as refusal:
        start_presentation(plan=plan, by=leader, at=NOW)

    told = [(each.measure, each.sentence) for each in refusal.value.missing]
    assert told == [(unnamed, OWNER_MISSING), (unnamed, CLUSTER_MISSING), (empty, TEXT_MISSING)]


def test_one_plan_stands_on_stage(plan, leader):
    MeasureFactory(plan=plan, named=True)
    other = PlanFactory(group=GroupFactory(round=plan.group.round))
    MeasureFactory(plan=other, named=True)

    start_presentation(plan=plan, by=leader, at=NOW)
    start_presentation(plan=other, by=leader, at=NOW)

    on_stage = ActionPlan.objects.filter(presenting_since__isnull=False)
    assert [each.pk for each in on_stage] == [other.pk]
    break_off_presentation(plan=other, by=leader)
    assert not on_stage.all().exists()


def test_a_presented_plan_counts_for_each_member_and_its_measures_are_promised(plan, leader):
    members = [sit_down(plan), sit_down(plan)]
    measure = MeasureFactory(plan=plan, named=True)
    MeasureFactory(plan=plan, is_idea_only=True)

    finish_presentation(plan=plan, by=leader, at=NOW)
    finish_presentation(plan=plan, by=leader, at=NOW + DAY)

    measure.refresh_from_db()
    assert kinds() == ["action_plan.presented"] * len(members) + ["measure.promised"]
    assert (measure.state, measure.promised_at) == (MeasureState.PROMISED, NOW)
    assert list(FollowUp.objects.order_by("days").values_list("days", "due_at")) == [
        (days, NOW + days * DAY) for days in (30, 90, 180)
    ]


def test_an_award_that_asks_for_a_presented_plan_finds_it(plan, leader):
    sit_down(plan)
    ParticipationFactory(edition=plan.edition)
    MeasureFactory(plan=plan, is_idea_only=True)
    award = AwardFactory(edition=plan.edition, needed_facts=["action_plan.presented"], least_hours=None)

    before = [line.standing.missing for line in preview_of(award).lines]
    finish_presentation(plan=plan, by=leader, at=NOW)
    after = {
        line.participation.seats.exists(): list(line.standing.missing) for line in preview_of(award).lines
    }

    assert before == [["Action plan presented: not recorded of this person."]] * 2
    assert after == {True: [], False: ["Action plan presented: not recorded of this person."]}


def test_only_who_leads_presents_and_everybody_gives_cards(plan, leader):
    writer = sit_down(plan)
    stranger = sit_down(PlanFactory())

    for deed in (start_presentation, finish_presentation):
        with pytest.raises(PermissionDenied):
            deed(plan=plan, by=writer, at=NOW)
    with pytest.raises(PermissionDenied):
        give_feedback(plan=plan, kind="keep", text="x", by=stranger, at=NOW)

    assert give_feedback(plan=plan, kind="keep", text="x", by=writer, at=NOW).person == writer.person


# ------------------------------------------------------------- bringing home


def bring(plan, measure, viewer, organisation):
    return bring_home(
        plan=plan,
        measures=[measure],
        baselines={measure.pk: Baseline(41, date(2030, 1, 2))},
        organisation=organisation,
        readers=[],
        by=viewer,
        at=NOW,
    )


def test_what_a_cluster_promised_is_one_promise_in_two_plans(plan, leader):
    viewer = sit_down(plan)
    owner = Seat.objects.get().participation
    at_home(owner.organisation, person=viewer.person)
    measure = MeasureFactory(plan=plan, owner=owner, cluster=owner.organisation)
    finish_presentation(plan=plan, by=leader, at=NOW)

    home = bring(plan, measure, viewer, owner.organisation)
    bring(plan, measure, viewer, owner.organisation)
    report_measure(measure=measure, state=MeasureState.DONE, note="", by=viewer, at=NOW + DAY)

    copy = home.measures.get()
    assert (copy.state, copy.indicator_start, copy.copied_from) == (MeasureState.DONE, 41, measure)
    assert (standing("measure.promised"), standing("measure.done"), standing("measure.brought_home")) == (
        1,
        1,
        1,
    )
    assert not copy.follow_ups.exists()


def test_the_idea_of_others_becomes_a_promise_of_ones_own(plan):
    viewer = sit_down(plan)
    organisation = ClusterPlanFactory().organisation
    manager = at_home(organisation, person=viewer.person)
    measure = MeasureFactory(plan=plan, is_idea_only=True)

    home = bring(plan, measure, viewer, organisation)
    adopt_plan(plan=home, by=manager, at=NOW)

    copy = home.measures.get()
    assert (copy.state, copy.owner_person, copy.cluster) == (
        MeasureState.PROMISED,
        viewer.person,
        organisation,
    )
    assert copy.follow_ups.count() == 3


def test_nobody_brings_measures_into_another_house(plan):
    viewer = sit_down(plan)

    with pytest.raises(PermissionDenied):
        bring(plan, MeasureFactory(plan=plan), viewer, ClusterPlanFactory().organisation)


# ----------------------------------------------------------------- follow-up


@pytest.fixture
def promised(plan, leader):
    measure = MeasureFactory(plan=plan, named=True)
    finish_presentation(plan=plan, by=leader, at=NOW)
    measure.refresh_from_db()
    return measure


def test_owners_are_asked_when_the_days_have_come_and_once(promised):
    early = ask_owners(by=SYSTEM, at=NOW + 29 * DAY)
    due = ask_owners(by=SYSTEM, at=NOW + 30 * DAY)
    again = ask_owners(by=SYSTEM, at=NOW + 31 * DAY)

    mail = OutgoingMail.objects.get()
    assert (early, due, again) == (0, 1, 0)
    assert promised.text in mail.text
    assert mail.text.count("/follow-up/") == 4


def test_who_was_long_not_asked_gets_one_mail(promised):
    assert ask_owners(by=SYSTEM, at=NOW + 200 * DAY) == 1


def test_what_is_done_is_not_asked_about(promised, leader):
    report_measure(measure=promised, state=MeasureState.DONE, note="", by=leader, at=NOW)

    assert ask_owners(by=SYSTEM, at=NOW + 30 * DAY) == 0


def test_only_the_platform_asks(leader):
    with pytest.raises(PermissionDenied):
        ask_owners(by=leader, at=NOW)


@pytest.fixture
def asked(promised):
    ask_owners(by=SYSTEM, at=NOW + 30 * DAY)
    return FollowUp.objects.get(days=30)


def test_a_link_says_how_far_one_measure_is_and_no_other(asked, promised):
    other = MeasureFactory(plan=promised.plan, promised=True)

    answer_by_link(
        follow_up=asked,
        state=MeasureState.BLOCKED,
        note="No room.",
        by=viewer_by_link(asked),
        at=NOW + 31 * DAY,
    )

    promised.refresh_from_db()
    other.refresh_from_db()
    report = promised.reports.get(state=MeasureState.BLOCKED)
    assert (promised.state, other.state) == (MeasureState.BLOCKED, MeasureState.PROMISED)
    assert (report.note, report.is_by_link, report.person) == ("No room.", True, None)
    assert standing("measure.blocked") == 1


def test_a_link_serves_once_and_not_for_ever(asked):
    by = viewer_by_link(asked)

    def answer(at):
        answer_by_link(follow_up=asked, state=MeasureState.DONE, note="", by=by, at=at)

    with pytest.raises(LinkServesNoMore):
        answer(NOW + 61 * DAY)
    answer(NOW + 31 * DAY)
    with pytest.raises(LinkServesNoMore):
        answer(NOW + 31 * DAY)


def test_the_link_of_one_asking_is_no_key_to_another(asked, promised):
    other = FollowUp.objects.get(days=90)
    FollowUp.objects.filter(pk=other.pk).update(asked_at=NOW, expires_at=NOW + DAY)

    with pytest.raises(PermissionDenied):
        answer_by_link(follow_up=other, state=MeasureState.DONE, note="", by=viewer_by_link(asked), at=NOW)


def test_looking_at_a_link_changes_nothing_and_its_button_changes_it_once(
    asked, promised, client, monkeypatch
):
    monkeypatch.setattr("filiera.workshops.views.follow_up.timezone.now", lambda: NOW + 31 * DAY)
    address = f"/follow-up/{token_of(asked)}/done/"

    looked = [client.get(address).status_code, client.head(address).status_code]
    promised.refresh_from_db()
    untouched = promised.state
    pressed = client.post(address, {"note": ""})
    again = [client.post(address, {"note": ""}).status_code, client.get(address).status_code]

    promised.refresh_from_db()
    assert (looked, untouched) == ([200, 200], MeasureState.PROMISED)
    assert (pressed.status_code, promised.state, again) == (200, MeasureState.DONE, [410, 410])


@pytest.mark.parametrize("tail", ["done/", "planned/", "promised/", "nonsense/"])
def test_a_forged_link_leads_nowhere(asked, client, tail):
    key = token_of(asked).partition("-")[0]

    assert client.get(f"/follow-up/{key}-{'0' * 40}/{tail}").status_code == 404


def test_states_and_facts_follow_what_is_said_last(promised, leader):
    for state in (MeasureState.DONE, MeasureState.BLOCKED, MeasureState.DONE, MeasureState.DONE):
        report_measure(measure=promised, state=state, note="", by=leader, at=NOW)

    assert (standing("measure.done"), standing("measure.blocked")) == (1, 0)
    assert [each.state for each in promised.reports.order_by("pk")] == [
        "promised",
        "done",
        "blocked",
        "done",
        "done",
    ]


def test_only_promises_have_a_state(plan, leader):
    measure = MeasureFactory(plan=plan, named=True)

    with pytest.raises(NotPromised):
        report_measure(measure=measure, state=MeasureState.DONE, note="", by=leader, at=NOW)
    with pytest.raises(NotPromised):
        add_proof(measure=measure, kind=ProofKind.LINK, label="", url="https://x.org", by=leader, at=NOW)


def test_the_owner_reports_and_a_neighbour_does_not(promised):
    neighbour = viewer_in(EditionMemberFactory(edition=promised.plan.edition, role=EditionRole.PARTICIPANT))
    owner = viewer_in(
        EditionMemberFactory(
            edition=promised.plan.edition, person=promised.owner.person, role=EditionRole.PARTICIPANT
        )
    )

    with pytest.raises(PermissionDenied):
        report_measure(measure=promised, state=MeasureState.DONE, note="", by=neighbour, at=NOW)

    report_measure(measure=promised, state=MeasureState.DONE, note="", by=owner, at=NOW)
    assert standing("measure.done") == 1


def test_a_file_that_proves_is_read_by_who_reads_the_plan(promised, leader):
    file = SimpleUploadedFile("list.pdf", b"%PDF-1.7 a list")
    proof = add_proof(measure=promised, kind=ProofKind.FILE, label="List", upload=file, by=leader, at=NOW)
    neighbour = EditionMemberFactory(edition=promised.plan.edition, role=EditionRole.PARTICIPANT)

    seen = [
        can_read_proof(Viewer(person=person), proof.file)
        for person in (leader.person, neighbour.person, PersonFactory())
    ]
    assert [*seen, can_read_proof(VISITOR, proof.file)] == [True, True, False, False]
