"""The pages of action plans: who gets in, what stands there, what is kept."""

import json

import pytest

from filiera.academy.models import EditionRole
from filiera.organisations.models import Role
from filiera.workshops.models import (
    ActionPlan,
    FeedbackCard,
    Measure,
    MeasureState,
    PlanReader,
    TextOperation,
)
from tests.academy.factories import EditionMemberFactory
from tests.academy.viewers import client_of
from tests.accounts.factories import PersonFactory
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


@pytest.fixture
def plan():
    return PlanFactory()


@pytest.fixture
def writer(plan):
    return client_of(sit_down(plan).person)


@pytest.fixture
def leader(plan):
    return client_of(leader_of(plan).person)


@pytest.fixture
def neighbour(plan):
    """Takes part in the edition, in another group."""
    return client_of(EditionMemberFactory(edition=plan.edition, role=EditionRole.PARTICIPANT).person)


def of(plan, tail=""):
    return f"/academy/{plan.edition.slug}/plans/{plan.pk}/{tail}"


def home_of(plan, tail=""):
    return f"/o/{plan.organisation.slug}/plans/{plan.pk}/{tail}"


def text_of(row, name, kind="plan"):
    plan = row if kind == "plan" else row.plan
    return f"/academy/{plan.edition.slug}/texts/{kind}/{row.pk}/{name}/"


def send(client, address, operation, *, revision=0, number=1, client_name="page-one-1"):
    said = {"revision": revision, "operation": operation, "client": client_name, "number": number}
    return client.post(address, json.dumps(said), content_type="application/json")


def test_a_group_begins_its_plan_once(client):
    group = GroupFactory()
    plan = PlanFactory.build(edition=group.round.series.edition, group=group)
    seat = client_of(sit_down(plan).person)
    address = f"/academy/{plan.edition.slug}/plans/"

    first = seat.post(address, {"group": group.pk})
    second = seat.post(address, {"group": group.pk})

    assert (first.status_code, first["Location"]) == (302, second["Location"])
    assert ActionPlan.objects.get().title == "Members who stay"


def test_reading_writing_and_being_refused(plan, writer, neighbour, client):
    MeasureFactory(plan=plan)
    stranger = client_of(PersonFactory())
    elsewhere = client_of(EditionMemberFactory(role=EditionRole.PARTICIPANT).person)

    seen = {
        name: [each.get(of(plan, tail)).status_code for tail in ("", "plan.pdf", "writing/", "history/")]
        for name, each in {
            "writer": writer,
            "neighbour": neighbour,
            "stranger": stranger,
            "elsewhere": elsewhere,
            "visitor": client,
        }.items()
    }

    assert seen == {
        "writer": [200, 200, 200, 200],
        "neighbour": [200, 200, 403, 403],
        "stranger": [403, 403, 403, 403],
        "elsewhere": [403, 403, 403, 403],
        "visitor": [302, 302, 302, 302],
    }


def test_a_plan_of_another_edition_is_not_found_at_this_address(plan, writer):
    other = PlanFactory()

    assert writer.get(f"/academy/{plan.edition.slug}/plans/{other.pk}/").status_code == 404


def test_strokes_are_kept_and_answered_in_order(plan, writer):
    plan_address = text_of(plan, "aim")

    first = send(writer, plan_address, [len(plan.aim), " 🙂"])
    second = send(writer, plan_address, ["Soon: ", len(plan.aim)], number=1, client_name="page-two-2")
    again = send(writer, plan_address, [len(plan.aim), " 🙂"])

    plan.refresh_from_db()
    assert plan.aim == "Soon: Nine of ten members renew. 🙂"
    assert [each["revision"] for each in second.json()["operations"]] == [1, 2]
    assert (first.status_code, TextOperation.objects.count()) == (200, 2)
    assert [each["revision"] for each in again.json()["operations"]] == [1, 2]


@pytest.mark.parametrize(
    "operation",
    [[1], [26, "\x00"], [26, "\u202e"], [26, True], [26, 1.5], [26, ""], [0], "abc", [26, ["a"]], {"a": 1}],
)
def test_what_no_page_of_ours_sends_is_refused(plan, writer, operation):
    answer = send(writer, text_of(plan, "aim"), operation)

    assert (answer.status_code, answer.json()["code"]) == (422, "operation_refused")


def test_a_revision_from_the_future_and_a_body_that_is_no_message_are_refused(plan, writer):
    ahead = send(writer, text_of(plan, "aim"), [26], revision=7)
    broken = writer.post(text_of(plan, "aim"), "{", content_type="application/json")

    assert (ahead.json()["code"], broken.json()["code"]) == ("revision_unknown", "operation_refused")


