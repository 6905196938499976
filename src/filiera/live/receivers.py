"""What the room hears of people who leave, and what it tells about them."""

from typing import Any

from filiera.accounts import exports
from filiera.accounts.models import Person
from filiera.accounts.signals import person_erased
from filiera.live.models import AudienceQuestion, Ballot, Voice, Vote


def connect() -> None:
    person_erased.connect(forget_person, dispatch_uid="live.person_erased")
    exports.register("live", words_of)


def words_of(person: Person) -> dict[str, Any]:
    """What somebody asked, wanted answered, and answered."""
    return {
        "questions": list(
            AudienceQuestion.objects.filter(voice__person=person).values(
                "text", "asker_name", "state", "asked_at"
            )
        ),
        "votes": list(Vote.objects.filter(voice__person=person).values("question__text", "cast_at")),
        "answers": list(
            Ballot.objects.filter(voice__person=person).values("poll__prompt", "value", "cast_at")
        ),
    }


def forget_person(*, person: Person, **_: Any) -> None:
    """Counts stay as they were counted; names go, and with them whatever leads from a vote to the person."""
    AudienceQuestion.objects.filter(voice__person=person).update(asker_name="")
    for voice in Voice.objects.filter(person=person):
        voice.person, voice.key_digest = None, f"erased-{voice.pk}"
        voice.save(update_fields=["person", "key_digest"])
