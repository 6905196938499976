"""Awards of the Torino edition and the certificates of its first part: made up, and marked so."""

from datetime import datetime, time, timedelta
from decimal import Decimal

from django.db import transaction

from filiera.academy.actions.held import record_held_sessions
from filiera.academy.models import Edition, Part
from filiera.accounts.viewer import SYSTEM
from filiera.credentials.actions import AwardDetails, issue_to_all_qualified, save_award
from filiera.credentials.models import Award
from filiera.shared.time import local_moment, parse_zone

NAMES = {
    "first": {"en": "Cluster Booster Academy, online days", "it": "Cluster Booster Academy, giornate online"},
    "whole": {"en": "Cluster Booster Academy", "it": "Cluster Booster Academy"},
}
DESCRIPTIONS = {
    "first": {
        "en": "The two online days of the second Cluster Booster Academy.",
        "it": "Le due giornate online della seconda Cluster Booster Academy.",
    },
    "whole": {
        "en": "The whole second Cluster Booster Academy: two days online, two days in Torino.",
        "it": "Tutta la seconda Cluster Booster Academy: due giornate online, due giornate a Torino.",
    },
}
# A day to count what was attended before certificates are issued.
_AFTER = timedelta(days=2)


@transaction.atomic
def load_certificates(edition: Edition, at: datetime) -> int:
    """Make the awards and certify the first part, as two days after it; how many certificates.

    What is there already stays as it is.
    """
    first = edition.parts.order_by("starts_on").first()
    if first is None or Award.objects.filter(edition=edition).exists():
        return 0
    record_held_sessions(by=SYSTEM, at=at)
    objectives = list(edition.objectives.order_by("number"))
    online = save_award(
        edition=edition,
        details=AwardDetails(
            name=NAMES["first"],
            description=DESCRIPTIONS["first"],
            part=first,
            objectives=objectives,
            least_share=Decimal("0.6"),
        ),
        by=SYSTEM,
        at=at,
    )
    save_award(
        edition=edition,
        details=AwardDetails(
            name=NAMES["whole"],
            description=DESCRIPTIONS["whole"],
            objectives=objectives,
            least_share=Decimal("0.75"),
            least_days=3,
            needed_facts=["action_plan.presented"],
        ),
        by=SYSTEM,
        at=at,
    )
    return len(issue_to_all_qualified(award=online, by=SYSTEM, at=_issued_at(first)))


def _issued_at(part: Part) -> datetime:
    return local_moment(part.ends_on + _AFTER, time(9, 0), parse_zone(part.time_zone))
