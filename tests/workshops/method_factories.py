"""A method small enough to read in a test, and people at its boards."""

from filiera.accounts.viewer import SYSTEM, Viewer
from filiera.workshops.actions import method_runs
from filiera.workshops.actions.method_cards import SentCard, join_board, write_card
from filiera.workshops.actions.methods import MethodHead, save_step, write_method
from filiera.workshops.method_blocks import Area, Axis, Block, Step
from filiera.workshops.models import Method, MethodBoard, MethodCard, MethodRun
from tests.academy.factories import NOW
from tests.admissions.test_people_list import take_part, viewer_at
from tests.workshops.group_factories import SeatFactory
from tests.workshops.plan_factories import GroupFactory, RoundFactory, SeriesFactory

EXPLAIN = Step(code="hello", block=Block.EXPLAIN, title={"en": "Hello"}, minutes=1)
WRITE = Step(code="ideas", block=Block.WRITE, title={"en": "Ideas"}, limit=2, is_silent=True)
OPEN = Step(code="thoughts", block=Block.WRITE, title={"en": "Thoughts"}, limit=3)
GROUP = Step(code="piles", block=Block.GROUP, title={"en": "Piles"})
VOTE = Step(code="dots", block=Block.VOTE, title={"en": "Dots"}, limit=3, on_one=2, is_silent=True)
PLACE = Step(
    code="matrix",
    block=Block.PLACE,
    title={"en": "Matrix"},
    is_silent=True,
    across=Axis({"en": "Effort"}),
    upwards=Axis({"en": "Impact"}),
)
CHAIN = Step(code="whys", block=Block.CHAIN, title={"en": "Whys"}, limit=3, links=2)
SHEETS = Step(code="sheets", block=Block.PASS_ON, title={"en": "Sheets"}, limit=2, turns=3, is_silent=True)
AREAS = (Area("plus", {"en": "Plus"}), Area("minus", {"en": "Minus"}))
CANVAS = Step(code="canvas", block=Block.CANVAS, title={"en": "Canvas"}, areas=AREAS)
TABLES = Step(code="tables", block=Block.ROTATE, title={"en": "Tables"}, areas=AREAS, turns=2)
TALK = Step(code="end", block=Block.DISCUSS, title={"en": "End"}, top=1)
USUAL = (EXPLAIN, WRITE, GROUP, VOTE, TALK)


def make_method(edition, *steps: Step, roles=()) -> Method:
    method = write_method(
        edition=edition,
        head=MethodHead(title={"en": "Short method"}, summary={"en": "Short."}, roles=roles),
        model=None,
        by=SYSTEM,
        at=NOW,
    )
    for step in steps or USUAL:
        method = save_step(method=method, code="", step=step, by=SYSTEM, at=NOW)
    return method


def prepared(edition, *steps: Step, **details) -> MethodRun:
    method = make_method(edition, *steps)
    return method_runs.prepare_run(
        method=method, details=method_runs.RunDetails(**details), by=SYSTEM, at=NOW
    )


def running(edition, *steps: Step, to: int = 0, **details) -> MethodRun:
    """One circle of everybody unless a round or a group is named, moved to a step."""
    run = method_runs.start_run(run=prepared(edition, *steps, **details), by=SYSTEM, at=NOW)
    return go(run, to) if to else run


def go(run: MethodRun, step: int, turn: int = 1, at=NOW) -> MethodRun:
    run = MethodRun.objects.get(pk=run.pk)
    return method_runs.move_run(run=run, step=step, turn=turn, seen=run.moves, by=SYSTEM, at=at)


def board_of(run: MethodRun) -> MethodBoard:
    board = run.boards.order_by("position").first()
    board.run = MethodRun.objects.select_related("edition", "version").get(pk=run.pk)
    return board


def sit_down(run: MethodRun, count: int = 1) -> list[Viewer]:
    """People of the edition who join the first board."""
    viewers = [viewer_at(take_part(run.edition)) for _number in range(count)]
    for viewer in viewers:
        join_board(board=board_of(run), by=viewer, at=NOW)
    return viewers


def write(run: MethodRun, by: Viewer, text: str = "A thought", *, at=NOW, **sent) -> MethodCard:
    run = MethodRun.objects.get(pk=run.pk)
    sent.setdefault("step", run.now.code)
    return write_card(board=board_of(run), sent=SentCard(text=text, **sent), by=by, at=at)


def groups_of(edition, sizes=(2, 2)):
    """A published round with groups and people in them."""
    round_ = RoundFactory(series=SeriesFactory(edition=edition))
    for number, size in enumerate(sizes, start=1):
        group = GroupFactory(round=round_, number=number, theme=f"Theme {number}")
        for _seat in range(size):
            SeatFactory(group=group, participation=take_part(edition))
    return round_
