"""Methods: lists of steps in versions, what is held of them, and what people write, group and vote there."""

from datetime import datetime, timedelta
from functools import cached_property
from typing import ClassVar, Self, TypeVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from filiera.academy.models import Edition, Session
from filiera.accounts.models import Person
from filiera.accounts.viewer import Viewer
from filiera.texts.languages import translated
from filiera.workshops.method_blocks import MOST_EACH, POINTS, Content, Step, content_from
from filiera.workshops.permissions import LEAD, TAKE_PART

from .challenge_work import ChallengeComment
from .challenges import Challenge
from .groups import Group, GroupRound
from .plans import Measure

RowT = TypeVar("RowT", bound=models.Model, covariant=True)


class RunState(models.TextChoices):
    PREPARED = "prepared", pgettext_lazy("method", "Prepared")
    RUNNING = "running", pgettext_lazy("method", "Going on")
    HELD = "held", pgettext_lazy("method", "Held to its end")
    BROKEN_OFF = "broken_off", pgettext_lazy("method", "Ended early")


ENDED = (RunState.HELD, RunState.BROKEN_OFF)
# A phone that was without network may still bring what was written, so long after the end.
LATE_FOR = timedelta(hours=12)


class MoveKind(models.TextChoices):
    """What whoever leads a method did with its steps."""

    STARTED = "started", pgettext_lazy("method", "Started")
    NEXT = "next", pgettext_lazy("method", "Next step")
    TURN = "turn", pgettext_lazy("method", "Next turn")
    BACK = "back", pgettext_lazy("method", "Gone back")
    SKIPPED = "skipped", pgettext_lazy("method", "Steps left out")
    EXTENDED = "extended", pgettext_lazy("method", "More time")
    REVEALED = "revealed", pgettext_lazy("method", "Shown to all")
    ENDED = "ended", pgettext_lazy("method", "Ended")


