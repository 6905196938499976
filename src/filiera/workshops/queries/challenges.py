"""The wall and the board: challenges as the people of an edition see them."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from filiera.academy.models import Edition
from filiera.accounts.viewer import Viewer
from filiera.admissions.models import Participation, ParticipationState
from filiera.admissions.permissions import VIEW_PARTICIPANTS
from filiera.reference.models import Ecosystem
from filiera.texts.languages import translated
from filiera.workshops.models import Challenge, ChallengeComment, ChallengeState, HelpOffer
from filiera.workshops.policies.challenges import can_edit_challenge, can_solve, is_owner

PAGE_LENGTH = 36
BOARD_LENGTH = 300
# On the board a merged card stands inside another one.
BOARD_STATES = (ChallengeState.OPEN, ChallengeState.WORKED_ON, ChallengeState.SOLVED)
MINE = "mine"
_OFF_THE_WALL = (ChallengeState.MERGED, ChallengeState.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class ChallengeFilter:
    """What a reader of the wall asks for; empty means all that stand by themselves."""

    text: str = ""
    state: str = ""
    ecosystem: str = ""
    whose: str = ""

    @property
    def is_set(self) -> bool:
        return bool(self.text or self.state or self.ecosystem or self.whose)

    def narrow(self, challenges: QuerySet[Challenge], viewer: Viewer) -> QuerySet[Challenge]:
        if self.state:
            challenges = challenges.filter(state=self.state)
        else:
            challenges = challenges.exclude(state__in=_OFF_THE_WALL)
        if self.ecosystem:
            challenges = challenges.filter(ecosystem=self.ecosystem)
        if self.whose == MINE:
            challenges = challenges.filter(owner__person_id=viewer.person_id or 0)
        if self.text:
            challenges = challenges.filter(_says(self.text))
        return challenges


@dataclass(frozen=True, slots=True)
class Card:
    """A challenge with what stands around it; the name is there only where it may be read."""

    challenge: Challenge
    owner_name: str
    # The owner did not ask to be named: only those who look after participants read who it is.
    is_for_team: bool
    organisation: str
    ecosystem: str
    comments: int
    offers: int
    merged: int
    is_own: bool
    may_move: bool
    may_solve: bool


@dataclass(frozen=True, slots=True)
class Wall:
    """One page of cards; the key leads to the next."""

    cards: list[Card]
    total: int
    next_key: str


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the board; `key` is the state or the ecosystem that its cards have."""

    key: str
    title: str
    cards: list[Card] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Board:
    columns: list[Column]
    total: int
    shown: int


def wall(viewer: Viewer, edition: Edition, asked: ChallengeFilter, *, after: str = "") -> Wall:
    """The cards that fit, the latest first, one page at a time."""
    found = _found(viewer, edition, asked)
    rows = _with_counts(found)
    if after.isascii() and after.isdigit() and len(after) < 19:
        rows = rows.filter(pk__lt=int(after))
    page = list(rows.order_by("-pk")[: PAGE_LENGTH + 1])
    has_more, page = len(page) > PAGE_LENGTH, page[:PAGE_LENGTH]
    return Wall(
        cards=[card_of(viewer, row) for row in page],
        total=found.count(),
        next_key=str(page[-1].pk) if has_more else "",
    )


def all_cards(viewer: Viewer, edition: Edition, asked: ChallengeFilter) -> list[Card]:
    """All cards that fit, for paper and the screen of the hall."""
    rows = _with_counts(_found(viewer, edition, asked)).order_by("-pk")[:BOARD_LENGTH]
    return [card_of(viewer, row) for row in rows]


def board_by_state(viewer: Viewer, edition: Edition, asked: ChallengeFilter) -> Board:
    columns = {state.value: Column(state.value, str(state.label)) for state in BOARD_STATES}
    cards, total = _cards_for_board(viewer, edition, asked)
    shown = [card for card in cards if card.challenge.state in columns]
    for card in shown:
        columns[card.challenge.state].cards.append(card)
    return Board(list(columns.values()), total, len(shown))


def board_by_ecosystem(viewer: Viewer, edition: Edition, asked: ChallengeFilter, *, without: str) -> Board:
    """A column for each ecosystem that has cards; `without` names the one of those that have none."""
    cards, total = _cards_for_board(viewer, edition, asked)
    columns: dict[str, Column] = {}
    for card in sorted(cards, key=lambda each: _place_of(each.challenge)):
        ecosystem = card.challenge.ecosystem
        key = str(ecosystem.pk) if ecosystem else ""
        title = translated(ecosystem.names) if ecosystem else without
        columns.setdefault(key, Column(key, title)).cards.append(card)
    return Board(list(columns.values()), total, len(cards))


def ecosystems_of(viewer: Viewer, edition: Edition) -> list[tuple[str, str]]:
    """The ecosystems that cards of the edition have, in the order of the reference."""
    used = Challenge.objects.visible_to(viewer).filter(edition=edition).values("ecosystem")
    rows = Ecosystem.objects.filter(pk__in=used).order_by("position")
    return [(str(row.pk), translated(row.names)) for row in rows]


def ecosystem_choices() -> list[tuple[str, str]]:
    """All ecosystems, in the order of the reference."""
    return [(row.pk, translated(row.names)) for row in Ecosystem.objects.order_by("position")]


