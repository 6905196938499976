"""The mails that tell the decisions: their words, each of them, and the sending."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from filiera.academy.edition_pages import for_those_who
from filiera.academy.models import Edition
from filiera.accounts.viewer import ViewerRequest
from filiera.admissions.actions.decisions import drop_decision_text, send_decisions, write_decision_text
from filiera.admissions.forms.decisions import DecisionTextForm, SendForm
from filiera.admissions.models import Call, Decision, Selection, SelectionDecision
from filiera.admissions.policies import selection as policies
from filiera.admissions.queries import selection as queries
from filiera.admissions.queries.decision_mails import (
    PendingMail,
    letter_to,
    mail_states,
    mark_of,
    pending_mails,
    recipient_of,
    undecided_count,
)
from filiera.admissions.queries.decision_texts import ALLOWED, PLACEHOLDERS, TOLD, words_of
from filiera.shared.errors import DomainError
from filiera.shared.http import panel_page, render_page
from filiera.texts.numbers import number_in_words

SHOWN = 200
"""So many names of each kind stand on the page; all mails are counted and sent."""

sending = for_those_who(policies.can_send_decisions)


@require_safe
@sending
def desk_decision_mails(request: ViewerRequest, edition: Edition) -> HttpResponse:
    selection = _selection(request, edition)
    pending = [] if selection.is_sent else pending_mails(selection)
    context = {
        "edition": edition,
        "call": selection.call,
        "selection": selection,
        "groups": _groups(pending),
        "total": len(pending),
        "total_in_words": capfirst(number_in_words(len(pending))),
        "without_address": [row.name for row in pending if not row.address],
        "undecided": undecided_count(selection),
        "states": mail_states(selection),
        "mark": mark_of(pending),
    }
    return render_page(request, "admissions/desk/selection/mails.html", context)


@require_safe
@sending
def desk_decision_mail(request: ViewerRequest, edition: Edition, application_id: int) -> HttpResponse:
    """One mail as it will be read."""
    selection = _selection(request, edition)
    visible = SelectionDecision.objects.visible_to(request.viewer).select_related(
        "application__organisation", "application__candidate", "application__filed_by"
    )
    decision = get_object_or_404(
        visible.exclude(decision=Decision.UNDECIDED), selection=selection, application_id=application_id
    )
    words = words_of(selection.call)[decision.decision]
    subject, body, language = letter_to(decision, words, selection)
    context = {
        "edition": edition,
        "decision": decision,
        "name": queries.name_of(decision.application),
        "address": recipient_of(decision.application)[1],
        "subject": subject,
        "body": body,
        "language": language,
    }
    return panel_page(request, "admissions/desk/selection/mail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@sending
def desk_decision_text(request: ViewerRequest, edition: Edition, decision: str) -> HttpResponse:
    if decision not in TOLD:
        raise Http404
    call = _call(edition)
    words = words_of(call)[decision]
    form = DecisionTextForm(request.POST or None, decision=decision, words=words)
    if request.method == "POST" and form.is_valid():
        write_decision_text(
            call=call, decision=decision, by=request.viewer, at=timezone.now(), **form.cleaned_data
        )
        messages.success(request, _("The words are saved."))
        return redirect(_mails_address(edition))
    context = {
        "edition": edition,
        "form": form,
        "decision": decision,
        "label": Decision(decision).label,
        "is_own": words.is_own,
        "placeholders": [
            (f"{{{name}}}", meaning) for name, meaning in PLACEHOLDERS.items() if name in ALLOWED[decision]
        ],
    }
    status = 422 if request.method == "POST" else 200
    return render_page(request, "admissions/desk/selection/mail_words.html", context, status=status)


@require_POST
@sending
def desk_decision_text_end(request: ViewerRequest, edition: Edition, decision: str) -> HttpResponse:
    drop_decision_text(call=_call(edition), decision=decision, by=request.viewer)
    messages.success(request, _("The ready-made words are back."))
    return redirect(_mails_address(edition))


@require_http_methods(["GET", "HEAD", "POST"])
@sending
def desk_sending(request: ViewerRequest, edition: Edition) -> HttpResponse:
    """The last question, and the sending itself."""
    selection = _selection(request, edition)
    form = SendForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            send_decisions(
                call=selection.call, mark=form.cleaned_data["mark"], by=request.viewer, at=timezone.now()
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The decisions are sent. The mails are on their way."))
            return redirect(_mails_address(edition))
    pending = [] if selection.is_sent else pending_mails(selection)
    context = {
        "edition": edition,
        "selection": selection,
        "groups": _groups(pending),
        "total": len(pending),
        "form": form,
        "mark": mark_of(pending),
    }
    status = 422 if request.method == "POST" else 200
    return render_page(request, "admissions/desk/selection/sending.html", context, status=status)


def _groups(pending: list[PendingMail]) -> list[dict[str, object]]:
    """The mails of each kind with a count and the first names."""
    groups: list[dict[str, object]] = []
    for kind in TOLD:
        rows = [row for row in pending if row.decision.decision == kind]
        groups.append(
            {
                "kind": kind.value,
                "label": kind.label,
                "count": len(rows),
                "rows": rows[:SHOWN],
                "more": max(0, len(rows) - SHOWN),
            }
        )
    return groups


def _call(edition: Edition) -> Call:
    call = queries.call_to_select(edition)
    if call is None:
        raise Http404
    return call


def _selection(request: ViewerRequest, edition: Edition) -> Selection:
    selection = queries.latest_selection(_call(edition), request.viewer)
    if selection is None:
        raise Http404
    return selection


def _mails_address(edition: Edition) -> str:
    return reverse("admissions:desk_decision_mails", args=[edition.slug])
