"""What the academy hears from the people below it, and what it tells about them."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from filiera.academy.actions.forgetting import forget_speaker
from filiera.academy.models import (
    Broadcast,
    BroadcastRecipient,
    CalendarFeed,
    Countdown,
    EditionMember,
    ShortTalk,
    Speaker,
    Star,
)
from filiera.accounts import exports
from filiera.accounts.models import Person, circles
from filiera.accounts.signals import person_erased
from filiera.files.actions import discard_file


def connect() -> None:
    person_erased.connect(forget_person, dispatch_uid="academy.person_erased")
    exports.register("academy", part_in_editions)
    circles.register(people_of_the_same_editions)


def people_of_the_same_editions(person_id: int) -> "QuerySet[Any, Any]":
    """Those who belong to an edition to which the person belongs, as far as both still do."""
    editions = EditionMember.objects.filter(person=person_id, until__isnull=True).values("edition")
    return EditionMember.objects.filter(edition__in=editions, until__isnull=True).values("person")


def part_in_editions(person: Person) -> dict[str, Any]:
    """What the academy knows about a person, for the archive of their data."""
    return {
        "roles": list(
            EditionMember.objects.filter(person=person).values("edition__slug", "role", "since", "until")
        ),
        "stars": list(Star.objects.filter(person=person).values("session__slug", "starred_at")),
        "short talks": list(
            ShortTalk.objects.filter(person=person).values(
                "session__slug", "title", "minutes", "signed_up_at"
            )
        ),
        "messages received": list(
            BroadcastRecipient.objects.filter(person=person).values(
                "broadcast__edition__slug", "broadcast__text", "broadcast__sent_at"
            )
        ),
        "messages sent": list(
            Broadcast.objects.filter(sent_by=person).values("edition__slug", "text", "sent_at", "for_whom")
        ),
        "speaking": list(
            Speaker.objects.filter(person=person).values(
                "edition__slug", "name", "email", "position", "biography", "needs", "consented_at"
            )
        ),
    }


def forget_person(*, person: Person, at: datetime, **_: Any) -> None:
    """Remove what tells who it was, also from what was published; the ledger keeps that they took part."""
    for model in (EditionMember, Star, CalendarFeed, ShortTalk, BroadcastRecipient):
        model.objects.filter(person=person).delete()
    # What was told to a hall stays told; who wrote it does not.
    Broadcast.objects.filter(sent_by=person).update(sent_by=None)
    Countdown.objects.filter(started_by=person).update(started_by=None)
    for speaker in Speaker.objects.filter(person=person).select_related("edition", "photo"):
        forget_speaker(speaker=speaker)
        photo, speaker.photo = speaker.photo, None
        speaker.slug, speaker.name = f"speaker-{speaker.pk}", "—"
        speaker.email = speaker.needs = speaker.link_seed = ""
        speaker.biography, speaker.position, speaker.sources = {}, {}, []
        speaker.person = speaker.consented_at = None
        speaker.save()
        if photo is not None:
            discard_file(stored_file=photo)
