"""Running late: what fifteen minutes more meet, and what is done about it."""

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from filiera.academy import policies
from filiera.academy.actions.delays import delay_day
from filiera.academy.actions.publication import unpublished_changes
from filiera.academy.changes import in_words
from filiera.academy.edition_pages import desk_view
from filiera.academy.forms.running import DelayForm, DelayMessageForm
from filiera.academy.models import Edition
from filiera.academy.queries.delays import DelayPlan, RunningDay, has_begun_planning, plan_delay, running_day
from filiera.accounts.viewer import ViewerRequest
from filiera.shared.errors import DomainError
from filiera.shared.forms import show_refusal
from filiera.shared.http import render_page, send_to


@require_http_methods(["GET", "HEAD", "POST"])
@desk_view(policies.can_run_day)
def desk_late(request: ViewerRequest, edition: Edition) -> HttpResponse:
    """Choose, see what is hit, and let the day run later."""
    moment = edition.clock_at or timezone.now()
    asked = request.POST if request.method == "POST" else request.GET
    asked_day = asked.get("day", "")
    day = running_day(edition, moment, asked_day)
    if day is None:
        over = {"edition": edition, "is_over": has_begun_planning(edition)}
        return render_page(request, "academy/desk/late.html", over, partial="late")
    changes = unpublished_changes(edition)
    form = DelayForm(asked if "since" in asked else None, day=day)
    message_form = DelayMessageForm(request.POST or None, has_draft=changes is not None)
    if request.method == "POST" and form.is_valid() and message_form.is_valid():
        said = message_form.cleaned_data
        try:
            version = delay_day(
                edition=edition,
                wish=form.wish(),
                moment=moment,
                day=asked_day,
                message=said["message"],
                with_draft=said.get("with_draft", False),
                is_told_by_mail=said["is_told_by_mail"],
                by=request.viewer,
                at=timezone.now(),
            )
        except DomainError as error:
            show_refusal(message_form, error)
        else:
            messages.success(
                request,
                _("Version %(number)s is published, and everybody reads it now.")
                % {"number": version.number},
            )
            return send_to(request, f"{reverse('academy:desk_late', args=[edition.slug])}?day={day.day.date}")
    context = {
        "edition": edition,
        "day": day,
        "form": form,
        "message_form": message_form,
        "plan": _plan(request, day, form),
        "changes": [in_words(change) for change in changes or []],
        "has_changes": changes is not None,
        "may_publish": policies.can_publish_programme(request.viewer, edition),
    }
    status = 422 if request.method == "POST" else 200
    return render_page(request, "academy/desk/late.html", context, partial="late", status=status)


def _plan(request: ViewerRequest, day: RunningDay, form: DelayForm) -> DelayPlan | None:
    wish = (form.wish() if form.is_valid() else None) if form.is_bound else form.first_wish()
    return plan_delay(day, wish, request.viewer) if wish is not None else None
