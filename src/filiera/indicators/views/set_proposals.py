"""Changes of a set: proposing them, saying what one thinks, deciding."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from filiera.accounts.viewer import ViewerRequest
from filiera.indicators import policies
from filiera.indicators.actions import set_proposals as actions
from filiera.indicators.forms.sets import AcceptForm, DeclineForm, OpinionForm, ProposalForm
from filiera.indicators.models import SetProposal
from filiera.indicators.queries import sets as queries
from filiera.organisations.models import Organisation
from filiera.shared.errors import DomainError
from filiera.shared.forms import show_refusal
from filiera.shared.http import render_page, tried

from .common import workspace_view
from .sets import set_in


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view(policies.can_use_sets)
def proposal_create(request: ViewerRequest, organisation: Organisation, set_id: int) -> HttpResponse:
    found = set_in(request, organisation, set_id)
    page = queries.set_page(request.viewer, organisation, found)
    if page.line.latest is None:
        raise Http404
    form = ProposalForm(request.POST if request.method == "POST" else None, rows=page.rows)
    if form.is_bound and form.is_valid():
        try:
            made = actions.propose_change(
                indicator_set=found,
                organisation=organisation,
                change=form.change(),
                reason=form.cleaned_data["text"],
                by=request.viewer,
                at=timezone.now(),
            )
        except DomainError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The change is proposed. Those who use the set are being told."))
            return redirect("indicators:set_proposal", organisation.slug, found.pk, made.pk)
    context = {"organisation": organisation, "set": found, "version": page.line.latest, "form": form}
    status = 422 if form.is_bound else 200
    return render_page(request, "indicators/sets/propose.html", context, status=status)


@require_safe
@workspace_view(policies.can_see_sets)
def proposal(
    request: ViewerRequest, organisation: Organisation, set_id: int, set_proposal_id: int
) -> HttpResponse:
    return _page(request, organisation, _proposal(request, organisation, set_id, set_proposal_id))


@require_POST
@workspace_view(policies.can_use_sets)
def opinion_create(
    request: ViewerRequest, organisation: Organisation, set_id: int, set_proposal_id: int
) -> HttpResponse:
    """Agree, disagree or comment."""
    found = _proposal(request, organisation, set_id, set_proposal_id)
    form = OpinionForm(request.POST, comments_only=_comments_only(organisation, found))
    if form.is_valid():
        try:
            actions.say(
                proposal=found,
                organisation=organisation,
                stance=form.chosen_stance,
                text=form.cleaned_data["text"],
                by=request.viewer,
                at=timezone.now(),
            )
        except DomainError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("It stands at the proposal."))
            return _back(organisation, found)
    return _page(request, organisation, found, opinion_form=form, status=422)


@require_POST
@workspace_view(policies.can_make_sets)
def acceptance_create(
    request: ViewerRequest, organisation: Organisation, set_id: int, set_proposal_id: int
) -> HttpResponse:
    """Take the change into the next version."""
    found = _proposal_to_decide(request, organisation, set_id, set_proposal_id)
    form = AcceptForm(request.POST)
    publishes = form.is_valid() and form.cleaned_data["publishes"]
    tried(
        request,
        lambda: actions.accept_proposal(
            proposal=found, publishes=publishes, by=request.viewer, at=timezone.now()
        ),
        _("The change is accepted, and the next version is published.")
        if publishes
        else _("The change is accepted. It waits in the draft of the next version."),
    )
    return _back(organisation, found)


@require_POST
@workspace_view(policies.can_make_sets)
def refusal_create(
    request: ViewerRequest, organisation: Organisation, set_id: int, set_proposal_id: int
) -> HttpResponse:
    """Decline it, with the reason."""
    found = _proposal_to_decide(request, organisation, set_id, set_proposal_id)
    form = DeclineForm(request.POST)
    if form.is_valid():
        try:
            actions.decline_proposal(
                proposal=found, reason=form.cleaned_data["text"], by=request.viewer, at=timezone.now()
            )
        except DomainError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The proposal is declined. Whoever took part is being told."))
            return _back(organisation, found)
    return _page(request, organisation, found, decline_form=form, status=422)


@require_POST
@workspace_view(policies.can_use_sets)
def withdrawal_create(
    request: ViewerRequest, organisation: Organisation, set_id: int, set_proposal_id: int
) -> HttpResponse:
    """Ask for one's own proposal no more."""
    found = _proposal(request, organisation, set_id, set_proposal_id)
    if found.organisation_id != organisation.pk:
        raise Http404
    tried(
        request,
        lambda: actions.withdraw_proposal(proposal=found, by=request.viewer, at=timezone.now()),
        _("The proposal is withdrawn."),
    )
    return _back(organisation, found)


def _page(
    request: ViewerRequest,
    organisation: Organisation,
    found: SetProposal,
    *,
    opinion_form: OpinionForm | None = None,
    decline_form: DeclineForm | None = None,
    status: int = 200,
) -> HttpResponse:
    page = queries.proposal_page(request.viewer, organisation, found)
    comments_only = _comments_only(organisation, found)
    may_use = policies.can_use_sets(request.viewer, organisation)
    context = {
        "organisation": organisation,
        "set": found.indicator_set,
        "proposal": found,
        "page": page,
        "set_name": queries.name_of(request.viewer, found.indicator_set),
        "can_speak": may_use and found.is_open and (comments_only or page.uses_set),
        "may_use": may_use,
        "can_decide": found.is_open
        and found.indicator_set.organisation_id == organisation.pk
        and policies.can_make_set(request.viewer, found.indicator_set),
        "can_withdraw": found.is_open and may_use and found.organisation_id == organisation.pk,
        "opinion_form": opinion_form or OpinionForm(comments_only=comments_only),
        "accept_form": AcceptForm(),
        "decline_form": decline_form or DeclineForm(),
    }
    return render_page(request, "indicators/sets/proposal.html", context, status=status)


def _comments_only(organisation: Organisation, found: SetProposal) -> bool:
    return organisation.pk in (found.organisation_id, found.indicator_set.organisation_id)


def _proposal(
    request: ViewerRequest, organisation: Organisation, set_id: int, set_proposal_id: int
) -> SetProposal:
    """Raises Http404."""
    found = set_in(request, organisation, set_id)
    rows = SetProposal.objects.visible_to(request.viewer).filter(indicator_set=found)
    row = get_object_or_404(
        rows.select_related("organisation", "coming", "taken_in", "decided_by", "proposed_by"),
        pk=set_proposal_id,
    )
    row.indicator_set = found
    return row


def _proposal_to_decide(
    request: ViewerRequest, organisation: Organisation, set_id: int, set_proposal_id: int
) -> SetProposal:
    """Of a set of one's own. Raises Http404."""
    found = _proposal(request, organisation, set_id, set_proposal_id)
    if found.indicator_set.organisation_id != organisation.pk:
        raise Http404
    return found


def _back(organisation: Organisation, found: SetProposal) -> HttpResponse:
    return redirect("indicators:set_proposal", organisation.slug, found.indicator_set_id, found.pk)
