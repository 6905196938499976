from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from filiera.accounts import actions
from filiera.accounts.forms import PreferencesForm, ProfileForm
from filiera.accounts.models import Person
from filiera.accounts.viewer import ViewerRequest
from filiera.accounts.views.who import personal
from filiera.design.theme import is_theme, remember_theme
from filiera.shared.http import render_page
from filiera.texts.middleware import LANGUAGE_COOKIE


@require_http_methods(["GET", "POST"])
@personal
def profile(request: ViewerRequest, person: Person) -> HttpResponse:
    """One's own profile, to be read and changed."""
    form = ProfileForm(request.POST or None, request.FILES or None, person=person)
    if request.method == "POST" and form.is_valid():
        actions.edit_profile(
            person=person,
            profile=form.profile(),
            photo=form.cleaned_data["photo"],
            remove_photo=form.cleaned_data.get("remove_photo", False),
            by=request.viewer,
            at=timezone.now(),
        )
        messages.success(request, _("Your profile is saved."))
        return redirect("accounts:profile")
    status = 422 if request.method == "POST" else 200
    return render_page(request, "accounts/profile.html", {"form": form, "person": person}, status=status)


@require_http_methods(["GET", "POST"])
@personal
def preferences(request: ViewerRequest, person: Person) -> HttpResponse:
    """Language, time zone and appearance."""
    initial = {"language": person.language, "time_zone": person.time_zone, "theme": person.theme}
    form = PreferencesForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        actions.set_preferences(person=person, by=request.viewer, **chosen)
        messages.success(request, _("Your preferences are saved."))
        response = redirect("accounts:preferences")
        if not chosen["language"]:
            response.delete_cookie(LANGUAGE_COOKIE)
        if is_theme(chosen["theme"]):
            remember_theme(response, chosen["theme"], is_secure=request.is_secure())
        return response
    status = 422 if request.method == "POST" else 200
    return render_page(request, "accounts/preferences.html", {"form": form}, status=status)