class MethodQuerySet(models.QuerySet["Method"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """Those of the edition in the address, for whoever leads its work."""
        if viewer.administering:
            return self.all()
        if viewer.edition_id is None or not viewer.may(LEAD):
            return self.none()
        return self.filter(edition_id=viewer.edition_id)


MethodManager = models.Manager.from_queryset(MethodQuerySet)


class Method(models.Model):
    """A way of working of an edition: one of the packaged ones taken over, or written at the desk."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="methods")
    # Empty for one written at the desk.
    packaged_code = models.SlugField(max_length=40, blank=True)
    # Whether somebody worded a packaged one anew; until then it follows the package.
    is_reworded = models.BooleanField(default=False)
    # As it is edited; what is held keeps the version it began with.
    content = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    created_by = models.ForeignKey(Person, on_delete=models.SET_NULL, related_name="+", null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[MethodManager["Method"]] = MethodManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "packaged_code"],
                condition=~Q(packaged_code=""),
                name="method_taken_over_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.edition_id}: {self.pk}"

    @property
    def told(self) -> Content:
        return content_from(self.content)


class OfMethodQuerySet(models.QuerySet["MethodVersion"]):
    def visible_to(self, viewer: Viewer) -> Self:
        return self.filter(method__in=Method.objects.visible_to(viewer))


MethodVersionManager = models.Manager.from_queryset(OfMethodQuerySet)


class MethodVersion(models.Model):
    """A method as it was when it was held; never changed."""

    method = models.ForeignKey(Method, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    content = models.JSONField()
    made_at = models.DateTimeField()

    objects: ClassVar[MethodVersionManager["MethodVersion"]] = MethodVersionManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["method", "number"], name="method_version_number_once"),
        ]

    def __str__(self) -> str:
        return f"{self.method_id}: {self.number}"

    @cached_property
    def told(self) -> Content:
        return content_from(self.content)


class MethodRunQuerySet(models.QuerySet["MethodRun"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """Those of the edition in the address for its people, from the start on; for leaders all."""
        if viewer.administering:
            return self.all()
        if viewer.edition_id is None or not viewer.may(TAKE_PART):
            return self.none()
        of_edition = self.filter(edition_id=viewer.edition_id)
        return of_edition if viewer.may(LEAD) else of_edition.exclude(state=RunState.PREPARED)

    def running(self) -> Self:
        return self.filter(state=RunState.RUNNING)


MethodRunManager = models.Manager.from_queryset(MethodRunQuerySet)


class MethodRun(models.Model):
    """A method held by one group, by all groups of a round, or by everybody in one circle.

    One pointer says for all boards which step and turn it is, and until when.
    """

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="method_runs")
    version = models.ForeignKey(MethodVersion, on_delete=models.PROTECT, related_name="runs")
    # Its own name, where the method's does not say enough.
    title = models.CharField(max_length=120, blank=True)
    round = models.ForeignKey(
        GroupRound, on_delete=models.SET_NULL, related_name="method_runs", null=True, blank=True
    )
    session = models.ForeignKey(
        Session, on_delete=models.SET_NULL, related_name="method_runs", null=True, blank=True
    )
    state = models.CharField(max_length=12, choices=RunState, default=RunState.PREPARED)
    step = models.PositiveSmallIntegerField(default=0)
    turn = models.PositiveSmallIntegerField(default=1)
    # Counts what whoever leads did: a second click on the same button is known by it.
    moves = models.PositiveIntegerField(default=0)
    # Furthest step so far: what was written for it may still arrive.
    furthest = models.PositiveSmallIntegerField(default=0)
    # Codes of silent steps that all may see.
    revealed = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    step_began_at = models.DateTimeField(null=True, blank=True)
    # Empty where a step has no clock.
    deadline = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    is_demonstration = models.BooleanField(default=False)

    objects: ClassVar[MethodRunManager["MethodRun"]] = MethodRunManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state=RunState.PREPARED, started_at__isnull=True, ended_at__isnull=True)
                | Q(state=RunState.RUNNING, started_at__isnull=False, ended_at__isnull=True)
                | Q(state__in=ENDED, started_at__isnull=False, ended_at__isnull=False),
                name="method_run_times_match_state",
            ),
            models.CheckConstraint(condition=Q(turn__gte=1), name="method_run_turn_from_one"),
            models.CheckConstraint(condition=Q(furthest__gte=F("step")), name="method_run_furthest_step"),
        ]
        indexes = [models.Index(fields=["edition", "state", "created_at"], name="method_run_by_edition")]

    def __str__(self) -> str:
        return f"{self.edition_id}: {self.title or self.pk}"

    @property
    def content(self) -> Content:
        return self.version.told

    @property
    def now(self) -> Step:
        return self.content.steps[self.step]

    @property
    def name(self) -> str:
        return self.title or translated(self.content.title)

    @property
    def is_running(self) -> bool:
        return self.state == RunState.RUNNING

    @property
    def is_ended(self) -> bool:
        return self.state in ENDED

    @property
    def is_at_its_end(self) -> bool:
        return self.step == len(self.content.steps) - 1

    @property
    def topic(self) -> str:
        """Heard by all its pages: the pointer moved, or something was shown."""
        return f"method:{self.edition_id}:{self.pk}"

    @property
    def counts_topic(self) -> str:
        """Heard by desk and screen alone: how many cards there are."""
        return f"method:{self.edition_id}:{self.pk}:counts"

    def takes_cards_at(self, at: datetime) -> bool:
        """While it goes on, and a while longer for what a phone could not send."""
        return self.is_running or (self.ended_at is not None and at < self.ended_at + LATE_FOR)

    def is_hidden(self, step: Step) -> bool:
        """Whether people see only their own in this step."""
        return step.is_silent and step.code not in self.revealed


class MethodBoardQuerySet(models.QuerySet["MethodBoard"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """For leaders all; for people of the edition their own, those for everybody, and what is over."""
        if viewer.administering:
            return self.all()
        runs = MethodRun.objects.visible_to(viewer)
        boards = self.filter(run__in=runs)
        if viewer.may(LEAD):
            return boards
        person = viewer.person_id or 0
        joined = BoardMember.objects.filter(person_id=person)
        # Who came into the group after the start may still join.
        groups = Group.objects.filter(
            Q(facilitator__person_id=person) | Q(seats__participation__person_id=person)
        )
        return boards.filter(
            Q(is_for_all=True)
            | Q(run__state__in=ENDED)
            | Q(pk__in=joined.values("board_id"))
            | Q(group__in=groups.values("pk"))
        )


MethodBoardManager = models.Manager.from_queryset(MethodBoardQuerySet)


class MethodBoard(models.Model):
    """Where one circle works: its cards, piles and dots."""

    run = models.ForeignKey(MethodRun, on_delete=models.CASCADE, related_name="boards")
    position = models.PositiveSmallIntegerField()
    group = models.ForeignKey(
        Group, on_delete=models.SET_NULL, related_name="method_boards", null=True, blank=True
    )
    # One circle of everybody; a board of a group stays that group's when groups are formed anew.
    is_for_all = models.BooleanField(default=False)
    # The group's name as it was.
    name = models.CharField(max_length=250, blank=True)
    topic = models.CharField(max_length=300, blank=True)
    challenge = models.ForeignKey(
        Challenge, on_delete=models.SET_NULL, related_name="method_boards", null=True, blank=True
    )

    objects: ClassVar[MethodBoardManager["MethodBoard"]] = MethodBoardManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "position"], name="method_board_position_once"),
        ]

    def __str__(self) -> str:
        return f"{self.run_id}: {self.position}"

    @property
    def works_on(self) -> str:
        """What the circle works on, in one line."""
        return self.topic or (self.challenge.title if self.challenge else "")

    @property
    def says_more(self) -> bool:
        """Whether what it works on is more than the name of its group."""
        return bool(self.works_on) and self.works_on not in self.name


class OfBoardQuerySet(models.QuerySet[RowT]):
    """Rows that are seen by whoever sees their board."""

    def visible_to(self, viewer: Viewer) -> Self:
        return self.filter(board__in=MethodBoard.objects.visible_to(viewer))


class HiddenUntilShownQuerySet(OfBoardQuerySet[RowT]):
    """Of a silent step one sees one's own, until it is shown to all."""

    whose = "person_id"

    def shown_to(self, viewer: Viewer) -> Self:
        """What all who see the board see, and one's own; for a visitor no more than the first."""
        own = Q(**{self.whose: viewer.person_id}) if viewer.person_id is not None else Q(pk__in=[])
        return self.filter(self._is_shown() | own)

    def visible_to(self, viewer: Viewer) -> Self:
        return super().visible_to(viewer).shown_to(viewer)

    def _is_shown(self) -> Q:
        return Q(is_silent=False) | Q(board__run__revealed__contains=[F("step")])


class BoardMemberQuerySet(OfBoardQuerySet["BoardMember"]):
    pass


class CardPileQuerySet(OfBoardQuerySet["CardPile"]):
    pass


class MethodCardQuerySet(HiddenUntilShownQuerySet["MethodCard"]):
    whose = "author_id"

    def standing(self) -> Self:
        return self.filter(removed_at__isnull=True)

    def on_sheet(self, step: str, sheet: int) -> Self:
        """What whoever holds a sheet reads on it, hidden from the others or not."""
        return self.filter(step=step, sheet=sheet)


class DotQuerySet(HiddenUntilShownQuerySet["Dot"]):
    pass


class PlacingQuerySet(HiddenUntilShownQuerySet["Placing"]):
    pass


class MethodMoveQuerySet(models.QuerySet["MethodMove"]):
    def visible_to(self, viewer: Viewer) -> Self:
        return self.filter(run__in=MethodRun.objects.visible_to(viewer))


BoardMemberManager = models.Manager.from_queryset(BoardMemberQuerySet)
CardPileManager = models.Manager.from_queryset(CardPileQuerySet)
MethodCardManager = models.Manager.from_queryset(MethodCardQuerySet)
DotManager = models.Manager.from_queryset(DotQuerySet)
PlacingManager = models.Manager.from_queryset(PlacingQuerySet)
MethodMoveManager = models.Manager.from_queryset(MethodMoveQuerySet)


class BoardMember(models.Model):
    """Somebody who works at a board, with a place in its circle and perhaps a role."""

    board = models.ForeignKey(MethodBoard, on_delete=models.CASCADE, related_name="members")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="method_boards")
    # In the order of the circle, in which sheets go round.
    position = models.PositiveSmallIntegerField()
    role = models.CharField(max_length=40, blank=True)
    joined_at = models.DateTimeField()

    objects: ClassVar[BoardMemberManager["BoardMember"]] = BoardMemberManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["board", "person"], name="board_member_once"),
            models.UniqueConstraint(fields=["board", "position"], name="board_member_place_once"),
            models.UniqueConstraint(
                fields=["board", "role"], condition=~Q(role=""), name="board_member_role_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} at {self.board_id}"


class CardPile(models.Model):
    """Cards that belong together, with a name."""

    board = models.ForeignKey(MethodBoard, on_delete=models.CASCADE, related_name="piles")
    step = models.CharField(max_length=40)
    title = models.CharField(max_length=120)
    made_at = models.DateTimeField()

    objects: ClassVar[CardPileManager["CardPile"]] = CardPileManager()

    class Meta:
        indexes = [models.Index(fields=["board", "step", "id"], name="card_pile_by_board")]

    def __str__(self) -> str:
        return self.title


class MethodCard(models.Model):
    """What somebody wrote in a step. Its number, free again when it is taken away, keeps the limit."""

    board = models.ForeignKey(MethodBoard, on_delete=models.CASCADE, related_name="cards")
    step = models.CharField(max_length=40)
    turn = models.PositiveSmallIntegerField(default=1)
    # The place of whose sheet it stands on, where sheets go round.
    sheet = models.PositiveSmallIntegerField(null=True, blank=True)
    area = models.CharField(max_length=40, blank=True)
    # What it answers, in a chain.
    parent = models.ForeignKey(
        "self", on_delete=models.SET_NULL, related_name="answers", null=True, blank=True
    )
    pile = models.ForeignKey(CardPile, on_delete=models.SET_NULL, related_name="cards", null=True, blank=True)
    author = models.ForeignKey(
        Person, on_delete=models.SET_NULL, related_name="method_cards", null=True, blank=True
    )
    number = models.PositiveSmallIntegerField()
    text = models.TextField(blank=True)
    # Made by the page that sent it: the same card sent again is the same.
    client_key = models.CharField(max_length=64, blank=True)
    is_silent = models.BooleanField(default=False)
    written_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)
    # What became of it.
    measure = models.OneToOneField(
        Measure, on_delete=models.SET_NULL, related_name="from_card", null=True, blank=True
    )
    comment = models.OneToOneField(
        ChallengeComment, on_delete=models.SET_NULL, related_name="from_card", null=True, blank=True
    )

    objects: ClassVar[MethodCardManager["MethodCard"]] = MethodCardManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["board", "author", "client_key"],
                condition=~Q(client_key=""),
                name="method_card_sent_once",
            ),
            models.UniqueConstraint(
                fields=["board", "step", "turn", "author", "number"],
                condition=Q(removed_at__isnull=True),
                name="method_card_number_once",
            ),
            models.CheckConstraint(
                condition=Q(number__range=(1, MOST_EACH)), name="method_card_number_in_range"
            ),
            models.CheckConstraint(
                condition=Q(removed_at__isnull=True) | Q(text=""), name="method_card_removed_is_empty"
            ),
        ]
        indexes = [models.Index(fields=["board", "step", "written_at"], name="method_card_by_board")]

    def __str__(self) -> str:
        return self.text[:60]


