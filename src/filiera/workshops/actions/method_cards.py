"""Working at a board: joining, roles, writing cards, putting them on piles."""

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from filiera.accounts.viewer import Viewer
from filiera.shared.errors import DomainError
from filiera.workshops.method_blocks import Block, Step, sheet_for, table_for
from filiera.workshops.models import BoardMember, CardPile, MethodBoard, MethodCard, MethodRun
from filiera.workshops.policies import methods as policies

from .method_telling import tell_board


class MethodIsOver(DomainError):
    message = _("This method is over. Copy your words if you want to keep them.")


class StepNotOpen(DomainError):
    message = _("This step is not open.")


class NothingWritten(DomainError):
    message = _("Write something first.")
    field = "text"


class AreaUnknown(DomainError):
    message = _("Choose one of the areas.")
    field = "area"


class ChainIsLong(DomainError):
    message = _("This chain is as long as it can be.")


class RoleTaken(DomainError):
    message = _("Somebody else has taken this role.")


class LimitReached(DomainError):
    def __init__(self, limit: int) -> None:
        told = ngettext(
            "You have written one card here, and that is all. Take it away to write another.",
            "You have written %(limit)s cards here, and that is all. Take one away to write another.",
            limit,
        )
        super().__init__(told % {"limit": limit})


@dataclass(frozen=True, slots=True, kw_only=True)
class SentCard:
    """What a page sends; `client_key` makes the same card sent twice one card."""

    step: str
    text: str
    turn: int = 1
    area: str = ""
    parent_id: int | None = None
    client_key: str = ""


@transaction.atomic
def join_board(*, board: MethodBoard, by: Viewer, at: datetime) -> BoardMember:
    """Sit down at a board, at the end of its circle. Raises PermissionDenied, MethodIsOver."""
    if by.person is None or not policies.can_join(by, board):
        raise PermissionDenied
    board = MethodBoard.objects.select_for_update(of=("self",)).select_related("run").get(pk=board.pk)
    known = BoardMember.objects.filter(board=board, person=by.person).first()
    if known is not None:
        return known
    if not board.run.is_running:
        raise MethodIsOver
    last = board.members.aggregate(last=Max("position"))["last"] or 0
    member = BoardMember.objects.create(board=board, person=by.person, position=last + 1, joined_at=at)
    tell_board(board)
    return member


@transaction.atomic
def take_role(*, board: MethodBoard, role: str, by: Viewer) -> BoardMember:
    """Take a role that nobody has, or lay one's own down. Raises PermissionDenied, RoleTaken."""
    member = own_place(board, by)
    known = {each.code for each in board.run.content.roles}
    member.role = "" if member.role == role or role not in known else role
    try:
        with transaction.atomic():
            member.save(update_fields=["role"])
    except IntegrityError as error:
        raise RoleTaken from error
    tell_board(board)
    return member


@transaction.atomic
def write_card(*, board: MethodBoard, sent: SentCard, by: Viewer, at: datetime) -> MethodCard:
    """Put a card on the board, as many as the step allows; sent again under its key it is the same card.

    A step that was left still takes cards while the method goes on, and a while after: a phone may have
    been without network. Raises PermissionDenied, MethodIsOver, StepNotOpen, NothingWritten, AreaUnknown,
    ChainIsLong, LimitReached.
    """
    member = own_place(board, by)
    run = MethodRun.objects.select_related("version").get(pk=board.run_id)
    if sent.client_key:
        known = MethodCard.objects.filter(board=board, author=by.person, client_key=sent.client_key).first()
        if known is not None:
            return known
    step, turn = _open_step(run, sent, at)
    if not sent.text.strip():
        raise NothingWritten
    parent = _parent(board, step, sent)
    if step.block == Block.CHAIN:
        turn = 1 if parent is None else parent.turn + 1
    card = MethodCard.objects.create(
        board=board,
        step=step.code,
        turn=turn,
        sheet=_sheet(board, step, turn, member),
        area=_area(board, step, turn, member, sent),
        parent=parent,
        author=by.person,
        number=_free_number(board, step, turn, by),
        text=sent.text.strip(),
        client_key=sent.client_key,
        is_silent=step.is_silent,
        written_at=at,
    )
    tell_board(board, is_hidden=run.is_hidden(step))
    return card


