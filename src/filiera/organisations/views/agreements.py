"""The agreements of an organisation: how far it has come with others, said and confirmed."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from filiera.accounts.viewer import ViewerRequest
from filiera.organisations import actions, policies, queries
from filiera.organisations.forms.agreements import StageForm
from filiera.organisations.models import Agreement, AgreementStep, Organisation, organisations_of
from filiera.shared.errors import DomainError
from filiera.shared.http import render_page

from .common import to_sign_in, workspace_view


@require_GET
@workspace_view(policies.can_see_agreements)
def agreements(request: ViewerRequest, organisation: Organisation) -> HttpResponse:
    return _page(request, organisation, StageForm())


@require_POST
@workspace_view(policies.can_speak_for)
def stage_create(request: ViewerRequest, organisation: Organisation) -> HttpResponse:
    """Say that a stage was reached with another organisation."""
    form = StageForm(request.POST)
    if form.is_valid():
        values = form.cleaned_data
        known = Organisation.objects.visible_to(request.viewer) | Organisation.objects.filter(
            pk__in=queries.partners_of(request.viewer, organisation)
        )
        other = known.filter(slug=values["other"]).first()
        if other is None:
            form.add_error("other", _("There is no organisation with this address. Look in the directory."))
        else:
            try:
                actions.say_stage(
                    party=organisation,
                    other=other,
                    stage=values["stage"],
                    happened_on=values["happened_on"],
                    by=request.viewer,
                    at=timezone.now(),
                )
            except DomainError as refusal:
                form.add_error(getattr(refusal, "field", None), str(refusal))
            else:
                messages.success(request, _("It is said. It counts when the other side says so too."))
                return redirect("organisations:agreements", organisation.slug)
    return _page(request, organisation, form, status=422)


@require_POST
@workspace_view(policies.can_speak_for)
def stage_confirm(request: ViewerRequest, organisation: Organisation, step_id: int) -> HttpResponse:
    try:
        actions.confirm_stage(
            step=_step(request, step_id), party=organisation, by=request.viewer, at=timezone.now()
        )
        messages.success(request, _("It is confirmed, and counts for both."))
    except DomainError as refusal:
        messages.warning(request, str(refusal))
    return redirect("organisations:agreements", organisation.slug)


@require_POST
@workspace_view(policies.can_speak_for)
def stage_end(request: ViewerRequest, organisation: Organisation, step_id: int) -> HttpResponse:
    """Take one's own word back, or say that the other's is not so."""
    try:
        actions.take_back_stage(
            step=_step(request, step_id), party=organisation, by=request.viewer, at=timezone.now()
        )
        messages.success(request, _("It is taken back. Nothing was counted."))
    except DomainError as refusal:
        messages.warning(request, str(refusal))
    return redirect("organisations:agreements", organisation.slug)


@require_GET
def agreement(request: ViewerRequest, agreement_id: int) -> HttpResponse:
    """The agreement in the workspace of the side to which the one who looks belongs."""
    if request.viewer.person_id is None:
        return to_sign_in(request)
    visible = Agreement.objects.visible_to(request.viewer).select_related("first", "second")
    found = get_object_or_404(visible, pk=agreement_id)
    own = set(organisations_of(request.viewer.person_id))
    side = found.second if found.second_id in own else found.first
    address = redirect("organisations:agreements", side.slug)
    address["Location"] += f"#agreement-{found.pk}"
    return address


def _page(
    request: ViewerRequest, organisation: Organisation, form: StageForm, *, status: int = 200
) -> HttpResponse:
    lines = queries.agreements_of(request.viewer, organisation)
    context = {
        "organisation": organisation,
        "lines": lines,
        "waiting": sum(bool(line.to_confirm) for line in lines),
        "form": form,
        "can_speak": policies.can_speak_for(request.viewer, organisation),
    }
    return render_page(request, "organisations/workspace/agreements.html", context, status=status)


def _step(request: ViewerRequest, step_id: int) -> AgreementStep:
    """Raises Http404."""
    visible = AgreementStep.objects.visible_to(request.viewer).select_related(
        "agreement__first", "agreement__second"
    )
    return get_object_or_404(visible, pk=step_id)
