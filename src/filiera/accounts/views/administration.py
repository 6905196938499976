from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from filiera.accounts import actions, policies
from filiera.accounts.adapters import mail_language
from filiera.accounts.forms import AdministratorInvitationForm, ReasonForm
from filiera.accounts.models import Person
from filiera.accounts.queries import ADMINISTRATION_KEY, administration_log, open_administration_window
from filiera.accounts.viewer import ViewerRequest
from filiera.accounts.views.who import confirmed, personal
from filiera.shared.http import render_page


@require_http_methods(["GET", "POST"])
@personal
@confirmed
def administration(request: ViewerRequest, person: Person) -> HttpResponse:
    """The administrator's timed session: open it with a reason, see what was done in earlier ones."""
    if not policies.can_open_administration(request.viewer):
        raise PermissionDenied
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        window = actions.open_administration(
            reason=form.cleaned_data["reason"], by=request.viewer, at=timezone.now()
        )
        request.session[ADMINISTRATION_KEY] = window.pk
        messages.warning(request, _("You now see and change everything, for one hour."))
        return redirect("accounts:administration")
    return _page(
        request, form, AdministratorInvitationForm(), status=422 if request.method == "POST" else 200
    )


@require_POST
@personal
def administration_closing(request: ViewerRequest, person: Person) -> HttpResponse:
    window = open_administration_window(request, timezone.now())
    if window is not None:
        actions.close_administration(window=window, by=request.viewer, at=timezone.now())
        messages.success(request, _("The administrator's session is closed."))
    request.session.pop(ADMINISTRATION_KEY, None)
    return redirect("/")


@require_POST
@personal
@confirmed
def administrator_invitation(request: ViewerRequest, person: Person) -> HttpResponse:
    form = AdministratorInvitationForm(request.POST)
    if not form.is_valid():
        return _page(request, ReasonForm(), form, status=422)
    actions.invite_administrator(
        email=form.cleaned_data["email"],
        by=request.viewer,
        at=timezone.now(),
        language=mail_language(person),
    )
    messages.success(request, _("The invitation is on its way; its link is valid for 24 hours."))
    return redirect("accounts:administration")


def _page(
    request: ViewerRequest, form: ReasonForm, invitation_form: AdministratorInvitationForm, *, status: int
) -> HttpResponse:
    context = {
        "form": form,
        "invitation_form": invitation_form,
        "window": open_administration_window(request, timezone.now()),
        "log": administration_log(request.viewer),
        "lasts_minutes": int(actions.ADMINISTRATION_LASTS.total_seconds() // 60),
    }
    return render_page(request, "accounts/administration.html", context, status=status)