def _one_target(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(card__isnull=False, pile__isnull=True) | Q(card__isnull=True, pile__isnull=False),
        name=name,
    )


class Dot(models.Model):
    """One of somebody's dots. Its two numbers keep both limits: of all dots, and of those on one thing."""

    board = models.ForeignKey(MethodBoard, on_delete=models.CASCADE, related_name="dots")
    step = models.CharField(max_length=40)
    person = models.ForeignKey(Person, on_delete=models.SET_NULL, related_name="+", null=True, blank=True)
    number = models.PositiveSmallIntegerField()
    number_there = models.PositiveSmallIntegerField()
    card = models.ForeignKey(MethodCard, on_delete=models.CASCADE, related_name="dots", null=True, blank=True)
    pile = models.ForeignKey(CardPile, on_delete=models.CASCADE, related_name="dots", null=True, blank=True)
    is_silent = models.BooleanField(default=False)
    put_at = models.DateTimeField()

    objects: ClassVar[DotManager["Dot"]] = DotManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["board", "step", "person", "number"], name="dot_number_once"),
            models.UniqueConstraint(
                fields=["step", "person", "card", "number_there"],
                condition=Q(card__isnull=False),
                name="dot_number_on_card_once",
            ),
            models.UniqueConstraint(
                fields=["step", "person", "pile", "number_there"],
                condition=Q(pile__isnull=False),
                name="dot_number_on_pile_once",
            ),
            models.CheckConstraint(
                condition=Q(number__range=(1, MOST_EACH), number_there__range=(1, MOST_EACH)),
                name="dot_numbers_in_range",
            ),
            _one_target("dot_on_one_thing"),
        ]

    def __str__(self) -> str:
        return f"{self.board_id} {self.step}: {self.card_id or self.pile_id}"


