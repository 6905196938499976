from django.contrib import messages
from django.contrib.auth import logout
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from filiera.accounts import actions, demonstration
from filiera.accounts.models import Person
from filiera.accounts.viewer import ViewerRequest
from filiera.accounts.views.invitations import sign_in
from filiera.design.theme import safe_return
from filiera.shared.http import render_page
from filiera.texts.middleware import language_for


@require_safe
def demonstration_roles(request: ViewerRequest) -> HttpResponse:
    """The people one can be, for those who look around already."""
    if not demonstration.is_possible(request):
        raise Http404
    context = {"next": safe_return(request, request.GET.get("next"))}
    return render_page(request, "accounts/demonstration.html", context)


@require_POST
def demonstration_role(request: ViewerRequest, role: str) -> HttpResponse:
    """Become one of the people of the demonstration, in the language that one reads already."""
    chosen = demonstration.find_role(role)
    if chosen is None or not demonstration.is_possible(request):
        raise Http404
    language = language_for(request)
    if chosen.code == demonstration.VISITOR_ROLE:
        logout(request)
    else:
        person = get_object_or_404(Person.objects.active(), email=chosen.email)
        if request.user != person:
            logout(request)
        sign_in(request, person, method="demonstration")
        actions.prefer_language(person=person, language=language)
    with translation.override(language):
        messages.info(request, _("You now look around as: %(role)s.") % {"role": chosen.name})
    return redirect(safe_return(request, request.POST.get("next")))