def test_texts_are_closed_to_everybody_else(plan, neighbour, client):
    own = ClusterPlanFactory()
    outsider = client_of(PersonFactory())
    statuses = [
        send(neighbour, text_of(plan, "aim"), [26, "x"]).status_code,
        neighbour.get(text_of(plan, "aim")).status_code,
        send(outsider, text_of(plan, "aim"), [26, "x"]).status_code,
        outsider.get(text_of(plan, "aim")).status_code,
        client.get(text_of(plan, "aim")).status_code,
        neighbour.get(text_of(plan, "title")).status_code,
        neighbour.get(f"/academy/{plan.edition.slug}/texts/plan/{own.pk}/aim/").status_code,
        neighbour.post(f"{text_of(plan, 'aim')}writers/", {"client": "page-one-1"}).status_code,
    ]

    assert statuses == [403, 200, 404, 404, 403, 404, 404, 403]
    assert not TextOperation.objects.exists()


def test_pages_hear_who_else_writes(plan, writer, leader):
    address = f"{text_of(plan, 'aim')}writers/"

    alone = writer.post(address, {"client": "page-one-1", "writes_in": f"plan/{plan.pk}/aim"})
    both = leader.post(address, {"client": "page-two-2", "writes_in": ""})

    assert alone.json() == {"writers": []}
    assert [each["place"] for each in both.json()["writers"]] == [f"plan/{plan.pk}/aim"]


def test_a_form_without_scripts_joins_what_others_wrote(plan, writer):
    measure = MeasureFactory(plan=plan, text="Call each member twice a year.")
    send(writer, text_of(measure, "text", "measure"), [len(measure.text), " And listen."])

    form = {"text": "Call every member twice a year.", "revision_text": "0", "copy": "c1"}
    first = writer.post(of(plan, f"measures/{measure.pk}/"), form)
    writer.post(of(plan, f"measures/{measure.pk}/"), form)

    measure.refresh_from_db()
    assert (first.status_code, measure.text) == (302, "Call every member twice a year. And listen.")


def test_a_form_that_cannot_be_kept_keeps_what_was_typed(plan, writer):
    measure = MeasureFactory(plan=plan)

    answer = writer.post(
        of(plan, f"measures/{measure.pk}/"),
        {"text": "My many words", "revision_text": "0", "due_on": "31.02.2030"},
    )

    assert (answer.status_code, "My many words" in answer.content.decode()) == (422, True)


def test_choices_are_kept_as_they_are_made_and_say_what_is_missing(plan, writer):
    measure = MeasureFactory(plan=plan)
    address = of(plan, f"measures/{measure.pk}/")

    missing = writer.post(address, {"due_on": "2030-06-30"}, headers={"HX-Request": "true"})
    idea = writer.post(address, {"is_idea_only": "on"}, headers={"HX-Request": "true"})

    assert writer.get(address)["Location"] == of(plan, f"writing/#measure-{measure.pk}")

    assert "Name the one person who does it" in missing.content.decode()
    assert "Name the one person who does it" not in idea.content.decode()
    assert plan.changes.values_list("name", flat=True).order_by("pk")[0] == "due_on"


def test_measures_come_and_go(plan, writer):
    writer.post(of(plan, "measures/"))
    measure = Measure.objects.get()
    page = writer.post(of(plan, f"measures/{measure.pk}/removal/"), headers={"HX-Request": "true"})

    assert (page.status_code, Measure.objects.count()) == (200, 0)


def test_a_message_is_not_taken_along_by_what_a_page_fetches_of_its_own_accord(plan, writer):
    writer.post(of(plan, f"measures/{MeasureFactory(plan=plan).pk}/removal/"))
    canvas = of(plan, "writing/")
    unasked = writer.get(canvas, headers={"HX-Request": "true", "Filiera-Unasked": "true"})

    told = ["The measure is removed." in each.content.decode() for each in (unasked, writer.get(canvas))]

    assert told == [False, True]


def test_history_brings_back_what_stood_before(plan, writer):
    send(writer, text_of(plan, "aim"), ["All lost", -len(plan.aim)])
    page = writer.get(of(plan, "history/")).content.decode()
    back = writer.post(of(plan, f"history/plan/{plan.pk}/aim/1/restoration/"))

    plan.refresh_from_db()
    assert ("All lost" in page, back.status_code, plan.aim) == (True, 302, "Nine of ten members renew.")


def test_only_who_leads_presents(plan, writer, leader):
    MeasureFactory(plan=plan, named=True)

    assert writer.post(of(plan, "presentation/")).status_code == 403
    leader.post(of(plan, "presentation/"))
    stage = writer.get(f"/academy/{plan.edition.slug}/stage/plans/now/").content.decode()
    now = writer.get(f"/academy/{plan.edition.slug}/plans/now/")

    assert (plan.title in stage, now["Location"]) == (True, of(plan, "feedback/"))


def test_cards_come_from_the_people_of_the_edition(plan, neighbour, client):
    given = neighbour.post(of(plan, "feedback/"), {"kind": "idea", "text": "Ask the region too."})
    empty = neighbour.post(of(plan, "feedback/"), {"kind": "idea", "text": " "})
    visitor = client.post(of(plan, "feedback/"), {"kind": "idea", "text": "x"})

    assert (given.status_code, empty.status_code, visitor.status_code) == (302, 422, 302)
    assert FeedbackCard.objects.get().text == "Ask the region too."


