"""The link in a mail about a meeting: one answer, without signing in, once."""

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from filiera.accounts.viewer import ViewerRequest
from filiera.meetings.actions.outcomes import QuestionClosed, answer_question
from filiera.meetings.forms.meetings import OutcomeForm
from filiera.meetings.models import Outcome
from filiera.meetings.queries.links import is_open, question_of, viewer_by_link
from filiera.shared.http import render_page


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def outcome(request: ViewerRequest, token: str) -> HttpResponse:
    """The question with the answer of the link chosen.

    Following the link changes nothing by itself: programs that look into mails follow links too. The
    page's script sends the chosen answer; without script it is one click more.
    """
    question = question_of(token)
    if question is None:
        return _page(request, {"question": None}, status=404)
    at = question.meeting.round.edition.clock_at or timezone.now()
    chosen = request.GET.get("answer", "")
    is_chosen = request.method != "POST" and chosen in Outcome.values
    form = OutcomeForm(
        request.POST or None,
        after_days=question.after_days,
        initial={"answer": chosen if is_chosen else ""},
    )
    context = {
        "question": question,
        "other": question.meeting.second
        if question.attendee_id == question.meeting.first_id
        else question.meeting.first,
        "form": form,
        "is_open": is_open(question, at=at),
        "sends_itself": is_chosen,
    }
    if request.method != "POST" or not context["is_open"]:
        return _page(request, context, status=200 if request.method != "POST" else 410)
    if not form.is_valid():
        return _page(request, context, status=422)
    try:
        answered = answer_question(
            question=question,
            answer=form.cleaned_data["answer"],
            comment=form.cleaned_data["comment"],
            by=viewer_by_link(question),
            at=at,
        )
    except QuestionClosed:
        return _page(request, {**context, "is_open": False}, status=410)
    return _page(request, {**context, "question": answered, "is_open": False, "is_new": True})


def _page(request: ViewerRequest, context: dict[str, object], *, status: int = 200) -> HttpResponse:
    response = render_page(request, "meetings/own/outcome.html", context, status=status)
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response
