"""The pages of methods: who gets in, what a phone and a form without script get, what the desk does."""

from dataclasses import replace

import pytest
from django.core.cache import cache
from django.urls import reverse

from filiera.academy.models import EditionRole
from filiera.accounts.viewer import SYSTEM
from filiera.workshops.actions import method_runs
from filiera.workshops.method_blocks import Block
from filiera.workshops.models import CardPile, Dot, Method, MethodCard, MethodRun, Placing
from tests.academy.factories import NOW, EditionFactory, EditionMemberFactory
from tests.academy.viewers import client_of, viewer_in
from tests.admissions.test_people_list import take_part
from tests.workshops.challenge_factories import ChallengeFactory
from tests.workshops.method_factories import (
    CANVAS,
    CHAIN,
    EXPLAIN,
    GROUP,
    OPEN,
    PLACE,
    SHEETS,
    TABLES,
    TALK,
    VOTE,
    WRITE,
    board_of,
    go,
    groups_of,
    make_method,
    prepared,
    running,
    sit_down,
    write,
)
from tests.workshops.plan_factories import PlanFactory

pytestmark = pytest.mark.django_db

SCRIPT = {"HX-Request": "true"}


@pytest.fixture
def edition(db):
    return EditionFactory(public=True)


@pytest.fixture
def leader(edition):
    return client_of(EditionMemberFactory(edition=edition, role=EditionRole.FACILITATOR).person)


@pytest.fixture
def elsewhere(db):
    return client_of(take_part(EditionFactory(public=True)).person)


def page(name, run, *rest):
    return reverse(f"workshops:{name}", args=[run.edition.slug, run.pk, *rest])


def board_page(name, run, *rest):
    return page(name, run, board_of(run).pk, *rest)


def text_of(response):
    return response.content.decode()


def fresh(run):
    return MethodRun.objects.get(pk=run.pk)


@pytest.mark.parametrize(
    "name", ["method_run", "method_results", "method_cards_csv", "method_stage", "method_board"]
)
def test_the_people_of_the_edition_open_it_and_nobody_else(client, edition, elsewhere, name):
    run = running(edition, WRITE)
    viewer = sit_down(run)[0]
    address = board_page(name, run) if name == "method_board" else page(name, run)

    statuses = [
        each.get(address, follow=each is not client).status_code
        for each in (client_of(viewer.person), elsewhere, client)
    ]

    assert statuses == [200, 403, 302]


def test_the_list_is_for_the_people_of_the_edition(client, edition, elsewhere):
    address = reverse("workshops:methods", args=[edition.slug])
    reader = client_of(take_part(edition).person)

    assert [each.get(address).status_code for each in (reader, elsewhere, client)] == [200, 403, 302]


@pytest.mark.parametrize("name", ["desk_method_run", "desk_method_board"])
def test_the_desk_of_a_run_is_for_those_who_lead(client, edition, leader, name):
    run = running(edition, WRITE)
    reader = client_of(take_part(edition).person)
    address = board_page(name, run) if name == "desk_method_board" else page(name, run)

    assert [each.get(address).status_code for each in (leader, reader, client)] == [200, 403, 302]


@pytest.mark.parametrize(
    ("name", "rest"),
    [
        ("desk_methods", []),
        ("desk_method_new", []),
        ("desk_method", ["swot"]),
        ("desk_method_head", ["swot"]),
        ("desk_method_run_new", ["swot"]),
        ("desk_method_step", ["swot", "fields"]),
        *(("desk_method_step_new", ["swot", block]) for block in Block.values),
    ],
)
def test_the_library_is_for_those_who_lead(client, edition, leader, name, rest):
    reader = client_of(take_part(edition).person)
    address = reverse(f"workshops:{name}", args=[edition.slug, *rest])

    assert [each.get(address).status_code for each in (leader, reader, client)] == [200, 403, 302]


@pytest.mark.parametrize("name", ["method_run", "method_board", "method_stage", "method_results"])
def test_what_is_prepared_only_is_not_known_to_participants(edition, leader, name):
    run = prepared(edition, WRITE)
    reader = client_of(take_part(edition).person)
    address = board_page(name, run) if name == "method_board" else page(name, run)

    assert [leader.get(address).status_code, reader.get(address).status_code] == [200, 404]


