"""Making a set of indicators: its draft, what stands in it, and the versions that are published."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from filiera.accounts.viewer import Viewer
from filiera.indicators import policies
from filiera.indicators.actions.set_mails import tell_of_version_later
from filiera.indicators.models import (
    IndicatorSet,
    IndicatorVersion,
    SetAudience,
    SetItem,
    SetProposal,
    SetVersion,
)
from filiera.indicators.queries.definitions import current_versions
from filiera.indicators.set_differences import difference_of
from filiera.organisations.models import Organisation
from filiera.shared.errors import DomainError

MOST_INDICATORS = 60


class IndicatorNotKnown(DomainError):
    message = _("One of these indicators is not known here.")
    field = "code"


class SetNamesItAlready(DomainError):
    message = _("This indicator is in the set already.")
    field = "code"


class SetFull(DomainError):
    message = _("A set holds sixty indicators at most. Take one out first.")
    field = "code"


class SetIsEmpty(DomainError):
    message = _("Choose at least one indicator before you publish.")


class NothingIsDifferent(DomainError):
    message = _("This version says the same as the one before: change something, or drop the draft.")


class ItemIsGone(DomainError):
    message = _("This indicator is no longer in the draft.")


class SetIsGone(DomainError):
    message = _("This set is no longer there.")
    status = 404


class NoDraft(DomainError):
    message = _("There is no draft of this set: begin the next version first.")


class DraftIsThere(DomainError):
    message = _("The next version is being prepared already.")


class DraftHoldsProposals(DomainError):
    message = _("This draft holds proposals that you accepted: publish it instead.")


@dataclass(frozen=True, kw_only=True)
class SetDetails:
    """How a set is called, what it is for, and who may adopt it."""

    name: dict[str, str]
    purpose: dict[str, str] = field(default_factory=dict)
    audience: SetAudience = SetAudience.MEMBERS


@transaction.atomic
def create_set(
    *,
    organisation: Organisation,
    details: SetDetails,
    codes: Collection[str],
    by: Viewer,
    at: datetime,
    is_demonstration: bool = False,
) -> IndicatorSet:
    """Begin a set as a draft, each indicator by the definition that holds today.

    Raises PermissionDenied, IndicatorNotKnown, SetFull.
    """
    if not policies.can_make_sets(by, organisation):
        raise PermissionDenied
    wanted = list(dict.fromkeys(codes))
    if len(wanted) > MOST_INDICATORS:
        raise SetFull
    indicator_set = IndicatorSet.objects.create(
        organisation=organisation,
        audience=details.audience,
        is_demonstration=is_demonstration,
        created_by=by.person,
        created_at=at,
    )
    draft = SetVersion.objects.create(
        indicator_set=indicator_set,
        number=1,
        name=details.name,
        purpose=details.purpose,
        created_by=by.person,
        created_at=at,
    )
    known = current_versions()
    if not set(wanted) <= set(known):
        raise IndicatorNotKnown
    SetItem.objects.bulk_create(
        [
            SetItem(version=draft, position=position, code=code, definition=known[code])
            for position, code in enumerate(wanted, start=1)
        ]
    )
    return indicator_set


@transaction.atomic
def begin_next_version(*, indicator_set: IndicatorSet, by: Viewer, at: datetime) -> SetVersion:
    """A draft that begins with what the last version says. Raises PermissionDenied, DraftIsThere."""
    indicator_set = locked_set(indicator_set)
    if not policies.can_make_set(by, indicator_set):
        raise PermissionDenied
    if indicator_set.versions.filter(published_at__isnull=True).exists():
        raise DraftIsThere
    return next_draft(indicator_set, by, at)


@transaction.atomic
def change_details(
    *, indicator_set: IndicatorSet, details: SetDetails, by: Viewer, at: datetime
) -> SetVersion:
    """Name and purpose of the draft; who may adopt the set holds at once.

    Raises PermissionDenied, NoDraft.
    """
    draft = _draft(indicator_set, by)
    draft.name, draft.purpose = details.name, details.purpose
    draft.save(update_fields=["name", "purpose"])
    indicator_set = draft.indicator_set
    indicator_set.audience = details.audience
    indicator_set.save(update_fields=["audience"])
    return draft


@transaction.atomic
def add_indicator(
    *, indicator_set: IndicatorSet, code: str, note: dict[str, str], by: Viewer, at: datetime
) -> SetItem:
    """Put an indicator at the end of the draft, by the definition that holds today.

    Raises PermissionDenied, NoDraft, IndicatorNotKnown, SetNamesItAlready, SetFull.
    """
    draft = _draft(indicator_set, by)
    definition = current_versions().get(code)
    if definition is None:
        raise IndicatorNotKnown
    return put_last(draft, definition, note)


@transaction.atomic
def change_item(
    *, item: SetItem, definition: IndicatorVersion, note: dict[str, str], by: Viewer, at: datetime
) -> SetItem:
    """Mean another version of the same definition, or say something else beside it.

    Raises PermissionDenied, NoDraft, ItemIsGone, IndicatorNotKnown.
    """
    _draft_of_item(item, by)
    if definition.code != item.code or definition.published_at is None:
        raise IndicatorNotKnown
    item.definition, item.note = definition, note
    item.save(update_fields=["definition", "note"])
    return item


@transaction.atomic
def move_item(*, item: SetItem, steps: int, by: Viewer, at: datetime) -> None:
    """So many places down, or up where negative; beyond the ends it stays at the end.

    Raises PermissionDenied, NoDraft, ItemIsGone.
    """
    draft = _draft_of_item(item, by)
    rows = list(draft.items.order_by("position", "pk"))
    place = next(place for place, row in enumerate(rows) if row.pk == item.pk)
    moved = rows.pop(place)
    rows.insert(max(0, min(len(rows), place + steps)), moved)
    for position, row in enumerate(rows, start=1):
        row.position = position
    SetItem.objects.bulk_update(rows, ["position"])


@transaction.atomic
def remove_item(*, item: SetItem, by: Viewer, at: datetime) -> None:
    """Take an indicator out of the draft. Raises PermissionDenied, NoDraft, ItemIsGone."""
    _draft_of_item(item, by)
    item.delete()


@transaction.atomic
def publish_set(*, indicator_set: IndicatorSet, by: Viewer, at: datetime) -> SetVersion:
    """Make the draft a version that stays, and tell those who may take it over.

    Raises PermissionDenied, NoDraft, SetIsEmpty, NothingIsDifferent.
    """
    draft = _draft(indicator_set, by)
    items = list(draft.items.in_order())
    if not items:
        raise SetIsEmpty
    former = last_published(draft.indicator_set)
    if former is not None and _says_the_same(former, draft, items):
        raise NothingIsDifferent
    draft.published_by, draft.published_at = by.person, at
    draft.save(update_fields=["published_by", "published_at"])
    transaction.on_commit(partial(tell_of_version_later, draft.pk))
    return draft


@transaction.atomic
def drop_draft(*, indicator_set: IndicatorSet, by: Viewer, at: datetime) -> None:
    """Drop what was prepared; a set that was never published goes whole.

    Raises PermissionDenied, NoDraft, DraftHoldsProposals.
    """
    draft = _draft(indicator_set, by)
    if SetProposal.objects.filter(taken_in=draft).exists():
        raise DraftHoldsProposals
    if last_published(draft.indicator_set) is None:
        draft.indicator_set.delete()
        return
    draft.delete()


def next_draft(indicator_set: IndicatorSet, by: Viewer, at: datetime) -> SetVersion:
    """The draft that is there, or one that begins with the last version; asks no policy."""
    there = indicator_set.versions.filter(published_at__isnull=True).first()
    if there is not None:
        return there
    former = last_published(indicator_set)
    assert former is not None, "a set has a draft until its first version is published"
    draft = SetVersion.objects.create(
        indicator_set=indicator_set,
        number=former.number + 1,
        name=former.name,
        purpose=former.purpose,
        created_by=by.person,
        created_at=at,
    )
    SetItem.objects.bulk_create(
        [
            SetItem(
                version=draft,
                position=item.position,
                code=item.code,
                definition_id=item.definition_id,
                note=item.note,
            )
            for item in former.items.all()
        ]
    )
    return draft


def put_last(draft: SetVersion, definition: IndicatorVersion, note: dict[str, str]) -> SetItem:
    """An indicator at the end of a draft; asks no policy. Raises SetNamesItAlready, SetFull."""
    codes = dict(draft.items.values_list("code", "position"))
    if definition.code in codes:
        raise SetNamesItAlready
    if len(codes) >= MOST_INDICATORS:
        raise SetFull
    return SetItem.objects.create(
        version=draft,
        position=max(codes.values(), default=0) + 1,
        code=definition.code,
        definition=definition,
        note=note,
    )


def locked_set(indicator_set: IndicatorSet) -> IndicatorSet:
    """The set, held until the transaction ends: versions, adoptions and decisions follow one another.

    Raises SetIsGone.
    """
    rows = IndicatorSet.objects.select_for_update(of=("self",)).select_related("organisation")
    locked = rows.filter(pk=indicator_set.pk).first()
    if locked is None:
        raise SetIsGone
    return locked


def last_published(indicator_set: IndicatorSet) -> SetVersion | None:
    return indicator_set.versions.filter(published_at__isnull=False).order_by("-number").first()


def _says_the_same(former: SetVersion, draft: SetVersion, items: list[SetItem]) -> bool:
    return (former.name, former.purpose) == (draft.name, draft.purpose) and difference_of(
        list(former.items.in_order()), items
    ).is_nothing


def _draft(indicator_set: IndicatorSet, by: Viewer) -> SetVersion:
    indicator_set = locked_set(indicator_set)
    if not policies.can_make_set(by, indicator_set):
        raise PermissionDenied
    draft = indicator_set.versions.filter(published_at__isnull=True).first()
    if draft is None:
        raise NoDraft
    draft.indicator_set = indicator_set
    return draft


def _draft_of_item(item: SetItem, by: Viewer) -> SetVersion:
    draft = _draft(item.version.indicator_set, by)
    if draft.pk != item.version_id:
        raise NoDraft
    if not draft.items.filter(pk=item.pk).exists():
        raise ItemIsGone
    return draft
