"""The firms of a round: who has answered, and where the others are written to."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from filiera.accounts.viewer import ViewerRequest
from filiera.indicators import policies
from filiera.indicators.actions import round_firms as actions
from filiera.indicators.actions.round_mails import RoundNotOpen
from filiera.indicators.documents.round_tables import firm_rows
from filiera.indicators.forms.rounds import AddressesForm, FirmAddressForm
from filiera.indicators.models import CollectionFirm, CollectionRound
from filiera.indicators.queries.rounds import FIRM_FILTERS, firms_page
from filiera.organisations.models import Organisation
from filiera.shared.errors import DomainError
from filiera.shared.forms import show_refusal
from filiera.shared.http import render_page
from filiera.shared.tables import CSV_TYPE, as_csv

from .common import workspace_view


@require_safe
@workspace_view(policies.can_see_rounds)
def firm_list(request: ViewerRequest, organisation: Organisation, collection_id: int) -> HttpResponse:
    """For whoever opened it all firms, for a pole its own members."""
    return _page(request, organisation, _round(request, organisation, collection_id))


@never_cache
@require_safe
@workspace_view(policies.can_run_rounds)
def firms_csv(request: ViewerRequest, organisation: Organisation, collection_id: int) -> HttpResponse:
    """Every firm with its address, to fill in what is missing and bring it back."""
    round_ = _own_round(request, organisation, collection_id)
    firms = CollectionFirm.objects.visible_to(request.viewer).filter(round=round_)
    rows = list(firms.select_related("organisation").order_by("organisation__sort_key", "pk"))
    name = f"{organisation.slug}-firms-{round_.period.code}.csv"
    return HttpResponse(
        as_csv(*firm_rows(rows)),
        content_type=CSV_TYPE,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@require_POST
@workspace_view(policies.can_run_rounds)
def addresses_create(request: ViewerRequest, organisation: Organisation, collection_id: int) -> HttpResponse:
    """Take the filled-in table, all of it or nothing."""
    round_ = _own_round(request, organisation, collection_id)
    if not round_.is_open:
        messages.warning(request, str(RoundNotOpen()))
        return redirect("indicators:round_firms", organisation.slug, round_.pk)
    form = AddressesForm(request.POST, request.FILES)
    problems: tuple[str, ...] = ()
    if form.is_valid():
        upload = form.cleaned_data["table"]
        try:
            addresses = actions.read_addresses(upload.read(), upload.name)
            count = actions.set_firm_addresses(
                round_=round_, addresses=addresses, by=request.viewer, at=timezone.now()
            )
        except actions.AddressesWrong as refusal:
            show_refusal(form, refusal)
            problems = refusal.problems
        except DomainError as refusal:
            show_refusal(form, refusal)
        else:
            told = ngettext("One address is new.", "%(count)s addresses are new.", count)
            messages.success(request, told % {"count": count})
            return redirect("indicators:round_firms", organisation.slug, round_.pk)
    return _page(request, organisation, round_, addresses_form=form, problems=problems, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view(policies.can_run_rounds)
def address_edit(
    request: ViewerRequest, organisation: Organisation, collection_id: int, firm_id: int
) -> HttpResponse:
    round_ = _own_round(request, organisation, collection_id)
    rows = CollectionFirm.objects.visible_to(request.viewer).filter(round=round_)
    firm = get_object_or_404(rows.select_related("organisation", "round__organisation"), pk=firm_id)
    form = FirmAddressForm(request.POST if request.method == "POST" else None, firm=firm)
    if form.is_bound and form.is_valid():
        try:
            actions.set_firm_address(
                firm=firm,
                email=form.cleaned_data["email"],
                language=form.cleaned_data["language"],
                by=request.viewer,
                at=timezone.now(),
            )
        except DomainError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The address is kept, and the firm is invited there."))
            return redirect("indicators:round_firms", organisation.slug, round_.pk)
    context = {"organisation": organisation, "round": round_, "firm": firm, "form": form}
    status = 422 if form.is_bound else 200
    return render_page(request, "indicators/rounds/address.html", context, status=status)


def _page(
    request: ViewerRequest,
    organisation: Organisation,
    round_: CollectionRound,
    *,
    addresses_form: AddressesForm | None = None,
    problems: tuple[str, ...] = (),
    status: int = 200,
) -> HttpResponse:
    asked = {name: request.GET.get(name, "") for name in ("state", "q", "after")}
    state = asked["state"] if asked["state"] in FIRM_FILTERS else ""
    firms = firms_page(request.viewer, round_, state=state, search=asked["q"][:100], after=asked["after"])
    kept = {name: asked[name] for name in ("state", "q") if asked[name]}
    context = {
        "organisation": organisation,
        "round": round_,
        "page": firms,
        "state": state,
        "search": asked["q"],
        "next_url": f"?{urlencode({**kept, 'after': firms.next_key})}" if firms.next_key else "",
        "can_run": policies.can_run_round(request.viewer, round_)
        and round_.organisation_id == organisation.pk,
        "addresses_form": addresses_form or AddressesForm(),
        "problems": problems,
    }
    return render_page(request, "indicators/rounds/firms.html", context, status=status)


def _round(request: ViewerRequest, organisation: Organisation, collection_id: int) -> CollectionRound:
    """A round that asks firms, if the workspace in the address opened it or is asked. Raises Http404."""
    visible = CollectionRound.objects.visible_to(request.viewer).select_related("organisation")
    round_ = get_object_or_404(visible.defer("report"), pk=collection_id)
    is_side = round_.organisation_id == organisation.pk
    if round_.is_draft or not (is_side or round_.parts.filter(organisation=organisation).exists()):
        raise Http404
    return round_


def _own_round(request: ViewerRequest, organisation: Organisation, collection_id: int) -> CollectionRound:
    round_ = _round(request, organisation, collection_id)
    if round_.organisation_id != organisation.pk:
        raise Http404
    return round_