def test_the_board_of_another_group_is_not_there(edition):
    round_ = groups_of(edition)
    run = running(edition, OPEN, round=round_)
    first, second = (group.seats.first().participation.person for group in round_.groups.order_by("number"))

    own = client_of(first).get(board_page("method_board", run)).status_code
    others = [
        client_of(second).get(board_page("method_board", run)).status_code,
        client_of(second).get(board_page("method_stage_board", run)).status_code,
        client_of(second).post(board_page("method_card_create", run), {"text": "x"}).status_code,
    ]

    assert (own, others) == (200, [404, 404, 404])


@pytest.mark.parametrize(
    "steps",
    [
        (EXPLAIN,), (WRITE,), (OPEN,), (CHAIN,), (SHEETS,), (CANVAS,), (TABLES,), (OPEN, GROUP), (OPEN, VOTE),
        (OPEN, PLACE), (OPEN, TALK), (OPEN, replace(TALK, turns=2)),
    ],
)  # fmt: skip
def test_every_block_is_shown_on_the_phone_the_screen_and_the_desk(edition, leader, steps):
    run = running(edition, *steps)
    viewer, other = sit_down(run, 2)
    if run.now.is_writing:
        area = "plus" if run.now.block == Block.CANVAS else ""
        write(run, viewer, "Seen by me", area=area)
    if len(steps) > 1:
        go(run, 1)
    addresses = [board_page("method_board", run), page("method_stage", run), page("desk_method_run", run)]

    statuses = [leader.get(address).status_code for address in addresses]
    own, others = (client_of(each.person).get(addresses[0]) for each in (viewer, other))

    assert statuses == [200, 200, 200]
    is_seen = steps[0].block != Block.EXPLAIN
    is_hidden = steps[0].is_silent
    assert ("Seen by me" in text_of(own), "Seen by me" in text_of(others)) == (
        is_seen,
        is_seen and not is_hidden,
    )
    if is_hidden:
        assert "Seen by me" not in text_of(leader.get(addresses[1])) + text_of(leader.get(addresses[2]))


def test_who_takes_part_goes_straight_to_their_board(edition):
    run = running(edition, OPEN, round=groups_of(edition))
    person = run.boards.order_by("position").first().members.first().person

    response = client_of(person).get(page("method_run", run))

    assert response["Location"] == board_page("method_board", run)


def test_who_is_in_no_group_is_told_so(edition):
    run = running(edition, OPEN, round=groups_of(edition))

    response = client_of(take_part(edition).person).get(page("method_run", run) + "?lang=en")

    assert "No board is yours" in text_of(response)


def test_one_sits_down_by_a_form_and_writes_without_script(edition):
    run = running(edition, WRITE)
    client = client_of(take_part(edition).person)

    joined = client.post(board_page("method_board_membership", run))
    sent = client.post(
        board_page("method_card_create", run),
        {"text": "A thought", "step": "ideas", "client_key": "0123456789abcdef-main"},
    )

    assert (joined.status_code, sent.status_code, MethodCard.objects.get().text) == (302, 302, "A thought")


