"""Writing a text together: each change is put in its place among those that came before it."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from filiera.accounts.viewer import Viewer
from filiera.push.actions import publish_event
from filiera.shared.errors import DomainError
from filiera.workshops import operations
from filiera.workshops.models import SharedText, TextOperation, TextWriter
from filiera.workshops.operations import Component, Operation, OperationDoesNotFit
from filiera.workshops.queries.shared_texts import PRESENT_FOR, current_text, operations_after, text_at
from filiera.workshops.shared_texts import MOST_CHARACTERS, TextPlace

_MOST_COMPONENTS = 4_000
_UNWELCOME = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_FORGET_WRITERS_AFTER = timedelta(minutes=10)


class OperationRefused(DomainError):
    message = _("This change cannot be read. Copy your words, load the page again and put them in anew.")


class RevisionUnknown(DomainError):
    message = _(
        "The text is not where this page believes it to be. Copy your words, load the page again and put "
        "them in anew."
    )


class TextIsGone(DomainError):
    message = _("What you write in was removed meanwhile. Copy your words to where you need them.")
    status = 404


class TextTooLong(DomainError):
    message = _("The text would become too long. Shorten it first.")


@dataclass(frozen=True, slots=True)
class SentChange:
    """What a page sends: the change, the revision it was made at, and its number among the page's own."""

    revision: int
    components: Sequence[Component]
    client: str
    number: int


@transaction.atomic
def write_text(*, place: TextPlace, change: SentChange, by: Viewer, at: datetime) -> list[TextOperation]:
    """Put a change into the text; answers all operations after the revision it was made at, its own last.

    Changes that others made meanwhile stay: this one is transformed to come after them. The same change
    sent again changes nothing.
    Raises PermissionDenied, TextIsGone, OperationRefused, RevisionUnknown, TextTooLong.
    """
    if not place.owner.may_write(by, place.row):
        raise PermissionDenied
    text = _locked(place)
    if change.revision > text.revision:
        raise RevisionUnknown
    if not text.operations.filter(client=change.client, number=change.number).exists():
        _append(text, place, change, by=by, at=at)
    return operations_after(place, change.revision)


@transaction.atomic
def merge_text(*, place: TextPlace, revision: int, words: str, form: str, by: Viewer, at: datetime) -> None:
    """Take a whole text from a form that was filled in at some revision: what others wrote since stays.

    `form` names the copy of the form: sent twice it counts once.
    Raises PermissionDenied, TextIsGone, OperationRefused, RevisionUnknown, TextTooLong.
    """
    if not place.owner.may_write(by, place.row):
        raise PermissionDenied
    text = _locked(place)
    if revision > text.revision:
        raise RevisionUnknown
    words = without_unwelcome(words)
    components = operations.difference(text_at(place, revision), words)
    if operations.changes_nothing(components):
        return
    sent = hashlib.sha256(f"{form}\n{place.name}\n{words}".encode()).hexdigest()[:40]
    change = SentChange(revision=revision, components=components, client=f"form-{sent}", number=1)
    write_text(place=place, change=change, by=by, at=at)


@transaction.atomic
def restore_text(*, place: TextPlace, revision: int, by: Viewer, at: datetime) -> None:
    """Bring back the words of an earlier revision, as a change like any other.

    Raises PermissionDenied, TextIsGone, RevisionUnknown.
    """
    if not place.owner.may_write(by, place.row):
        raise PermissionDenied
    text = _locked(place)
    if revision > text.revision:
        raise RevisionUnknown
    components = operations.difference(current_text(place), text_at(place, revision))
    if operations.changes_nothing(components):
        return
    change = SentChange(
        revision=text.revision, components=components, client=f"back-{text.revision}", number=revision + 1
    )
    write_text(place=place, change=change, by=by, at=at)


@transaction.atomic
def announce_writer(*, place: TextPlace, client: str, writes_in: str, by: Viewer, at: datetime) -> None:
    """Say that the page of a row is open, and in which text its person writes; others hear of a change.

    `place` is any text of the row whose page it is; `writes_in` the key of a text, or nothing.
    Raises PermissionDenied.
    """
    if by.person is None or not place.owner.may_write(by, place.row):
        raise PermissionDenied
    writers = TextWriter.objects.filter(kind=place.owner.kind, owner_id=place.row.pk)
    before = writers.filter(client=client, person=by.person).first()
    TextWriter.objects.update_or_create(
        kind=place.owner.kind,
        owner_id=place.row.pk,
        client=client,
        defaults={"person": by.person, "place": writes_in, "seen_at": at},
    )
    writers.filter(seen_at__lt=at - _FORGET_WRITERS_AFTER).delete()
    if before is None or before.place != writes_in or before.seen_at < at - PRESENT_FOR:
        publish_event(place.owner.topic_of(place.row), {"what": "writers"})


def without_unwelcome(words: str) -> str:
    """The words with the line ends of the platform and without invisible control characters."""
    return _UNWELCOME.sub("", words.replace("\r\n", "\n").replace("\r", "\n"))


def _locked(place: TextPlace) -> SharedText:
    if not place.owner.lock(place.row):
        raise TextIsGone
    key = {"kind": place.owner.kind, "owner_id": place.row.pk, "name": place.name}
    SharedText.objects.get_or_create(**key)
    return SharedText.objects.select_for_update().get(**key)


def _append(text: SharedText, place: TextPlace, change: SentChange, *, by: Viewer, at: datetime) -> None:
    components = _checked(change.components)
    try:
        for earlier in operations_after(place, change.revision):
            is_first = earlier.client <= change.client
            _earlier, components = operations.meet(earlier.components, components, other_first=is_first)
        before = current_text(place)
        after = operations.apply(before, components)
    except OperationDoesNotFit as error:
        raise OperationRefused from error
    if len(after) > MOST_CHARACTERS and len(after) > len(before):
        raise TextTooLong
    text.revision += 1
    text.save(update_fields=["revision"])
    TextOperation.objects.create(
        text=text,
        revision=text.revision,
        components=components,
        removed=operations.removed_from(before, components),
        client=change.client,
        number=change.number,
        person=by.person,
        written_at=at,
    )
    type(place.row)._default_manager.filter(pk=place.row.pk).update(**{place.name: after})
    setattr(place.row, place.name, after)
    place.owner.on_change(place.row, place.name, before, at)
    publish_event(
        place.owner.topic_of(place.row), {"what": "text", "text": place.key, "revision": text.revision}
    )


def _checked(components: Sequence[Component]) -> Operation:
    """The components, if they are such as a page of ours makes. Raises OperationRefused."""
    if len(components) > _MOST_COMPONENTS:
        raise OperationRefused
    for component in components:
        is_text = isinstance(component, str)
        is_number = isinstance(component, int) and not isinstance(component, bool)
        if not component or not (is_text or is_number):
            raise OperationRefused
        if isinstance(component, str) and _UNWELCOME.search(component):
            raise OperationRefused
    return list(components)
