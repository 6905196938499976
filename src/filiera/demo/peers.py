"""That the poles take part in the comparison of clusters is made up, as their figures are."""

from datetime import datetime, timedelta

from django.db import transaction
from procrastinate.exceptions import AlreadyEnqueued

from filiera.accounts.viewer import SYSTEM
from filiera.indicators.actions.peers import join_peers, publish_last_year
from filiera.indicators.models import PeerConsent
from filiera.organisations.models import Organisation, OrganisationKind

NETWORK = "sistema-poli-di-innovazione-piemonte"
# By then the worker has computed the first figures.
COMPARED_AFTER = timedelta(minutes=5)


@transaction.atomic
def load_peers(at: datetime) -> None:
    """Every pole agrees to take part; the comparison follows when there are figures."""
    if PeerConsent.objects.exists():
        return
    poles = Organisation.objects.filter(kind=OrganisationKind.CLUSTER, memberships__cluster__slug=NETWORK)
    for pole in poles.distinct().order_by("pk"):
        join_peers(organisation=pole, is_demonstration=True, by=SYSTEM, at=at)
    try:
        publish_last_year.configure(schedule_in={"seconds": int(COMPARED_AFTER.total_seconds())}).defer(
            timestamp=int((at + COMPARED_AFTER).timestamp())
        )
    except AlreadyEnqueued:
        return