class Placing(models.Model):
    """Where somebody sees a card or a pile on two axes."""

    board = models.ForeignKey(MethodBoard, on_delete=models.CASCADE, related_name="placings")
    step = models.CharField(max_length=40)
    person = models.ForeignKey(Person, on_delete=models.SET_NULL, related_name="+", null=True, blank=True)
    card = models.ForeignKey(
        MethodCard, on_delete=models.CASCADE, related_name="placings", null=True, blank=True
    )
    pile = models.ForeignKey(
        CardPile, on_delete=models.CASCADE, related_name="placings", null=True, blank=True
    )
    across = models.PositiveSmallIntegerField()
    upwards = models.PositiveSmallIntegerField()
    is_silent = models.BooleanField(default=False)
    placed_at = models.DateTimeField()

    objects: ClassVar[PlacingManager["Placing"]] = PlacingManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["step", "person", "card"],
                condition=Q(card__isnull=False),
                name="placing_once_for_a_card",
            ),
            models.UniqueConstraint(
                fields=["step", "person", "pile"],
                condition=Q(pile__isnull=False),
                name="placing_once_for_a_pile",
            ),
            models.CheckConstraint(
                condition=Q(across__range=(POINTS[0], POINTS[-1]), upwards__range=(POINTS[0], POINTS[-1])),
                name="placing_on_the_axes",
            ),
            _one_target("placing_of_one_thing"),
        ]

    def __str__(self) -> str:
        return f"{self.step}: {self.across}, {self.upwards}"


class MethodMove(models.Model):
    """What whoever leads did, in order: how long each step took is read from it."""

    run = models.ForeignKey(MethodRun, on_delete=models.CASCADE, related_name="history")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=12, choices=MoveKind)
    step = models.PositiveSmallIntegerField()
    turn = models.PositiveSmallIntegerField()
    minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Person, on_delete=models.SET_NULL, related_name="+", null=True, blank=True)

    objects: ClassVar[MethodMoveManager["MethodMove"]] = MethodMoveManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "number"], name="method_move_number_once"),
        ]

    def __str__(self) -> str:
        return f"{self.run_id}: {self.kind}"
