"""What a speaker answers afterwards, by a link and without an account."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from filiera.accounts.viewer import ViewerRequest
from filiera.live.actions.answers import answer_in_writing
from filiera.live.forms import AnswerForm
from filiera.live.models import AudienceQuestion
from filiera.live.queries.answering import channel_and_speaker, unanswered_in, viewer_by_link
from filiera.shared.http import render_page


@never_cache
@sensitive_variables("token")
@require_http_methods(["GET", "HEAD", "POST"])
def answering(request: ViewerRequest, token: str) -> HttpResponse:
    """The open questions, each with a field for its answer."""
    found = channel_and_speaker(token)
    if found is None:
        return render_page(request, "live/answering_unknown.html", {}, status=404)
    channel, speaker = found
    initial = {"answered_by_name": speaker.name}
    typed: tuple[int, AnswerForm] | None = None
    if request.method == "POST":
        asked = request.POST.get("question", "")
        key = int(asked) if asked.isdecimal() and len(asked) < 18 else 0
        question: AudienceQuestion = get_object_or_404(unanswered_in(channel), pk=key)
        form = AnswerForm(request.POST, prefix=f"q{question.pk}")
        if form.is_valid():
            answer_in_writing(
                question=question, **form.cleaned_data, by=viewer_by_link(channel), at=timezone.now()
            )
            messages.success(request, _("Your answer is published. Thank you."))
            return redirect("live:answering", token)
        typed = question.pk, form
    forms = [
        (question, typed[1])
        if typed and typed[0] == question.pk
        else (question, AnswerForm(initial=initial, prefix=f"q{question.pk}"))
        for question in unanswered_in(channel)
    ]
    context = {"channel": channel, "edition": channel.edition, "speaker": speaker, "forms": forms}
    return render_page(request, "live/answering.html", context, status=422 if typed else 200)
