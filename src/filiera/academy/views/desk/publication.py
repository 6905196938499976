"""Publishing the draft, and the versions so far."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from filiera.academy import policies
from filiera.academy.actions.publication import publish_programme, unpublished_changes
from filiera.academy.changes import in_words
from filiera.academy.edition_pages import desk_view
from filiera.academy.forms.editions import PublicationForm
from filiera.academy.models import Edition, ProgrammeVersion
from filiera.academy.queries.warnings import warnings_of
from filiera.accounts.viewer import ViewerRequest
from filiera.shared.errors import DomainError
from filiera.shared.forms import show_refusal
from filiera.shared.http import render_page


@require_http_methods(["GET", "HEAD", "POST"])
@desk_view(policies.can_publish_programme)
def desk_publish(request: ViewerRequest, edition: Edition) -> HttpResponse:
    form = PublicationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            version = publish_programme(
                edition=edition, note=form.cleaned_data["note"], by=request.viewer, at=timezone.now()
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("Version %(number)s is published.") % {"number": version.number})
            return redirect("academy:desk_versions", edition.slug)
    changes = unpublished_changes(edition)
    context = {
        "edition": edition,
        "form": form,
        "changes": [in_words(change) for change in changes or []],
        "has_changes": changes is not None,
        "warnings": [warning for warning in warnings_of(edition) if warning.tone != "info"],
    }
    status = 422 if request.method == "POST" else 200
    return render_page(request, "academy/desk/publish.html", context, status=status)


@require_safe
@desk_view()
def desk_versions(request: ViewerRequest, edition: Edition) -> HttpResponse:
    versions = ProgrammeVersion.objects.filter(edition=edition).select_related("published_by")
    context = {
        "edition": edition,
        "versions": [
            (version, [in_words(change) for change in version.changes])
            for version in versions.defer("data").order_by("-number")
        ],
        "may_publish": policies.can_publish_programme(request.viewer, edition),
    }
    return render_page(request, "academy/desk/versions.html", context)
