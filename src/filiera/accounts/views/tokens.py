from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from filiera.accounts import actions
from filiera.accounts.forms import TokenForm
from filiera.accounts.models import ApiToken, Person
from filiera.accounts.viewer import ViewerRequest
from filiera.accounts.views.who import confirmed, personal
from filiera.shared.errors import DomainError
from filiera.shared.http import render_page


@require_http_methods(["GET", "POST"])
@sensitive_variables("secret")
@personal
@confirmed
def token_list(request: ViewerRequest, person: Person) -> HttpResponse:
    """One's tokens; a new one is shown once, in the answer that makes it."""
    form = TokenForm(request.POST or None)
    token, secret, status = None, "", 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                token, secret = actions.make_token(
                    name=form.cleaned_data["name"],
                    scopes_wanted=form.cleaned_data["scopes"],
                    lasts=form.cleaned_data["lasts"],
                    by=request.viewer,
                    at=timezone.now(),
                )
                form, status = TokenForm(), 201
            except DomainError as error:
                form.add_error(None, str(error))
    tokens = ApiToken.objects.visible_to(request.viewer).order_by("-pk")
    context = {"form": form, "tokens": tokens, "new_token": token, "secret": secret, "now": timezone.now()}
    return render_page(request, "accounts/tokens.html", context, status=status)


@require_POST
@personal
def token_revocation(request: ViewerRequest, person: Person, token_id: int) -> HttpResponse:
    token = get_object_or_404(ApiToken.objects.visible_to(request.viewer), pk=token_id)
    actions.revoke_token(token=token, by=request.viewer, at=timezone.now())
    messages.success(request, _("The token no longer opens anything."))
    return redirect("accounts:tokens")
