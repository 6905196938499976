"""One challenge with its thread, its helpers and its earlier wordings."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Q

from filiera.accounts.viewer import Viewer
from filiera.texts.languages import translated
from filiera.workshops.models import (
    Challenge,
    ChallengeComment,
    ChallengeHelper,
    ChallengeRevision,
    HelpOffer,
)
from filiera.workshops.policies.challenges import can_remove_comment
from filiera.workshops.wording import Piece, differences

if TYPE_CHECKING:
    from filiera.accounts.models import Person

_WORDED = ("title", "statement", "context", "tried", "help_wanted")


@dataclass(frozen=True, slots=True)
class CommentLine:
    """A comment; `origin` is the merged challenge under which it was written, if any."""

    comment: ChallengeComment
    name: str
    origin: Challenge | None
    may_remove: bool


@dataclass(frozen=True, slots=True)
class OfferLine:
    offer: HelpOffer
    name: str
    organisation: str
    is_own: bool


@dataclass(frozen=True, slots=True)
class Thread:
    """What was said and offered, also in challenges that go on in this one."""

    comments: list[CommentLine]
    offers: list[OfferLine]
    helpers: list[str]
    merged: list[Challenge]

    @property
    def own_offer(self) -> OfferLine | None:
        return next((line for line in self.offers if line.is_own), None)


@dataclass(frozen=True, slots=True)
class Change:
    """One edit: when, by whom, and what became of each text that it touched."""

    number: int
    saved_at: datetime
    author: str
    texts: list[tuple[str, list[Piece]]]
    ecosystem: str


def thread_of(viewer: Viewer, challenge: Challenge) -> Thread:
    here = Q(challenge=challenge) | Q(challenge__merged_into=challenge)
    comments = ChallengeComment.objects.visible_to(viewer).filter(here)
    offers = HelpOffer.objects.visible_to(viewer).standing().filter(here)
    helpers = ChallengeHelper.objects.visible_to(viewer).filter(challenge=challenge)
    merged = Challenge.objects.visible_to(viewer).filter(merged_into=challenge).select_related("organisation")
    return Thread(
        comments=[
            CommentLine(
                comment=comment,
                name=name_of(comment.author),
                origin=comment.challenge if comment.challenge_id != challenge.pk else None,
                may_remove=comment.removed_at is None and can_remove_comment(viewer, comment),
            )
            for comment in comments.select_related(
                "author", "challenge__edition", "from_card__board__run__version", "from_card__author"
            ).order_by("written_at", "pk")
        ],
        offers=[
            OfferLine(
                offer=offer,
                name=name_of(offer.helper),
                organisation=offer.organisation.name_here if offer.organisation else "",
                is_own=viewer.person_id is not None and viewer.person_id == offer.helper_id,
            )
            for offer in offers.select_related("helper", "organisation").order_by("offered_at", "pk")
        ],
        helpers=[
            _helper_name(row)
            for row in helpers.select_related("helper", "organisation").order_by("credited_at", "pk")
        ],
        merged=list(merged.order_by("pk")),
    )


def possible_helpers(viewer: Viewer, challenge: Challenge) -> "list[Person]":
    """Who offered help or wrote into the thread: whom the owner can thank."""
    found: dict[int, Person] = {}
    here = Q(challenge=challenge) | Q(challenge__merged_into=challenge)
    offers = HelpOffer.objects.visible_to(viewer).standing().filter(here).select_related("helper")
    comments = ChallengeComment.objects.visible_to(viewer).filter(here).select_related("author")
    people = [
        *(offer.helper for offer in offers.order_by("offered_at", "pk")),
        *(comment.author for comment in comments.order_by("written_at", "pk")),
    ]
    for person in people:
        if person is not None and person.pk != viewer.person_id and person.erased_at is None:
            found.setdefault(person.pk, person)
    return list(found.values())


def changes_of(viewer: Viewer, challenge: Challenge) -> list[Change]:
    """The edits of a challenge, the latest first; the first wording stands whole at the end."""
    revisions = list(
        ChallengeRevision.objects.visible_to(viewer)
        .filter(challenge=challenge)
        .select_related("author", "ecosystem")
        .order_by("number")
    )
    changes = []
    for before, after in zip([None, *revisions], revisions, strict=False):
        texts = [
            (name, differences(getattr(before, name) if before else "", getattr(after, name)))
            for name in _WORDED
            if getattr(after, name) != (getattr(before, name) if before else "")
        ]
        is_other = before is None or before.ecosystem_id != after.ecosystem_id
        changes.append(
            Change(
                number=after.number,
                saved_at=after.saved_at,
                author=name_of(after.author),
                texts=texts,
                ecosystem=translated(after.ecosystem.names) if is_other and after.ecosystem else "",
            )
        )
    return changes[::-1]


def latest_wording(challenge: Challenge) -> int:
    """The number of the wording that a form begins with."""
    latest = challenge.revisions.order_by("-number").values_list("number", flat=True).first()
    return latest or 0


def name_of(person: "Person | None") -> str:
    """Empty where somebody has left."""
    return person.shown_name if person is not None and person.erased_at is None else ""


def _helper_name(row: ChallengeHelper) -> str:
    organisation = row.organisation.name_here if row.organisation else ""
    return ", ".join(part for part in (name_of(row.helper), organisation) if part)
