"""What can be had in an edition, and for what."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from filiera.academy.edition_pages import desk_view
from filiera.academy.models import Edition
from filiera.accounts.viewer import ViewerRequest
from filiera.credentials import actions, policies
from filiera.credentials.forms import AwardForm
from filiera.credentials.models import Award
from filiera.credentials.queries.certificates import awards_of, certificates_for_desk, without_badge
from filiera.shared.errors import DomainError
from filiera.shared.forms import show_refusal
from filiera.shared.http import render_page


@require_safe
@desk_view(policies.can_view_certificates)
def desk_certificates(request: ViewerRequest, edition: Edition) -> HttpResponse:
    """The edition's awards, and every certificate that was issued."""
    context = {
        "edition": edition,
        "awards": awards_of(request.viewer, edition),
        "certificates": certificates_for_desk(request.viewer, edition),
        "without_badge": without_badge(request.viewer, edition),
        "badges_can_be_signed": policies.badges_can_be_signed(),
        "may_edit": policies.can_edit_awards(request.viewer, edition),
        "may_issue": policies.can_issue(request.viewer, edition),
    }
    return render_page(request, "credentials/desk/certificates.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_view(policies.can_edit_awards)
def desk_award_new(request: ViewerRequest, edition: Edition) -> HttpResponse:
    return _award_form(request, edition, None)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_view(policies.can_edit_awards)
def desk_award_edit(request: ViewerRequest, edition: Edition, award_id: int) -> HttpResponse:
    return _award_form(request, edition, _award(request, edition, award_id))


@require_POST
@desk_view(policies.can_edit_awards)
def desk_award_deletion(request: ViewerRequest, edition: Edition, award_id: int) -> HttpResponse:
    award = _award(request, edition, award_id)
    try:
        actions.delete_award(award=award, by=request.viewer)
    except DomainError as error:
        messages.warning(request, str(error))
        return redirect("credentials:desk_award", edition.slug, award_id)
    messages.success(request, _("The award is deleted."))
    return redirect("credentials:desk_certificates", edition.slug)


def _award_form(request: ViewerRequest, edition: Edition, award: Award | None) -> HttpResponse:
    form = AwardForm(request.POST or None, edition=edition, award=award)
    if request.method == "POST" and form.is_valid():
        try:
            award = actions.save_award(
                edition=edition, details=form.details(), award=award, by=request.viewer, at=timezone.now()
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("Saved. This is who would get it now."))
            return redirect("credentials:desk_award", edition.slug, award.pk)
    context = {"edition": edition, "award": award, "form": form}
    status = 422 if request.method == "POST" else 200
    return render_page(request, "credentials/desk/award_form.html", context, status=status)


def _award(request: ViewerRequest, edition: Edition, award_id: int) -> Award:
    return get_object_or_404(Award.objects.visible_to(request.viewer), edition=edition, pk=award_id)
