"""What the measurement of a hall needs from inside the platform: a channel, events, and what was counted.

python -m tests.figures.live_prepared make|tell|count      with FILIERA_DATA; prints one JSON object
"""

import json
import os
import sys
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "filiera.config.settings")
django.setup()

# Models can only be imported once Django is set up.
from django.db.models import Count  # noqa: E402
from django.utils import timezone  # noqa: E402

from filiera.academy.models import Edition  # noqa: E402
from filiera.accounts.viewer import SYSTEM  # noqa: E402
from filiera.live.actions.channels import make_channel, open_channel  # noqa: E402
from filiera.live.actions.telling import tell  # noqa: E402
from filiera.live.models import AudienceQuestion, Channel, QuestionState, Vote  # noqa: E402

QUESTIONS = 10
EVENTS = 20
EVENTS_EVERY_S = 0.5
TITLE = {"en": "Measured", "it": "Misurato"}


def make() -> dict[str, object]:
    edition = Edition.objects.get(slug="cba-2-torino")
    channel = make_channel(
        edition=edition,
        title=TITLE,
        session=None,
        is_moderated=False,
        allows_anonymous=True,
        members_only=False,
        by=SYSTEM,
        at=timezone.now(),
    )
    open_channel(channel=channel, by=SYSTEM, at=timezone.now())
    questions = AudienceQuestion.objects.bulk_create(
        AudienceQuestion(
            channel=channel,
            text=f"Question {number}?",
            state=QuestionState.PUBLISHED,
            asked_at=timezone.now(),
        )
        for number in range(QUESTIONS)
    )
    return {"code": channel.code.lower(), "questions": [question.pk for question in questions]}


def tell_often() -> dict[str, object]:
    """The moment at which each event was told, by the clock that the listeners share."""
    channel = Channel.objects.get(title=TITLE)
    told = []
    for _ in range(EVENTS):
        told.append(time.time())
        tell(channel, "stage")
        time.sleep(EVENTS_EVERY_S)
    return {"told": told}


def count() -> dict[str, object]:
    votes = Vote.objects.filter(question__channel__title=TITLE)
    twice = votes.values("question", "voice").annotate(count=Count("pk")).filter(count__gt=1)
    return {"rows": votes.count(), "voices": votes.values("voice").distinct().count(), "twice": twice.count()}


if __name__ == "__main__":
    json.dump({"make": make, "tell": tell_often, "count": count}[sys.argv[1]](), sys.stdout)