def test_a_phone_that_sends_a_card_gets_the_board_and_sent_again_no_second_card(edition):
    run = running(edition, WRITE)
    client = client_of(sit_down(run)[0].person)
    card = {"text": "A thought", "step": "ideas", "turn": "1", "client_key": "0123456789ab"}

    answers = [client.post(board_page("method_card_create", run), card, headers=SCRIPT) for _time in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert ("A thought" in text_of(answers[0]), MethodCard.objects.count()) == (True, 1)


def test_what_is_refused_is_said_and_stays_typed(edition):
    run = running(edition, replace(WRITE, limit=1))
    viewer = sit_down(run)[0]
    write(run, viewer)
    client = client_of(viewer.person)
    card = {"text": "One too many", "step": "ideas", "place": "main"}

    plain = client.post(board_page("method_card_create", run) + "?lang=en", card)
    script = client.post(board_page("method_card_create", run), card, headers=SCRIPT)

    assert (plain.status_code, script.status_code, script.json()["code"]) == (422, 422, "limit_reached")
    assert "One too many" in text_of(plain)


@pytest.mark.parametrize(
    "changes",
    [
        {"text": "x" * 501},
        {"text": "\x00"},
        {"text": "\u202ebackwards"},
        {"step": "../secret"},
        {"turn": "99999999999"},
        {"parent": "x"},
        {"client_key": "short"},
    ],
)
def test_wrong_cards_are_refused(edition, changes):
    run = running(edition, WRITE)
    client = client_of(sit_down(run)[0].person)
    card = {"text": "A thought", "step": "ideas", **changes}

    response = client.post(board_page("method_card_create", run), card, headers=SCRIPT)

    assert (response.status_code in (400, 422), MethodCard.objects.count()) == (True, 0)


def test_a_card_in_hostile_words_is_only_words(edition):
    run = running(edition, OPEN)
    viewer = sit_down(run)[0]
    write(run, viewer, "<script>alert(1)</script>")

    pages = [
        text_of(client_of(viewer.person).get(address))
        for address in (board_page("method_board", run), page("method_stage", run))
    ]

    assert all("&lt;script&gt;alert(1)" in shown and "<script>alert" not in shown for shown in pages)


def test_own_cards_are_taken_away_and_others_not(edition):
    run = running(edition, OPEN)
    writer, other = sit_down(run, 2)
    card = write(run, writer)
    address = board_page("method_card_removal", run, card.pk)

    refused = client_of(other.person).post(address).status_code
    done = client_of(writer.person).post(address).status_code

    assert (refused, done, MethodCard.objects.standing().count()) == (403, 302, 0)


def test_a_silent_card_of_somebody_else_is_not_there(edition, leader):
    run = running(edition, WRITE)
    card = write(run, sit_down(run)[0])

    assert leader.post(board_page("method_card_removal", run, card.pk)).status_code == 404


def test_cards_are_put_on_piles_from_the_phone(edition):
    run = running(edition, OPEN, GROUP)
    viewer = sit_down(run)[0]
    first, second = write(run, viewer, "one"), write(run, viewer, "two")
    go(run, 1)
    client = client_of(viewer.person)

    client.post(board_page("method_card_pile", run, first.pk), {"pile": "new", "title": "Alike"})
    pile = CardPile.objects.get()
    client.post(board_page("method_card_pile", run, second.pk), {"pile": str(pile.pk)})
    client.post(board_page("method_pile_name", run, pile.pk), {"title": "Much alike"})
    pile.refresh_from_db()

    assert (pile.title, set(pile.cards.all())) == ("Much alike", {first, second})


def test_dots_and_places_come_from_the_phone(edition):
    run = running(edition, OPEN, VOTE, PLACE)
    viewer = sit_down(run)[0]
    card = write(run, viewer)
    go(run, 1)
    client = client_of(viewer.person)
    on = f"card-{card.pk}"

    client.post(board_page("method_dots", run), {"on": on, "to": "there"})
    client.post(board_page("method_dots", run), {"on": on, "to": "there"})
    client.post(board_page("method_dots", run), {"on": on, "to": "back"})
    go(run, 2)
    client.post(board_page("method_places", run), {"on": on, "across": "2", "upwards": "5"})
    odd = client.post(board_page("method_places", run), {"on": on, "across": "9"}, headers=SCRIPT)
    wrong = client.post(board_page("method_dots", run), {"on": "card-x"})

    assert (Dot.objects.count(), Placing.objects.get().upwards) == (1, 5)
    assert (odd.status_code, wrong.status_code) == (422, 404)


def test_the_facilitator_leads_from_the_desk(edition, leader):
    run = prepared(edition, WRITE, GROUP, TALK)
    leader.post(page("desk_method_start", run))
    first = fresh(run)
    leader.post(page("desk_method_extension", run), {"minutes": "5", "seen": first.moves})
    leader.post(page("desk_method_showing", run), {"seen": first.moves + 1})
    leader.post(page("desk_method_move", run), {"to": "1.1", "seen": first.moves + 2})
    # A second click on the same button.
    leader.post(page("desk_method_move", run), {"to": "2.1", "seen": first.moves + 2})
    second = fresh(run)
    leader.post(page("desk_method_move", run), {"to": "2.1", "seen": second.moves})
    leader.post(page("desk_method_end", run), {"seen": second.moves + 1})
    ended = fresh(run)

    assert (first.state, second.step, second.revealed) == ("running", 1, ["ideas"])
    assert (ended.state, leader.get(page("method_run", run))["Location"]) == (
        "held",
        page("method_results", run),
    )


@pytest.mark.parametrize("to", ["", "x", "1.x", "-1.1", "9999999"])
def test_odd_moves_are_not_found(edition, leader, to):
    run = running(edition)

    assert leader.post(page("desk_method_move", run), {"to": to, "seen": "1"}).status_code == 404


def test_a_method_is_prepared_for_the_groups_of_a_round(edition, leader):
    round_ = groups_of(edition)
    address = reverse("workshops:desk_method_run_new", args=[edition.slug, "how-might-we"])

    leader.post(address, {"held_by": f"round-{round_.pk}"})
    wrong = leader.post(address, {"held_by": "round-999999"})

    run = MethodRun.objects.get()
    assert (run.round, run.boards.count(), wrong.status_code) == (round_, 2, 422)


def test_groups_of_another_edition_are_no_choice(edition, leader):
    foreign = groups_of(EditionFactory(public=True))
    address = reverse("workshops:desk_method_run_new", args=[edition.slug, "swot"])

    response = leader.post(address, {"held_by": f"round-{foreign.pk}"})

    assert (response.status_code, MethodRun.objects.count()) == (422, 0)


def test_a_method_is_written_from_blocks_without_code_and_held(edition, leader):
    def address(name, *rest):
        return reverse(f"workshops:{name}", args=[edition.slug, *rest])

    leader.post(
        address("desk_method_new") + "?lang=en",
        {"title_en": "Two sides", "people": "4-8", "roles": "Timekeeper: says when it is over"},
    )
    key = f"own-{Method.objects.get().pk}"
    leader.post(
        address("desk_method_step_new", key, "canvas"),
        {
            "title_en": "Plus and minus",
            "minutes": "10",
            "limit": "4",
            "layout": "columns",
            "areas": "Plus: what speaks for it\nMinus",
        },
    )
    leader.post(
        address("desk_method_step_new", key, "vote"),
        {"title_en": "Dots", "minutes": "2", "limit": "3", "on_one": "1", "top": "0", "is_silent": "on"},
    )
    leader.post(address("desk_method_step_order", key, "dots"), {"to": "up"})
    wrong = leader.get(address("desk_method", key) + "?lang=en")
    leader.post(address("desk_method_step_order", key, "dots"), {"to": "down"})
    prepare = leader.post(address("desk_method_run_new", key), {"held_by": "everybody"})

    content = Method.objects.get().told
    assert [(step.block, step.minutes) for step in content.steps] == [("canvas", 10), ("vote", 2)]
    assert [(area.name, area.hint) for area in content.steps[0].areas] == [
        ({"en": "Plus"}, {"en": "what speaks for it"}),
        ({"en": "Minus"}, {}),
    ]
    assert content.roles[0].name == {"en": "Timekeeper"}
    assert "no step before it gives any" in text_of(wrong)
    assert (prepare.status_code, MethodRun.objects.get().name) == (302, "Two sides")


def test_another_language_stays_when_lines_are_edited(edition, leader):
    address = reverse("workshops:desk_method_step", args=[edition.slug, "swot", "fields"])
    form = {
        "title_en": "Four fields",
        "minutes": "12",
        "limit": "12",
        "layout": "quadrants",
        "areas": "Strengths: What do we do better than others?\nWeak spots\nOpportunities\nThreats",
    }

    leader.post(f"{address}?lang=en", form)

    areas = Method.objects.get().told.step("fields").areas
    assert [area.name.get("it") for area in areas] == ["Punti di forza", None, "Opportunità", "Minacce"]
    assert areas[0].code == "strengths"


@pytest.mark.parametrize(
    ("block", "form"),
    [
        ("write", {"title_en": "", "minutes": "1", "limit": "1"}),
        ("write", {"title_en": "A", "minutes": "999", "limit": "1"}),
        ("vote", {"title_en": "A", "minutes": "1", "limit": "0", "on_one": "1", "top": "0"}),
        ("vote", {"title_en": "A", "minutes": "1", "limit": "1", "on_one": "1", "top": "0", "source": "no"}),
    ],
)
def test_a_wrong_step_is_refused_with_what_was_typed(edition, leader, block, form):
    address = reverse("workshops:desk_method_step_new", args=[edition.slug, "swot", block])

    assert (leader.post(address, form).status_code, Method.objects.count()) == (422, 0)


def test_results_lead_on_to_a_plan_and_a_challenge(edition):
    round_ = groups_of(edition)
    run = running(edition, OPEN, round=round_)
    group = round_.groups.order_by("number").first()
    person = group.seats.first().participation.person
    viewer = viewer_in(edition.members.get(person=person))
    first, second = write(run, viewer, "Visit firms"), write(run, viewer, "Ask them")
    plan = PlanFactory(group=group)
    challenge = ChallengeFactory(edition=edition)
    client = client_of(person)

    to_plan = client.post(board_page("method_card_measure", run, first.pk), {"plan": plan.pk})
    nothing = client.post(board_page("method_card_measure", run, second.pk), {})
    to_thread = client.post(board_page("method_card_challenge", run, second.pk), {"challenge": challenge.pk})
    run = method_runs.end_run(run=fresh(run), seen=fresh(run).moves, by=SYSTEM, at=NOW)
    shown = text_of(client.get(page("method_results", run) + "?lang=en"))
    thread = text_of(client.get(reverse("workshops:challenge", args=[edition.slug, challenge.pk])))
    paper = text_of(client.get(reverse("workshops:plan_page", args=[edition.slug, plan.pk])))

    assert (to_plan.status_code, nothing.status_code, to_thread.status_code) == (302, 422, 302)
    assert ("is a measure now" in shown, "stands with a challenge" in shown) == (True, True)
    assert page("method_results", run) in thread
    assert page("method_results", run) in paper


def test_who_did_not_write_carries_nothing_on(edition):
    run = running(edition, OPEN)
    card = write(run, sit_down(run)[0])
    other = client_of(take_part(edition).person)

    statuses = [
        other.get(board_page(name, run, card.pk)).status_code
        for name in ("method_card_measure", "method_card_challenge")
    ]

    assert statuses == [404, 404]


def test_the_table_of_cards_is_safe_for_spreadsheets(edition):
    run = running(edition, OPEN)
    viewer = sit_down(run)[0]
    write(run, viewer, "=1+1")

    response = client_of(viewer.person).get(page("method_cards_csv", run))

    assert ("'=1+1" in text_of(response), response["Cache-Control"]) == (True, "private, no-store")


@pytest.mark.parametrize("name", ["method_board", "method_stage", "method_results", "desk_method_run"])
def test_pages_of_a_run_ask_as_often_for_many_cards_as_for_one(
    edition, leader, django_assert_max_num_queries, name
):
    run = running(edition, OPEN, GROUP)
    address = board_page(name, run) if name == "method_board" else page(name, run)
    counts = []
    for people in (1, 3):
        for viewer in sit_down(run, people):
            write(run, viewer, step="thoughts")
        leader.get(address)
        cache.clear()
        with django_assert_max_num_queries(60) as asked:
            leader.get(address)
        counts.append(len(asked))

    assert counts[0] == counts[1]


@pytest.mark.parametrize("name", ["method_stage", "method_results", "desk_method_run"])
def test_pages_of_a_run_ask_as_often_for_many_groups_as_for_few(
    edition, leader, django_assert_max_num_queries, name
):
    counts = []
    for sizes in ((2, 2), (2, 2, 3, 2)):
        run = running(edition, SHEETS, round=groups_of(edition, sizes=sizes))
        with django_assert_max_num_queries(60) as asked:
            leader.get(page(name, run))
        counts.append(len(asked))

    assert counts[0] == counts[1]


def test_lists_ask_as_often_for_many_runs_as_for_one(edition, leader, django_assert_max_num_queries):
    addresses = [reverse(f"workshops:{name}", args=[edition.slug]) for name in ("methods", "desk_methods")]
    counts = []
    for runs in (1, 3):
        for _run in range(runs):
            running(edition, OPEN)
        make_method(edition)
        for address in addresses:
            leader.get(address)
            with django_assert_max_num_queries(60) as asked:
                leader.get(address)
            counts.append(len(asked))

    assert counts[:2] == counts[2:]