def challenges_to_open(viewer: Viewer, edition: Edition) -> QuerySet[Challenge]:
    """Where a page finds its challenge, with all that its card says."""
    return _with_counts(Challenge.objects.visible_to(viewer).filter(edition=edition))


def card_of(viewer: Viewer, challenge: Challenge) -> Card:
    """A row of `challenges_to_open`, as its reader sees it."""
    owner, organisation = challenge.owner, challenge.organisation
    is_own = is_owner(viewer, challenge)
    is_for_team = not challenge.names_owner and not is_own
    may_read = not is_for_team or viewer.may(VIEW_PARTICIPANTS)
    # Without an account the name is that of a place, and nobody could have asked to be named.
    has_name = owner is not None and owner.person_id is not None
    known_as = organisation.name_here if organisation else (owner.organisation_name if owner else "")
    return Card(
        challenge=challenge,
        owner_name=owner.name if owner is not None and has_name and may_read else "",
        is_for_team=is_for_team,
        organisation=known_as,
        ecosystem=translated(challenge.ecosystem.names) if challenge.ecosystem else "",
        comments=challenge.comment_count,  # type: ignore[attr-defined]
        offers=challenge.offer_count,  # type: ignore[attr-defined]
        merged=challenge.merged_count,  # type: ignore[attr-defined]
        is_own=is_own,
        may_move=challenge.is_standing and can_edit_challenge(viewer, challenge),
        may_solve=challenge.is_standing and can_solve(viewer, challenge),
    )


def counts_by_state(viewer: Viewer, edition: Edition) -> dict[str, int]:
    rows = Challenge.objects.visible_to(viewer).filter(edition=edition)
    counts = dict(rows.values_list("state").annotate(count=Count("pk")))
    return {state: counts.get(state, 0) for state in ChallengeState.values}


def places_without_card(edition: Edition) -> int:
    """How many confirmed places said in their application what they bring, and have no card yet."""
    said = ~Q(application__challenge_title="") | ~Q(application__challenge="")
    places = Participation.objects.confirmed().filter(said, edition=edition, application__isnull=False)
    there = Challenge.objects.filter(edition=edition, from_application=True, owner__isnull=False)
    return places.exclude(pk__in=there.values("owner")).count()


def own_with_offers(viewer: Viewer, edition: Edition) -> list[tuple[Challenge, int]]:
    """What the viewer brought to an edition and somebody offered to help with."""
    if viewer.person_id is None:
        return []
    rows = Challenge.objects.standing().filter(
        edition=edition, owner__person_id=viewer.person_id, owner__state=ParticipationState.CONFIRMED
    )
    offered = Q(help_offers__withdrawn_at__isnull=True)
    counted = rows.annotate(offered=Count("help_offers", filter=offered)).filter(offered__gt=0)
    return [(row, row.offered) for row in counted.order_by("pk")]  # type: ignore[attr-defined]


def latest_without_help(viewer: Viewer, edition: Edition, limit: int) -> list[Challenge]:
    """Open challenges that nobody has offered to help with, the latest first."""
    offered = HelpOffer.objects.standing().filter(challenge=OuterRef("pk"))
    rows = Challenge.objects.visible_to(viewer).standing().filter(~Exists(offered), edition=edition)
    return list(rows.select_related("organisation").order_by("-pk")[:limit])


def _says(text: str) -> Q:
    asked = Q()
    for word in text.split()[:8]:
        asked &= (
            Q(title__icontains=word)
            | Q(statement__icontains=word)
            | Q(context__icontains=word)
            | Q(tried__icontains=word)
            | Q(help_wanted__icontains=word)
            | Q(organisation__name__icontains=word)
            | Q(owner__organisation_name__icontains=word)
        )
    return asked


def _found(viewer: Viewer, edition: Edition, asked: ChallengeFilter) -> QuerySet[Challenge]:
    return asked.narrow(Challenge.objects.visible_to(viewer).filter(edition=edition), viewer)


def _cards_for_board(viewer: Viewer, edition: Edition, asked: ChallengeFilter) -> tuple[list[Card], int]:
    found = _found(viewer, edition, asked).exclude(state__in=_OFF_THE_WALL)
    rows: Iterable[Challenge] = _with_counts(found).order_by("-pk")[:BOARD_LENGTH]
    return [card_of(viewer, row) for row in rows], found.count()


def _place_of(challenge: Challenge) -> tuple[bool, int]:
    ecosystem = challenge.ecosystem
    return (ecosystem is None, ecosystem.position if ecosystem else 0)


def _with_counts(challenges: QuerySet[Challenge]) -> QuerySet[Challenge]:
    here = Q(challenge=OuterRef("pk")) | Q(challenge__merged_into=OuterRef("pk"))
    comments = ChallengeComment.objects.filter(here, removed_at__isnull=True)
    offers = HelpOffer.objects.standing().filter(here)
    merged = Challenge.objects.filter(merged_into=OuterRef("pk"))
    return challenges.select_related("edition", "owner", "organisation", "ecosystem", "merged_into").annotate(
        comment_count=_counted(comments), offer_count=_counted(offers), merged_count=_counted(merged)
    )


def _counted(rows: QuerySet) -> Coalesce:  # type: ignore[type-arg]
    # One group of all rows: without it each row would be a group of its own.
    counted = rows.order_by().annotate(all=F("pk") - F("pk")).values("all").annotate(count=Count("pk"))
    return Coalesce(Subquery(counted.values("count"), output_field=IntegerField()), 0)
