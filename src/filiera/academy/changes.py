"""What changed between two versions of a programme, and the plain words for it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NotRequired, TypedDict

from django.utils.translation import gettext as _

from filiera.shared.time import at_zone
from filiera.texts.languages import translated

from .dates import day_and_month
from .snapshot import SessionData, Texts

NEW, REMOVED = "new", "removed"
CANCELLED, RESTORED = "cancelled", "restored"
MOVED, ROOM, RENAMED, TEXT = "moved", "room", "renamed", "text"
SPEAKER_ADDED, SPEAKER_REMOVED = "speaker_added", "speaker_removed"

# What somebody who meant to be there has to know.
TOLD_TO_STARRERS = frozenset(
    {REMOVED, CANCELLED, RESTORED, MOVED, ROOM, RENAMED, SPEAKER_ADDED, SPEAKER_REMOVED}
)


class Change(TypedDict):
    """One difference; `session` is the slug in the newer version, in the older one if it left."""

    kind: str
    session: str
    session_id: int
    title: Texts
    before: NotRequired[Any]
    after: NotRequired[Any]


def changes_between(before: Iterable[SessionData], after: Iterable[SessionData]) -> list[Change]:
    """All differences in the order of the newer programme; sessions that left come last."""
    old = {session["id"]: session for session in before}
    new = {session["id"]: session for session in after}
    changes: list[Change] = []
    for key, session in new.items():
        changes += _changes_of(old[key], session) if key in old else [_change(NEW, session)]
    changes += [_change(REMOVED, session) for key, session in old.items() if key not in new]
    return changes


def _changes_of(old: SessionData, new: SessionData) -> list[Change]:
    changes: list[Change] = []
    if old["is_cancelled"] != new["is_cancelled"]:
        changes.append(_change(CANCELLED if new["is_cancelled"] else RESTORED, new))
    if _time(old) != _time(new):
        changes.append(_change(MOVED, new, before=_time(old), after=_time(new)))
    if _room_slug(old) != _room_slug(new):
        changes.append(_change(ROOM, new, before=_room_name(old), after=_room_name(new)))
    if old["title"] != new["title"]:
        changes.append(_change(RENAMED, new, before=old["title"], after=new["title"]))
    earlier = {speaker["slug"]: speaker["name"] for speaker in old["speakers"]}
    later = {speaker["slug"]: speaker["name"] for speaker in new["speakers"]}
    changes += [
        _change(SPEAKER_ADDED, new, after=name) for slug, name in later.items() if slug not in earlier
    ]
    changes += [
        _change(SPEAKER_REMOVED, new, before=name) for slug, name in earlier.items() if slug not in later
    ]
    if old["abstract"] != new["abstract"]:
        changes.append(_change(TEXT, new))
    return changes


def in_words(change: Change) -> str:
    """The difference as a sentence in the language that is active."""
    values = {"title": _quoted(change["title"])}
    kind = change["kind"]
    if kind == MOVED:
        values["before"], values["after"] = _when(change["before"]), _when(change["after"])
        return _("%(title)s moves from %(before)s to %(after)s.") % values
    if kind == ROOM:
        values["after"] = translated(change["after"]) or _("a room not yet known")
        return _("%(title)s is now in %(after)s.") % values
    if kind == RENAMED:
        values["before"] = _quoted(change["before"])
        return _("%(before)s is now called %(title)s.") % values
    if kind == SPEAKER_ADDED:
        values["name"] = change["after"]
        return _("%(name)s joins %(title)s.") % values
    if kind == SPEAKER_REMOVED:
        values["name"] = change["before"]
        return _("%(name)s no longer speaks in %(title)s.") % values
    return {
        NEW: _("%(title)s is new in the programme."),
        REMOVED: _("%(title)s is no longer in the programme."),
        CANCELLED: _("%(title)s is cancelled."),
        RESTORED: _("%(title)s takes place after all."),
        TEXT: _("The description of %(title)s was rewritten."),
    }[kind] % values


def _change(kind: str, session: SessionData, **values: Any) -> Change:
    change: Change = {
        "kind": kind,
        "session": session["slug"],
        "session_id": session["id"],
        "title": session["title"],
    }
    change.update(values)  # type: ignore[typeddict-item]
    return change


def _time(session: SessionData) -> dict[str, str | None]:
    return {"start": session["starts_at"], "end": session["ends_at"], "zone": session["zone"]}


def _room_slug(session: SessionData) -> str:
    return session["room"]["slug"] if session["room"] else ""


def _room_name(session: SessionData) -> Texts:
    return session["room"]["name"] if session["room"] else {}


def _when(time: dict[str, str]) -> str:
    start = at_zone(datetime.fromisoformat(time["start"]), time["zone"])
    end = at_zone(datetime.fromisoformat(time["end"]), time["zone"])
    return f"{day_and_month(start.date())}, {start:%H:%M}–{end:%H:%M}"


def _quoted(title: Texts) -> str:
    return _("“%(title)s”") % {"title": translated(title)}
