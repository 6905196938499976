"""What the groups of the first day in Torino made of four methods: made up, marked as demonstration."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import cycle
from zoneinfo import ZoneInfo

from django.db import transaction

from filiera.academy.models import Edition, Session
from filiera.accounts.models import Person
from filiera.accounts.viewer import SYSTEM, Viewer
from filiera.demo.tables import read
from filiera.workshops.actions.method_cards import SentCard, join_board, put_on_pile, write_card
from filiera.workshops.actions.method_runs import (
    RunDetails,
    end_run,
    move_run,
    prepare_run,
    start_run,
)
from filiera.workshops.actions.method_votes import place_on_axes, put_dot
from filiera.workshops.actions.methods import MethodHead, save_step, take_over_method, write_method
from filiera.workshops.method_blocks import Block, Step
from filiera.workshops.models import (
    BoardMember,
    CardPile,
    Challenge,
    GroupRound,
    MethodBoard,
    MethodCard,
    MethodRun,
)
from filiera.workshops.permissions import TAKE_PART
from filiera.workshops.queries.method_targets import Key, board_with_data

ROME = ZoneInfo("Europe/Rome")
BEGAN_AT = datetime(2023, 9, 21, 14, 30, tzinfo=ROME)
SESSION, OPEN_SESSION = "groups-develop-solutions", "problem-solving-and-creative-thinking"
_VOTERS = 3
# Effort and impact of the five ideas, around which people scatter a little.
_PLACES = ((2, 5), (2, 2), (4, 4), (3, 4), (5, 2))
_SCATTER = (0, 1, -1, 0)


@transaction.atomic
def load_methods(edition: Edition, people: dict[str, Person], at: datetime) -> None:
    """Three that were held and one that is open; what is there already stays."""
    if MethodRun.objects.filter(edition=edition).exists():
        return
    round_ = GroupRound.objects.filter(series__edition=edition, session__slug=SESSION, number=1).first()
    if round_ is None:
        return
    cards = read("generated_method_cards")
    _held(edition, "how-might-we", RunDetails(round=round_), cards, BEGAN_AT)
    challenge = Challenge.objects.filter(edition=edition, title="Funding after the first grant").first()
    for code, number, on in (("impact-effort", 1, None), ("five-whys", 5, challenge)):
        group = round_.groups.filter(number=number).first()
        if group is not None:
            _held(
                edition,
                code,
                RunDetails(group=group, challenge=on),
                cards,
                BEGAN_AT + timedelta(minutes=35),
            )
    _open(edition, people, at)


def _held(
    edition: Edition, code: str, details: RunDetails, rows: Sequence[dict[str, str]], began_at: datetime
) -> None:
    """Hold a method from its first step to its last, as whoever led it would have."""
    method = take_over_method(edition=edition, code=code, by=SYSTEM, at=began_at)
    run = prepare_run(method=method, details=details, by=SYSTEM, at=began_at, is_demonstration=True)
    run = start_run(run=run, by=SYSTEM, at=began_at)
    boards = [_Board(run, board, rows) for board in run.boards.select_related("group").order_by("position")]
    at = began_at
    for place, step in enumerate(run.content.steps):
        if place:
            run = move_run(run=run, step=place, turn=1, seen=run.moves, by=SYSTEM, at=at)
        for board in boards:
            board.work(run, step, at + timedelta(minutes=1))
        at += timedelta(minutes=step.whole_minutes)
    end_run(run=run, seen=run.moves, by=SYSTEM, at=at)


class _Board:
    """One group that works, each member in turn."""

    def __init__(self, run: MethodRun, board: MethodBoard, rows: Sequence[dict[str, str]]) -> None:
        self.board = board
        code = run.version.method.packaged_code
        number = str(board.group.number) if board.group else ""
        self.rows = [row for row in rows if row["method"] == code and row["board"] == number]
        members = BoardMember.objects.filter(board=board).select_related("person").order_by("position")
        self.viewers = [_viewer(run, member.person) for member in members]
        self.made: dict[str, MethodCard] = {}

    def work(self, run: MethodRun, step: Step, at: datetime) -> None:
        self.board.run = run
        if not self.viewers:
            return
        if step.is_writing:
            self._write(step, at)
        elif step.block == Block.GROUP:
            self._group(at)
        elif step.block == Block.VOTE:
            self._vote(run, step, at)
        elif step.block == Block.PLACE:
            self._place(run, step, at)

    def _write(self, step: Step, at: datetime) -> None:
        writers = cycle(self.viewers)
        for row in (row for row in self.rows if row["step"] == step.code):
            parent = self.made.get(row["after"])
            sent = SentCard(step=step.code, text=row["text"], parent_id=parent.pk if parent else None)
            self.made[row["key"]] = write_card(board=self.board, sent=sent, by=next(writers), at=at)

    def _group(self, at: datetime) -> None:
        piles: dict[str, CardPile | None] = {}
        for row in (row for row in self.rows if row["pile"]):
            card = self.made[row["key"]]
            card.board = self.board
            known = piles.get(row["pile"])
            piles[row["pile"]] = put_on_pile(
                card=card, pile=known, title=row["pile"], by=self.viewers[0], at=at
            )

    def _vote(self, run: MethodRun, step: Step, at: datetime) -> None:
        keys = self._targets(run, step)
        for place, viewer in enumerate(self.viewers[:_VOTERS]):
            for number in range(min(2, len(keys))):
                # Most see the first ones as the strongest.
                on = keys[(number * place) % len(keys)] if number else keys[0]
                if number and on == keys[0]:
                    continue
                put_dot(board=self.board, on=on, by=viewer, at=at)

    def _place(self, run: MethodRun, step: Step, at: datetime) -> None:
        for (across, upwards), on in zip(_PLACES, self._targets(run, step), strict=False):
            for viewer, off in zip(self.viewers, _SCATTER, strict=False):
                place_on_axes(
                    board=self.board,
                    on=on,
                    across=min(5, max(1, across + off)),
                    upwards=min(5, max(1, upwards - off)),
                    by=viewer,
                    at=at,
                )

    def _targets(self, run: MethodRun, step: Step) -> list[Key]:
        return [each.key for each in board_with_data(run, self.board).targets_of(step)]


def _open(edition: Edition, people: dict[str, Person], at: datetime) -> None:
    """A method written at the desk, without a clock, in which a visitor can take part."""
    method = write_method(
        edition=edition,
        head=MethodHead(
            title={"en": "What we carry home", "it": "Che cosa portiamo a casa"},
            summary={
                "en": "Written at the desk of this edition: one thought each, then dots.",
                "it": "Scritto al desk di questa edizione: un pensiero a testa, poi i bollini.",
            },
            people="4-60",
        ),
        model=None,
        by=SYSTEM,
        at=at,
    )
    for step in (
        Step(
            code="thoughts",
            block=Block.WRITE,
            title={
                "en": "What will you do differently on Monday?",
                "it": "Che cosa farai di diverso lunedì?",
            },
            text={
                "en": "One thing a card. Nobody sees the others’ cards until they are shown.",
                "it": "Una cosa per biglietto. Nessuno vede i biglietti degli altri finché non si mostrano.",
            },
            minutes=0,
            limit=3,
            is_silent=True,
        ),
        Step(
            code="dots",
            block=Block.VOTE,
            title={"en": "What should all hear?", "it": "Che cosa dovrebbero sentire tutti?"},
            minutes=0,
            limit=3,
            is_silent=True,
        ),
    ):
        method = save_step(method=method, code="", step=step, by=SYSTEM, at=at)
    session = Session.objects.filter(edition=edition, slug=OPEN_SESSION).first()
    run = prepare_run(
        method=method, details=RunDetails(session=session), by=SYSTEM, at=at, is_demonstration=True
    )
    run = start_run(run=run, by=SYSTEM, at=at)
    board = run.boards.get()
    board.run = run
    first = run.content.steps[0]
    for role, text in (
        ("facilitator", "Ask the quiet ones first."),
        ("participant", "Call the three firms that left us last year."),
    ):
        viewer = _viewer(run, people[role])
        join_board(board=board, by=viewer, at=at)
        write_card(board=board, sent=SentCard(step=first.code, text=text), by=viewer, at=at)


def _viewer(run: MethodRun, person: Person) -> Viewer:
    return Viewer(person=person, edition_id=run.edition_id, permissions=frozenset({TAKE_PART}))
