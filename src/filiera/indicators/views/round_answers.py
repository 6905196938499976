"""The page behind a firm's link: a few questions, without an account."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from filiera.accounts.viewer import ViewerRequest
from filiera.indicators.actions.round_firms import answer_round, stop_writing
from filiera.indicators.forms.rounds import firm_form
from filiera.indicators.models import CollectionFirm
from filiera.indicators.queries.round_links import firm_of, token_of, viewer_by_link
from filiera.questionnaires.actions.answering import AnswersMissing
from filiera.questionnaires.forms.answers import field_name
from filiera.shared.errors import DomainError
from filiera.shared.http import render_page

FirmView = Callable[..., HttpResponse]


def by_link(view: FirmView) -> FirmView:
    """Give a view the firm of the link in the address, or say plainly that the link does not work."""

    @wraps(view)
    @never_cache
    @sensitive_variables("token")
    def opened(request: ViewerRequest, token: str, *args: Any, **kwargs: Any) -> HttpResponse:
        firm = firm_of(token)
        if firm is None:
            return render_page(request, "indicators/rounds/unknown.html", {}, status=404)
        return view(request, firm, *args, **kwargs)

    return opened


@require_http_methods(["GET", "HEAD", "POST"])
@by_link
def answer(request: ViewerRequest, firm: CollectionFirm) -> HttpResponse:
    """The questions, with what was answered last time; they can be changed until the round is frozen."""
    by = viewer_by_link(firm)
    context = {
        "firm": firm,
        "round": firm.round,
        "token": token_of(firm),
        "poles": [part.organisation for part in firm.parts.select_related("organisation")],
    }
    if not firm.round.is_open or firm.round.questionnaire is None:
        return render_page(request, "indicators/rounds/over.html", context)
    form = firm_form(firm, by, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            answer_round(firm=firm, answers=form.answers(), by=by, at=timezone.now())
        except AnswersMissing as refusal:
            for question in refusal.questions:
                form.add_error(field_name(question.code), str(refusal))
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Thank you: your answers have arrived."))
            return redirect("indicators:round_answer", token_of(firm))
    context |= {"form": form, "has_former": firm.response_id is None and bool(form.initial)}
    status = 422 if form.is_bound else 200
    return render_page(request, "indicators/rounds/answer.html", context, status=status)


@require_POST
@by_link
def stopping(request: ViewerRequest, firm: CollectionFirm) -> HttpResponse:
    """No more mails of this round."""
    stop_writing(firm=firm, by=viewer_by_link(firm), at=timezone.now())
    messages.success(request, _("You will not hear of this round again."))
    return redirect("indicators:round_answer", token_of(firm))