def test_a_cluster_sees_its_plan_and_its_readers_read_it(client):
    plan = ClusterPlanFactory()
    MeasureFactory(plan=plan)
    manager, contact = at_home(plan.organisation), at_home(plan.organisation, Role.CONTACT)
    board = at_home(plan.organisation, Role.CONTACT)
    PlanReader.objects.create(plan=plan, person=board.person, added_at=plan.created_at)
    rival = at_home(ClusterPlanFactory().organisation)

    def statuses(viewer):
        who = client_of(viewer.person)
        return [who.get(home_of(plan, tail)).status_code for tail in ("", "writing/", "readers/", "plan.pdf")]

    assert [statuses(each) for each in (manager, contact, board, rival)] == [
        [200, 200, 200, 200],
        [404, 404, 404, 404],
        [200, 403, 403, 200],
        [404, 404, 404, 404],
    ]
    assert client.get(home_of(plan)).status_code == 302


def test_the_list_of_a_cluster_is_for_its_team(client):
    plan = ClusterPlanFactory(title="Our way")
    address = f"/o/{plan.organisation.slug}/plans/"
    manager, contact = at_home(plan.organisation), at_home(plan.organisation, Role.CONTACT)
    rival = at_home(ClusterPlanFactory().organisation)
    pages = {
        name: client_of(viewer.person).get(address)
        for name, viewer in {"manager": manager, "contact": contact, "rival": rival}.items()
    }

    statuses = {name: page.status_code for name, page in pages.items()}
    begun = client_of(contact.person).post(address)

    assert statuses == {"manager": 200, "contact": 200, "rival": 403}
    assert ["Our way" in pages[name].content.decode() for name in ("manager", "contact")] == [True, False]
    assert (begun.status_code, client.get(address).status_code) == (403, 302)


def test_a_cluster_begins_writes_and_adopts_its_plan():
    manager = at_home(ClusterPlanFactory().organisation)
    client = client_of(manager.person)
    slug = ActionPlan.objects.get().organisation.slug

    begun = client.post(f"/o/{slug}/plans/")
    plan = ActionPlan.objects.order_by("-pk")[0]
    early = client.post(home_of(plan, "adoption/"), follow=True).content.decode()
    client.post(home_of(plan, "writing/"), {"title": "Ours", "aim": "All stay.", "revision_aim": "0"})
    client.post(home_of(plan, "measures/"))
    measure = Measure.objects.get()
    client.post(
        home_of(plan, f"measures/{measure.pk}/"),
        {"text": "Call.", "revision_text": "0", "owner": manager.person_id},
    )
    adopted = client.post(home_of(plan, "adoption/"))

    plan.refresh_from_db()
    measure.refresh_from_db()
    assert (begun["Location"], adopted["Location"]) == (home_of(plan, "writing/"), home_of(plan))
    assert "cannot be presented yet" in early
    assert (plan.title, plan.aim, measure.state) == ("Ours", "All stay.", MeasureState.PROMISED)


def test_measures_are_brought_home(plan, writer):
    measure = MeasureFactory(plan=plan, named=True)
    manager = at_home(measure.cluster)
    EditionMemberFactory(edition=plan.edition, person=manager.person, role=EditionRole.PARTICIPANT)
    person = client_of(manager.person)

    page = person.get(of(plan, "home/"))
    done = person.post(
        of(plan, "home/"),
        {
            "organisation": measure.cluster_id,
            "measures": [measure.pk],
            f"baseline_{measure.pk}": "41",
        },
    )

    copy = Measure.objects.get(copied_from=measure)
    assert (page.status_code, done["Location"]) == (200, home_of(copy.plan))
    assert (copy.indicator_start, copy.text, copy.cluster_id) == (41, measure.text, measure.cluster_id)
    assert writer.get(of(plan, "home/")).status_code == 403


@pytest.mark.parametrize("count", [1, 4])
def test_pages_ask_the_same_number_of_questions(plan, leader, count, django_assert_max_num_queries):
    for _each in range(count):
        MeasureFactory(plan=plan, promised=True)
        PlanFactory(group=GroupFactory(round=plan.group.round))
    addresses = [
        (of(plan), 24),
        (of(plan, "writing/"), 26),
        (of(plan, "history/"), 16),
        (f"/academy/{plan.edition.slug}/plans/", 22),
        (f"/academy/{plan.edition.slug}/desk/follow-up/", 16),
    ]

    for address, most in addresses:
        with django_assert_max_num_queries(most):
            assert leader.get(address).status_code == 200


def test_the_follow_up_is_for_who_organises_and_pays(plan, leader, writer, client):
    MeasureFactory(plan=plan, promised=True, state=MeasureState.DONE)
    funder = client_of(EditionMemberFactory(edition=plan.edition, role=EditionRole.VIEWER).person)
    address = f"/academy/{plan.edition.slug}/desk/follow-up/"

    statuses = [each.get(address).status_code for each in (leader, funder, writer, client)]
    table = funder.get(f"{address}measures.xlsx")

    assert statuses == [200, 200, 403, 302]
    assert (table.status_code, table.content[:2]) == (200, b"PK")
