"""Preparing visits: a round, its laboratories, their times; opening the wishes under a hidden seed."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from filiera.academy.models import Edition, Session
from filiera.accounts.viewer import Viewer
from filiera.meetings import policies
from filiera.meetings.models import IdentityNeed, Visit, VisitRound, VisitSlot
from filiera.organisations.models import Organisation
from filiera.shared.errors import DomainError

from .visits_places import refill_visits_later

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class WishesAlreadyOpen(DomainError):
    message = _("People wish already. What they chose among must not change any more.")


class NothingToWish(DomainError):
    message = _("No visit has a time with places yet. Add one first.")


class ClosesTooEarly(DomainError):
    message = _("Wishes must close later than now.")
    field = "closes_on"


class VisitsAlreadyDrawn(DomainError):
    message = _("The draw is made. Its round stays as it is.")


class FewerPlacesThanTaken(DomainError):
    message = _("More people have a place already. Choose at least that many, or take places back first.")
    field = "places"


class EndsBeforeItBegins(DomainError):
    message = _("It ends before it begins. Choose a later end.")
    field = "ends_on"


class SessionOfAnotherEdition(DomainError):
    message = _("This session belongs to another edition.")
    field = "session"


@dataclass(frozen=True, kw_only=True)
class VisitDetails:
    """What a laboratory offers and asks of visitors."""

    title: Mapping[str, str]
    session: Session | None = None
    host: Organisation | None = None
    about: Mapping[str, str] = field(default_factory=dict)
    meeting_point: Mapping[str, str] = field(default_factory=dict)
    bring: Mapping[str, str] = field(default_factory=dict)
    identity: str = IdentityNeed.NONE
    needs_closed_shoes: bool = False
    is_step_free: bool = True


@transaction.atomic
def make_visit_round(
    *, edition: Edition, title: Mapping[str, str], closes_at: datetime, by: Viewer, at: datetime
) -> VisitRound:
    """Begin a round of visits; nobody sees it until its wishes open. Raises PermissionDenied."""
    if not policies.can_draw_visits(by, edition):
        raise PermissionDenied
    return VisitRound.objects.create(
        edition=edition, title=dict(title), closes_at=closes_at, created_at=at, changed_at=at
    )


@transaction.atomic
def change_visit_round(
    *, round_: VisitRound, title: Mapping[str, str], closes_at: datetime, by: Viewer, at: datetime
) -> VisitRound:
    """Change name and closing; the closing of open wishes only moves into the future.

    Raises PermissionDenied, VisitsAlreadyDrawn, ClosesTooEarly.
    """
    round_ = _locked(round_, by)
    if round_.drawn_at is not None:
        raise VisitsAlreadyDrawn
    if round_.opened_at is not None and closes_at <= at:
        raise ClosesTooEarly
    round_.title, round_.closes_at, round_.changed_at = dict(title), closes_at, at
    round_.save(update_fields=["title", "closes_at", "changed_at"])
    return round_


@transaction.atomic
def remove_visit_round(*, round_: VisitRound, by: Viewer) -> None:
    """Remove a round that nobody saw. Raises PermissionDenied, WishesAlreadyOpen."""
    _unopened(round_, by).delete()


@transaction.atomic
def add_visit(*, round_: VisitRound, details: VisitDetails, by: Viewer, at: datetime) -> Visit:
    """Add a laboratory to a round that is not open yet.

    Raises PermissionDenied, WishesAlreadyOpen, SessionOfAnotherEdition.
    """
    round_ = _unopened(round_, by)
    last = Visit.objects.filter(round=round_).aggregate(last=Max("position"))["last"] or 0
    return Visit.objects.create(round=round_, position=last + 1, **_columns(round_, details))


@transaction.atomic
def change_visit(*, visit: Visit, details: VisitDetails, by: Viewer, at: datetime) -> Visit:
    """Change what is told about a laboratory; what visitors must accept is fixed once wishes are open.

    Raises PermissionDenied, WishesAlreadyOpen, SessionOfAnotherEdition.
    """
    round_ = _locked(visit.round, by)
    columns = _columns(round_, details)
    conditions = ("identity", "needs_closed_shoes", "is_step_free")
    changes = [name for name in conditions if getattr(visit, name) != columns[name]]
    if round_.opened_at is not None and changes:
        raise WishesAlreadyOpen
    for name, value in columns.items():
        setattr(visit, name, value)
    visit.save(update_fields=list(columns))
    return visit


@transaction.atomic
def remove_visit(*, visit: Visit, by: Viewer) -> None:
    """Take a laboratory out. Raises PermissionDenied, WishesAlreadyOpen."""
    _unopened(visit.round, by)
    visit.delete()


@transaction.atomic
def add_visit_slot(
    *, visit: Visit, starts_at: datetime, ends_at: datetime, places: int, by: Viewer, at: datetime
) -> VisitSlot:
    """Add a time with its places, under the next free letter.

    Raises PermissionDenied, WishesAlreadyOpen, EndsBeforeItBegins.
    """
    round_ = _unopened(visit.round, by)
    used = set(VisitSlot.objects.filter(round=round_).values_list("code", flat=True))
    codes = [*_LETTERS, *(first + second for first in _LETTERS for second in _LETTERS)]
    return VisitSlot.objects.create(
        visit=visit,
        round=round_,
        code=next(code for code in codes if code not in used),
        during=_range(starts_at, ends_at),
        places=places,
    )


@transaction.atomic
def change_visit_slot(
    *, slot: VisitSlot, starts_at: datetime, ends_at: datetime, places: int, by: Viewer, at: datetime
) -> VisitSlot:
    """Move a time or change its places; after the draw more places move up who waits.

    Raises PermissionDenied, EndsBeforeItBegins, FewerPlacesThanTaken.
    """
    round_ = _locked(slot.round, by)
    slot = VisitSlot.objects.select_for_update(of=("self",)).get(pk=slot.pk)
    if places < slot.taken:
        raise FewerPlacesThanTaken
    slot.during, slot.places = _range(starts_at, ends_at), places
    slot.save(update_fields=["during", "places"])
    if round_.drawn_at is not None:
        refill_visits_later(round_.pk)
    return slot


@transaction.atomic
def remove_visit_slot(*, slot: VisitSlot, by: Viewer) -> None:
    """Take a time out. Raises PermissionDenied, WishesAlreadyOpen."""
    _unopened(slot.round, by)
    slot.delete()


@transaction.atomic
def open_wishes(*, round_: VisitRound, by: Viewer, at: datetime, seed: str = "") -> VisitRound:
    """Choose the seed of the draw by chance, publish its digest, and let people wish.

    `seed` is given only where the same draw is wanted on every machine.
    Raises PermissionDenied, WishesAlreadyOpen, ClosesTooEarly, NothingToWish.
    """
    round_ = _unopened(round_, by)
    if round_.closes_at <= at:
        raise ClosesTooEarly
    if not VisitSlot.objects.filter(round=round_, places__gte=1).exists():
        raise NothingToWish
    round_.seed = seed or secrets.token_hex(32)
    round_.seed_digest = hashlib.sha256(round_.seed.encode()).hexdigest()
    round_.opened_at = round_.changed_at = at
    round_.save(update_fields=["seed", "seed_digest", "opened_at", "changed_at"])
    return round_


def _locked(round_: VisitRound, by: Viewer) -> VisitRound:
    found = VisitRound.objects.select_for_update(of=("self",)).select_related("edition").get(pk=round_.pk)
    if not policies.can_draw_visits(by, found.edition):
        raise PermissionDenied
    return found


def _unopened(round_: VisitRound, by: Viewer) -> VisitRound:
    found = _locked(round_, by)
    if found.opened_at is not None:
        raise WishesAlreadyOpen
    return found


def _columns(round_: VisitRound, details: VisitDetails) -> dict[str, object]:
    if details.session is not None and details.session.edition_id != round_.edition_id:
        raise SessionOfAnotherEdition
    columns = {name: getattr(details, name) for name in VisitDetails.__dataclass_fields__}
    for name in ("title", "about", "meeting_point", "bring"):
        columns[name] = dict(columns[name])
    return columns


def _range(starts_at: datetime, ends_at: datetime) -> DateTimeTZRange:
    if ends_at <= starts_at:
        raise EndsBeforeItBegins
    return DateTimeTZRange(starts_at, ends_at)