@transaction.atomic
def remove_card(*, card: MethodCard, by: Viewer, at: datetime) -> MethodCard:
    """Take the words of a card away; its author may write another. Raises PermissionDenied."""
    card = (
        MethodCard.objects.select_for_update(of=("self",))
        .select_related("board__run__edition", "board__run__version")
        .get(pk=card.pk)
    )
    if not policies.can_remove_card(by, card):
        raise PermissionDenied
    if card.removed_at is None:
        card.text, card.removed_at, card.pile = "", at, None
        card.save(update_fields=["text", "removed_at", "pile"])
        tell_board(card.board)
    return card


@transaction.atomic
def put_on_pile(
    *, card: MethodCard, pile: CardPile | None, title: str, by: Viewer, at: datetime
) -> CardPile | None:
    """Put a card on a pile, on a new one with this title, or by itself again; an empty pile goes.

    Raises PermissionDenied, StepNotOpen.
    """
    board = card.board
    own_place(board, by)
    step = _grouping_step(board)
    if pile is not None and (pile.board_id != board.pk or pile.step != step.code):
        raise StepNotOpen
    if pile is None and title:
        pile = CardPile.objects.create(board=board, step=step.code, title=title, made_at=at)
    MethodCard.objects.filter(pk=card.pk, removed_at__isnull=True).update(pile=pile)
    CardPile.objects.filter(board=board, step=step.code, cards__isnull=True, dots__isnull=True).exclude(
        pk=pile.pk if pile else 0
    ).delete()
    tell_board(board)
    return pile


@transaction.atomic
def name_pile(*, pile: CardPile, title: str, by: Viewer) -> CardPile:
    """Raises PermissionDenied, StepNotOpen."""
    own_place(pile.board, by)
    _grouping_step(pile.board)
    pile.title = title
    pile.save(update_fields=["title"])
    tell_board(pile.board)
    return pile


def own_place(board: MethodBoard, by: Viewer) -> BoardMember:
    """The viewer's own place, locked: what somebody sends from many tabs comes one after the other.

    Raises PermissionDenied.
    """
    if by.person_id is None or not policies.works_at(by, board):
        raise PermissionDenied
    return BoardMember.objects.select_for_update().get(board=board, person_id=by.person_id)


def _open_step(run: MethodRun, sent: SentCard, at: datetime) -> tuple[Step, int]:
    if not run.takes_cards_at(at):
        raise MethodIsOver
    place = run.content.place_of(sent.step)
    if place is None or place > run.furthest or not run.content.steps[place].is_writing:
        raise StepNotOpen
    step = run.content.steps[place]
    if not step.has_turns:
        return step, 1
    # Turns that have been; of a step that was left any.
    reached = run.turn if place == run.step and place == run.furthest else step.turns
    if not 1 <= sent.turn <= reached:
        raise StepNotOpen
    return step, sent.turn


def _parent(board: MethodBoard, step: Step, sent: SentCard) -> MethodCard | None:
    if step.block != Block.CHAIN or sent.parent_id is None:
        return None
    parent = MethodCard.objects.standing().filter(board=board, step=step.code, pk=sent.parent_id).first()
    if parent is None:
        raise StepNotOpen
    if parent.turn >= step.links:
        raise ChainIsLong
    return parent


def _circle(board: MethodBoard) -> list[int]:
    return list(board.members.order_by("position").values_list("position", flat=True))


def _sheet(board: MethodBoard, step: Step, turn: int, member: BoardMember) -> int | None:
    if step.block != Block.PASS_ON:
        return None
    circle = _circle(board)
    return sheet_for(circle.index(member.position), turn, circle)


def _area(board: MethodBoard, step: Step, turn: int, member: BoardMember, sent: SentCard) -> str:
    if step.block == Block.ROTATE:
        circle = _circle(board)
        area, _is_host = table_for(circle.index(member.position), turn, step.areas, len(circle))
        return area.code
    if step.block == Block.CANVAS and step.area(sent.area) is None:
        raise AreaUnknown
    return sent.area if step.block == Block.CANVAS else ""


def _free_number(board: MethodBoard, step: Step, turn: int, by: Viewer) -> int:
    own = MethodCard.objects.standing().filter(board=board, step=step.code, turn=turn, author=by.person)
    taken = set(own.values_list("number", flat=True))
    free = next((number for number in range(1, step.limit + 1) if number not in taken), None)
    if free is None:
        raise LimitReached(step.limit)
    return free


def _grouping_step(board: MethodBoard) -> Step:
    run = MethodRun.objects.select_related("version").get(pk=board.run_id)
    if not run.is_running or run.now.block != Block.GROUP:
        raise StepNotOpen
    return run.now
