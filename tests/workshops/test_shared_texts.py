"""A text that several write at once: whatever the order, the cuts and the repetitions, one text comes out."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from filiera.accounts.models import Person
from filiera.accounts.signals import person_erased
from filiera.push.models import Event
from filiera.workshops.actions.plans import (
    MeasureDetails,
    PlanDetails,
    edit_measure,
    edit_plan,
    remove_measure,
)
from filiera.workshops.actions.shared_texts import (
    OperationRefused,
    RevisionUnknown,
    SentChange,
    TextIsGone,
    TextTooLong,
    merge_text,
    restore_text,
    write_text,
)
from filiera.workshops.models import ActionPlan, SharedText, TextOperation
from filiera.workshops.plan_receivers import plans_of
from filiera.workshops.plan_texts import OF_MEASURE, OF_PLAN, may_hear
from filiera.workshops.queries.plans import canvas_of
from filiera.workshops.queries.shared_texts import text_at, versions_of
from filiera.workshops.shared_texts import MOST_CHARACTERS, TextPlace
from tests.academy.factories import NOW
from tests.accounts.factories import PersonFactory
from tests.workshops.plan_factories import (
    ClusterPlanFactory,
    MeasureFactory,
    PlanFactory,
    at_home,
    sit_down,
)
from tests.workshops.text_pages import PageOfText, Server

WORDS = st.text(st.sampled_from("abc è\n🙂👩‍🔬"), min_size=1, max_size=4)


@st.composite
def deeds(draw: st.DrawFn) -> list[tuple[int, str, float, str]]:
    """What happens at three pages, one after the other: typing, removing, sending, losing an answer…"""
    what = st.sampled_from(["type", "type", "remove", "send", "send", "lose answer", "hear", "close"])
    one = st.tuples(st.integers(0, 2), what, st.floats(0, 1), WORDS)
    return draw(st.lists(one, max_size=40))


def play(story: list[tuple[int, str, float, str]], server: Server) -> tuple[list[PageOfText], list[str]]:
    """The pages after everything that happened has reached everybody, and the words that were typed."""
    pages = [PageOfText(f"page-{number}", server.text, len(server.done)) for number in range(3)]
    left: list[PageOfText] = []
    typed: list[str] = []
    for number, (who, what, share, words) in enumerate(story):
        page = pages[who]
        place = round(share * len(page.text))
        if what == "type":
            mark = chr(0x4E00 + number)
            typed.append(mark)
            page.type(page.text[:place] + mark + words + page.text[place:])
        elif what == "remove":
            # Never a mark: two who each type it anew would leave it twice.
            if not any("\u4e00" <= each < "\uac00" for each in page.text[place : place + 1]):
                page.type(page.text[:place] + page.text[place + 1 :])
        elif what == "hear":
            page.receive(server.after(page.revision))
        elif what == "close":
            # The page is closed before its answer comes; what was unsent is sent by the next one.
            left.append(page)
            pages[who] = PageOfText(f"page-{who}-{number}", server.text, len(server.done))
        elif (message := page.message()) is not None:
            answer = server.put(message)
            if what == "send":
                page.receive(answer)
    for page in [*left, *pages]:
        while not page.is_saved:
            message = page.message()
            assert message is not None
            page.receive(server.put(message))
    for page in pages:
        page.receive(server.after(page.revision))
    return pages, typed


@given(deeds())
@settings(max_examples=300, deadline=None)
def test_pages_and_server_come_to_one_text(story):
    server = Server("To begin with 🙂")

    pages, typed = play(story, server)

    assert {page.text for page in pages} == {server.text}
    # Each typed mark is there, once: nothing is lost, and nothing that was sent twice counts twice.
    assert sorted(each for each in server.text if each >= "\u4e00" and each < "\uac00") == sorted(typed)


class Database(Server):
    """The same pages before the real action and its table."""

    def __init__(self, place, by):
        super().__init__(place.row.aim)
        self.place, self.by = place, by

    def put(self, message):
        change = SentChange(message["revision"], message["operation"], message["client"], message["number"])
        told = write_text(place=self.place, change=change, by=self.by, at=NOW)
        self.done = self.after(0)
        self.text = ActionPlan.objects.get(pk=self.place.row.pk).aim
        return [self._as_data(each) for each in told]

    def after(self, revision):
        found = TextOperation.objects.filter(text__owner_id=self.place.row.pk).after(revision)
        return [self._as_data(each) for each in found]

    @staticmethod
    def _as_data(told):
        return {
            "revision": told.revision,
            "client": told.client,
            "number": told.number,
            "operation": told.components,
        }


@pytest.mark.django_db
@given(story=deeds())
@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_the_table_orders_them_the_same_way(db, story):
    plan = PlanFactory(aim="To begin with 🙂")
    writer = sit_down(plan)

    pages, _typed = play(story, Database(TextPlace(OF_PLAN, plan, "aim"), writer))

    plan.refresh_from_db()
    assert {page.text for page in pages} == {plan.aim}
    assert text_at(TextPlace(OF_PLAN, plan, "aim"), 0) == "To begin with 🙂"


@pytest.fixture
def place(db):
    return TextPlace(OF_PLAN, PlanFactory(aim="Nine of ten members renew."), "aim")


@pytest.fixture
def writer(place):
    return sit_down(place.row)


def write(place, by, components, *, revision=0, number=1, client="page"):
    return write_text(place=place, change=SentChange(revision, components, client, number), by=by, at=NOW)


def test_a_stroke_is_kept_told_and_known(place, writer):
    write(place, writer, [26, " Soon."])

    plan = ActionPlan.objects.get()
    told = Event.objects.get(topic=plan.topic)
    assert (plan.aim, plan.changed_at) == ("Nine of ten members renew. Soon.", NOW)
    assert told.data == {"what": "text", "text": f"plan/{plan.pk}/aim", "revision": 1}
    assert plans_of(writer.person)["written"][0]["components"] == [26, " Soon."]


def test_first_and_last_words_of_a_measure_change_what_is_told_to_be_missing(place, writer):
    measure = MeasureFactory(plan=place.row, text="")
    words = TextPlace(OF_MEASURE, measure, "text")
    news = Event.objects.filter(topic=place.row.topic, data={"what": "measure", "key": measure.pk})

    told = []
    for revision, components in enumerate(([" "], [1, "Call"], [5, " soon"], [-10])):
        write(words, writer, components, revision=revision, number=revision + 1)
        told.append(news.count())

    assert told == [0, 1, 1, 2]


def test_the_same_message_again_changes_nothing(place, writer):
    write(place, writer, [26, " Soon."])
    write(place, writer, [26, " Soon."])

    assert ActionPlan.objects.get().aim == "Nine of ten members renew. Soon."


@pytest.mark.parametrize("components", [[25], [27], ["x"], [26, "a\x07"], [26, "\ud83d"]])
def test_what_does_not_fit_is_refused(place, writer, components):
    with pytest.raises(OperationRefused):
        write(place, writer, components)


def test_a_revision_that_is_not_there_yet_is_refused(place, writer):
    with pytest.raises(RevisionUnknown):
        write(place, writer, [26, "x"], revision=3)


def test_a_text_has_an_end_and_can_still_be_shortened(place, writer):
    with pytest.raises(TextTooLong):
        write(place, writer, [26, "x" * MOST_CHARACTERS])
    ActionPlan.objects.update(aim="x" * (MOST_CHARACTERS + 10))

    write(place, writer, [-1, MOST_CHARACTERS + 9])

    assert len(ActionPlan.objects.get().aim) == MOST_CHARACTERS + 9


def test_nobody_else_writes(place):
    stranger = sit_down(PlanFactory())

    with pytest.raises(PermissionDenied):
        write(place, stranger, [26, "x"])
    with pytest.raises(PermissionDenied):
        merge_text(place=place, revision=0, words="x", form="f", by=stranger, at=NOW)
    with pytest.raises(PermissionDenied):
        restore_text(place=place, revision=0, by=stranger, at=NOW)


def test_words_for_a_measure_that_was_removed_are_refused(place, writer):
    measure = MeasureFactory(plan=place.row)
    remove_measure(measure=measure, by=writer, at=NOW)

    with pytest.raises(TextIsGone):
        write(TextPlace(OF_MEASURE, measure, "text"), writer, [30, " Gladly."])

    assert not SharedText.objects.exists()


def wait_for_somebody_who_waits():
    deadline = time.monotonic() + 10
    with connection.cursor() as cursor:
        while time.monotonic() < deadline:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
            time.sleep(0.02)
    raise AssertionError("nobody waits")


@pytest.mark.django_db(transaction=True)
def test_who_writes_in_a_measure_and_who_chooses_for_it_wait_for_each_other_in_one_order():
    measure = MeasureFactory(named=True)
    by = sit_down(measure.plan)

    def write_meanwhile():
        try:
            write(TextPlace(OF_MEASURE, measure, "text"), by, [30, " Gladly."])
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as other:
        with transaction.atomic():
            edit_plan(plan=measure.plan, details=PlanDetails(title="Members stay"), by=by, at=NOW)
            writing = other.submit(write_meanwhile)
            wait_for_somebody_who_waits()
            edit_measure(measure=measure, details=MeasureDetails(is_idea_only=True), by=by, at=NOW)
        writing.result()

    measure.refresh_from_db()
    assert (measure.text, measure.is_idea_only) == ("Call each member twice a year. Gladly.", True)


def test_a_form_joins_its_text_with_what_was_written_meanwhile(place, writer):
    write(place, writer, ["Soon: ", 26])

    merge_text(
        place=place, revision=0, words="Nine of ten members renew 🙂\r\nGladly.", form="f", by=writer, at=NOW
    )
    merge_text(
        place=place, revision=0, words="Nine of ten members renew 🙂\r\nGladly.", form="f", by=writer, at=NOW
    )

    assert ActionPlan.objects.get().aim == "Soon: Nine of ten members renew 🙂\nGladly."


def test_an_earlier_text_comes_back_as_a_change(place, writer):
    write(place, writer, [-26, "Gone"])

    restore_text(place=place, revision=0, by=writer, at=NOW)

    assert (ActionPlan.objects.get().aim, SharedText.objects.get().revision) == (
        "Nine of ten members renew.",
        2,
    )


def test_strokes_of_one_sitting_are_one_version(place, writer):
    write(place, writer, [26, " So"])
    write(place, writer, [29, "on."], revision=1, number=2)
    place.row.refresh_from_db()

    versions = versions_of([place])

    assert [(each.before, each.after) for each in versions] == [
        ("Nine of ten members renew.", "Nine of ten members renew. Soon.")
    ]


def test_words_are_read_with_their_own_revision_whatever_was_written_since_the_row(place, writer):
    read_before = ActionPlan.objects.get(pk=place.row.pk)
    write(place, writer, [26, " So."])

    aim = canvas_of(read_before).aim
    versions = versions_of([TextPlace(OF_PLAN, read_before, "aim")])

    assert (aim.words, aim.revision) == ("Nine of ten members renew. So.", 1)
    assert [each.after for each in versions] == ["Nine of ten members renew. So."]


def test_pages_go_on_hearing_while_their_reader_may(place, writer):
    plan = place.row
    home = ClusterPlanFactory()
    manager, contact = at_home(home.organisation), at_home(home.organisation, "contact")

    heard = {
        "writer": may_hear(writer.person_id, plan.topic),
        "stranger": may_hear(PersonFactory().pk, plan.topic),
        "manager": may_hear(manager.person_id, home.topic),
        "contact": may_hear(contact.person_id, home.topic),
        "nobody": may_hear(None, plan.topic),
        "nonsense": may_hear(writer.person_id, "plan:x"),
    }

    assert heard == {
        "writer": True,
        "stranger": False,
        "manager": True,
        "contact": False,
        "nobody": False,
        "nonsense": False,
    }


def test_who_is_erased_leaves_the_words_and_takes_the_name(place, writer):
    write(place, writer, [26, "x"])

    person_erased.send(sender=Person, person=writer.person, at=NOW)

    assert [who_and_what(each) for each in TextOperation.objects.all()] == [(None, [26, "x"])]


def who_and_what(operation):
    return operation.person_id, operation.components
