"""How an owner gets another link, and how long somebody outside the team is known here."""

from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from procrastinate.contrib.django import app

from filiera.indicators.actions.declaration_mails import forget_mails_to_owner
from filiera.indicators.models import Declaration, DeclarationRequest
from filiera.indicators.queries.declaration_links import has_owner, link_end, was_told_by_owner
from filiera.shared.links import fresh_seed

# So long an address from outside is kept where the figure was not told and confirmed before.
KEPT_FOR = timedelta(days=365)


def reopen_link(declaration: Declaration, at: datetime) -> DeclarationRequest | None:
    """Give the owner whose figure came back another link; None where they are not the one who told it.

    Asks no policy: it follows an action that did.
    """
    asked = DeclarationRequest.objects.of_figure(declaration).select_for_update(of=("self",))
    request = asked.select_related("organisation", "owner").first()
    if request is None or not was_told_by_owner(request, declaration) or not has_owner(request):
        return None
    request.link_seed = fresh_seed()
    request.link_ends_on = max(request.link_ends_on, link_end(request.due_on, at))
    request.save(update_fields=["link_seed", "link_ends_on"])
    return request


def forget_settled_owners(requests: QuerySet[DeclarationRequest]) -> int:
    """Forget whoever outside told a figure that is confirmed; how many. Asks no policy."""
    settled = DeclarationRequest.objects.settled().values("pk")
    return _forget(requests.filter(pk__in=settled))


def forget_owner(request: DeclarationRequest) -> None:
    """Keep no name and no address of whoever is asked, nor the mails to it; the link ends.

    Asks no policy: it follows an action or a job that did.
    """
    forget_mails_to_owner(request)
    request.owner, request.link_seed = None, fresh_seed()
    request.owner_name = request.owner_email = request.owner_language = ""
    request.save(update_fields=["owner", "owner_name", "owner_email", "owner_language", "link_seed"])


@app.periodic(cron="37 4 * * *")
@app.task(name="indicators.forget_outside_owners", queueing_lock="indicators.forget_outside_owners")
def forget_outside_owners(timestamp: int) -> None:
    """Each night: whose figure is confirmed, or was asked for a year ago, is no longer known here."""
    at = datetime.fromtimestamp(timestamp, tz=UTC)
    settled = DeclarationRequest.objects.settled().values("pk")
    _forget(DeclarationRequest.objects.filter(Q(asked_at__lt=at - KEPT_FOR) | Q(pk__in=settled)))


@transaction.atomic
def _forget(requests: QuerySet[DeclarationRequest]) -> int:
    rows = list(requests.exclude(owner_email="").select_for_update(of=("self",)).order_by("pk"))
    for row in rows:
        forget_owner(row)
    return len(rows)
