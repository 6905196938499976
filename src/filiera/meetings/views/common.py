"""What the pages of these rooms share."""

from datetime import datetime

from django.utils import timezone

from filiera.academy.models import Edition


def now_in(edition: Edition) -> datetime:
    """The moment at which things happen in an edition: a demonstration lives at its own."""
    return edition.clock_at or timezone.now()
