"""The ledger to read: an organisation's own, and for administrators the whole."""

from collections.abc import Iterator
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_GET

from filiera.accounts.viewer import ViewerRequest
from filiera.ledger import policies, queries
from filiera.ledger.kinds import all_kinds
from filiera.ledger.models import Fact, FactTable, Source
from filiera.organisations.models import Organisation
from filiera.shared.http import render_page, send_to
from filiera.shared.tables import CSV_TYPE, Cell, as_csv

HEADER = (
    "id", "kind", "happened_at", "recorded_at", "organisation", "counterpart", "quantity", "unit",
    "amount_eur", "ecosystem", "region", "size_class", "source", "subject", "reverses",
)  # fmt: skip


@require_GET
def organisation_ledger(request: ViewerRequest, slug: str) -> HttpResponse:
    return _guarded(request, slug) or _page(request, _workspace(request, slug), "ledger/organisation.html")


@require_GET
def organisation_table(request: ViewerRequest, slug: str) -> HttpResponse:
    return _guarded(request, slug) or _table(request, _workspace(request, slug))


@require_GET
def organisation_fact(request: ViewerRequest, slug: str, year: int, fact_id: UUID) -> HttpResponse:
    return _guarded(request, slug) or _subject(
        request, year, fact_id, reverse("ledger:organisation", args=[slug])
    )


@require_GET
def whole_ledger(request: ViewerRequest) -> HttpResponse:
    return _guarded(request, "") or _page(request, None, "ledger/whole.html")


@require_GET
def whole_table(request: ViewerRequest) -> HttpResponse:
    return _guarded(request, "") or _table(request, None)


@require_GET
def whole_fact(request: ViewerRequest, year: int, fact_id: UUID) -> HttpResponse:
    return _guarded(request, "") or _subject(request, year, fact_id, reverse("ledger:whole"))


def _workspace(request: ViewerRequest, slug: str) -> Organisation:
    found: Organisation | None = getattr(request, "workspace", None)
    if found is None:
        found = get_object_or_404(Organisation.objects.visible_to(request.viewer), slug=slug)
        request.workspace = found  # type: ignore[attr-defined]
    return found


def _guarded(request: ViewerRequest, slug: str) -> HttpResponse | None:
    """404 where the organisation may not be known, 403 where its facts may not be read, else nothing."""
    if slug:
        is_allowed = policies.can_view_ledger(request.viewer, _workspace(request, slug))
    else:
        is_allowed = policies.can_view_whole_ledger(request.viewer)
    if is_allowed:
        return None
    if request.viewer.is_known:
        raise PermissionDenied
    address = redirect_to_login(request.get_full_path(), reverse("account_login"))["Location"]
    return send_to(request, address)


def _page(request: ViewerRequest, organisation: Organisation | None, template: str) -> HttpResponse:
    asked = _asked(request)
    page = queries.facts_page(
        request.viewer,
        asked,
        organisation=organisation,
        after=request.GET.get("after", "").replace("\x00", ""),
    )
    query = {
        key: str(value)
        for key, value in (("kind", asked.kind), ("year", asked.year), ("source", asked.source))
        if value
    }
    context = {
        "organisation": organisation,
        "can_import": organisation is not None and policies.can_import_facts(request.viewer, organisation),
        "facts": page.facts,
        "asked": asked,
        "kinds": all_kinds(),
        "years": queries.years_with_facts(request.viewer, organisation),
        "sources": Source.choices,
        "query": urlencode(query),
        "next_url": f"?{urlencode({**query, 'after': page.next_key})}" if page.next_key else "",
    }
    return render_page(request, template, context, partial="facts")


def _table(request: ViewerRequest, organisation: Organisation | None) -> HttpResponse:
    facts = queries.facts_for_table(request.viewer, _asked(request), organisation=organisation)
    disposition = {"Content-Disposition": 'attachment; filename="facts.csv"'}
    return HttpResponse(as_csv(HEADER, _rows(facts)), content_type=CSV_TYPE, headers=disposition)


def _subject(request: ViewerRequest, year: int, fact_id: UUID, ledger_address: str) -> HttpResponse:
    fact = get_object_or_404(Fact.objects.visible_to(request.viewer), year=year, id=fact_id)
    subject = queries.subject_of(request.viewer, fact)
    if isinstance(subject, FactTable):
        context = {"table": subject, "ledger_address": ledger_address}
        return render_page(request, "ledger/table.html", context)
    if subject is None or not hasattr(subject, "get_absolute_url"):
        raise Http404
    return redirect(subject.get_absolute_url())


def _asked(request: ViewerRequest) -> queries.FactFilter:
    told = request.GET
    return queries.asked_in(told.get("kind", ""), told.get("year", ""), told.get("source", ""))


def _rows(facts: list[Fact]) -> Iterator[list[Cell]]:
    for fact in facts:
        yield [
            f"{fact.year}/{fact.id}",
            fact.kind,
            fact.happened_at.isoformat(),
            fact.recorded_at.isoformat(),
            fact.organisation.slug if fact.organisation else "",
            fact.counterpart.slug if fact.counterpart else "",
            str(fact.quantity),
            fact.unit,
            "" if fact.amount_eur is None else str(fact.amount_eur),
            fact.ecosystem_id or "",
            fact.region_id or "",
            fact.size_class,
            fact.source,
            f"{fact.subject_type}/{fact.subject_key}",
            f"{fact.year}/{fact.reverses}" if fact.reverses else "",
        ]
