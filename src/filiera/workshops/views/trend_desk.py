"""The desk of trends: put up, open, close, ask for reasons."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from filiera.academy.edition_pages import for_those_who
from filiera.academy.models import Edition
from filiera.accounts.viewer import ViewerRequest
from filiera.shared.errors import DomainError
from filiera.shared.forms import show_refusal
from filiera.shared.http import render_page
from filiera.workshops.actions import trends as actions
from filiera.workshops.forms.trends import CopyTrendsForm, TrendForm
from filiera.workshops.models import Trend
from filiera.workshops.policies.trends import can_edit_trends
from filiera.workshops.queries.trend_results import people_who_may_rate
from filiera.workshops.queries.trends import editions_with_trends, trend_lines, trends_to_open

leading = for_those_who(can_edit_trends)


@require_safe
@leading
def desk_trends(request: ViewerRequest, edition: Edition) -> HttpResponse:
    """Every trend with its state and how many have rated it."""
    lines = trend_lines(request.viewer, edition)
    states = [line.trend.state for line in lines]
    context = {
        "edition": edition,
        "topic": f"trends:{edition.pk}",
        "counts_topic": f"ratings:{edition.pk}",
        "lines": lines,
        "drafts": states.count("draft"),
        "open": states.count("open"),
        "people": people_who_may_rate(edition),
        "may_copy": bool(editions_with_trends(request.viewer, edition)),
    }
    return render_page(request, "workshops/trends/desk.html", context, partial="results")


@require_http_methods(["GET", "HEAD", "POST"])
@leading
def desk_trend_new(request: ViewerRequest, edition: Edition) -> HttpResponse:
    return _form_page(request, edition, None)


@require_http_methods(["GET", "HEAD", "POST"])
@leading
def desk_trend(request: ViewerRequest, edition: Edition, trend_id: int) -> HttpResponse:
    """Change what a trend says."""
    return _form_page(request, edition, _found(request, edition, trend_id))


@require_http_methods(["GET", "HEAD", "POST"])
@leading
def desk_trend_copies(request: ViewerRequest, edition: Edition) -> HttpResponse:
    """Take the trends of an earlier edition over, so that the years can be compared."""
    form = CopyTrendsForm(request.POST or None, editions=editions_with_trends(request.viewer, edition))
    if request.method == "POST" and form.is_valid():
        count = actions.copy_trends(
            edition=edition, source=form.cleaned_data["source"], by=request.viewer, at=timezone.now()
        )
        told = ngettext("One trend is taken over.", "%(count)s trends are taken over.", count)
        messages.success(request, told % {"count": count})
        return redirect("workshops:desk_trends", edition.slug)
    context = {"edition": edition, "form": form, "is_copy": True}
    status = 422 if request.method == "POST" else 200
    return render_page(request, "workshops/trends/form.html", context, status=status)


@require_POST
@leading
def desk_trend_state(request: ViewerRequest, edition: Edition, trend_id: int) -> HttpResponse:
    """Open or close one trend."""
    found, by, at = _found(request, edition, trend_id), request.viewer, timezone.now()
    if request.POST.get("to") == "open":
        _try(request, lambda: actions.open_trend(trend=found, by=by, at=at))
    elif request.POST.get("to") == "closed":
        _try(request, lambda: actions.close_trend(trend=found, by=by, at=at))
    return redirect("workshops:desk_trends", edition.slug)


@require_POST
@leading
def desk_trends_state(request: ViewerRequest, edition: Edition) -> HttpResponse:
    """Open every draft, or close everything that is open."""
    by, at = request.viewer, timezone.now()
    if request.POST.get("to") == "open":
        actions.open_all(edition=edition, by=by, at=at)
    elif request.POST.get("to") == "closed":
        actions.close_all(edition=edition, by=by, at=at)
    return redirect("workshops:desk_trends", edition.slug)


@require_POST
@leading
def desk_trend_reasons(request: ViewerRequest, edition: Edition, trend_id: int) -> HttpResponse:
    """Ask those who rated far from the others for their reasons."""
    found = _found(request, edition, trend_id)
    if _try(request, lambda: actions.ask_outliers(trend=found, by=request.viewer, at=timezone.now())):
        messages.success(
            request,
            _("Those who rated far from the others are asked on their own page. Nobody else sees it."),
        )
    return redirect("workshops:desk_trends", edition.slug)


@require_POST
@leading
def desk_trend_removal(request: ViewerRequest, edition: Edition, trend_id: int) -> HttpResponse:
    found = _found(request, edition, trend_id)
    if _try(request, lambda: actions.remove_trend(trend=found, by=request.viewer, at=timezone.now())):
        messages.success(request, _("The trend is removed."))
    return redirect("workshops:desk_trends", edition.slug)


def _form_page(request: ViewerRequest, edition: Edition, found: Trend | None) -> HttpResponse:
    form = TrendForm(request.POST or None, trend=found)
    if request.method == "POST" and form.is_valid():
        try:
            actions.save_trend(
                edition=edition, trend=found, details=form.details(), by=request.viewer, at=timezone.now()
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("The trend is saved."))
            return redirect("workshops:desk_trends", edition.slug)
    status = 422 if request.method == "POST" else 200
    context = {"edition": edition, "form": form, "trend": found}
    return render_page(request, "workshops/trends/form.html", context, status=status)


def _found(request: ViewerRequest, edition: Edition, trend_id: int) -> Trend:
    return get_object_or_404(trends_to_open(request.viewer, edition), pk=trend_id)


def _try(request: ViewerRequest, act: Callable[[], object]) -> bool:
    try:
        act()
    except DomainError as error:
        messages.warning(request, str(error))
        return False
    return True
