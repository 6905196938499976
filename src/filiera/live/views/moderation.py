"""The moderator's pages: as usable with a thumb as with a mouse."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from filiera.academy.models import Edition
from filiera.accounts.viewer import ViewerRequest
from filiera.design.codes import qr_code
from filiera.live.actions import answers, channels, polls, questions
from filiera.live.forms import AnswerForm, ChannelForm, MergeForm, PollForm
from filiera.live.models import AudienceQuestion, Ballot, Channel, Poll
from filiera.live.queries.moderation import (
    channels_of,
    polls_to_moderate,
    questions_for_export,
    questions_to_moderate,
    tools_named,
)
from filiera.live.queries.results import results_of
from filiera.live.queries.room import most_wanted, on_stage
from filiera.shared.errors import DomainError
from filiera.shared.http import render_page, tried, wants_fragment
from filiera.shared.tables import XLSX_TYPE, as_xlsx
from filiera.texts.languages import translated

from .common import address_of, moderating

_NEXT_SHOWN = 5


@require_safe
@moderating
def desk_channels(request: ViewerRequest, edition: Edition) -> HttpResponse:
    context = {"edition": edition, "channels": channels_of(request.viewer, edition)}
    return render_page(request, "live/desk/channels.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@moderating
def desk_channel_new(request: ViewerRequest, edition: Edition) -> HttpResponse:
    form = ChannelForm(request.POST or None, edition=edition)
    if request.method == "POST" and form.is_valid():
        channel = channels.make_channel(
            edition=edition, **form.cleaned_data, by=request.viewer, at=timezone.now()
        )
        return redirect("live:desk_channel", edition.slug, channel.code.lower())
    status = 422 if request.method == "POST" else 200
    context = {"edition": edition, "form": form, "heading": _("A new channel"), "what": "channel"}
    return render_page(request, "live/desk/form.html", context, status=status)


@require_safe
@moderating
def desk_channel(request: ViewerRequest, channel: Channel) -> HttpResponse:
    """What waits, what stands, what was answered; polls beside it."""
    return _moderation(request, channel)


def _moderation(request: ViewerRequest, channel: Channel) -> HttpResponse:
    by_state = questions_to_moderate(request.viewer, channel)
    shown = request.GET.get("show", "")
    context = {
        "edition": channel.edition,
        "channel": channel,
        "by_state": by_state,
        "shown": shown if shown in by_state else "",
        "polls": [(poll, results_of(poll)) for poll in polls_to_moderate(request.viewer, channel)],
        "tools": tools_named(channel),
        "address": address_of(channel),
        "qr": qr_code(address_of(channel)),
    }
    return render_page(request, "live/desk/channel.html", context, partial="moderation")


@require_safe
@moderating
def desk_presenter(request: ViewerRequest, channel: Channel) -> HttpResponse:
    """What the person on stage reads: the question that stands, and those that come."""
    context = {
        "edition": channel.edition,
        "channel": channel,
        "question": on_stage(channel),
        "following": most_wanted(channel, _NEXT_SHOWN),
    }
    return render_page(request, "live/desk/presenter.html", context, partial="presenter")


@require_POST
@moderating
def desk_channel_open(request: ViewerRequest, channel: Channel) -> HttpResponse:
    channels.open_channel(channel=channel, by=request.viewer, at=timezone.now())
    messages.success(request, _("The channel is open."))
    return redirect("live:desk_channel", channel.edition.slug, channel.code.lower())


@require_POST
@moderating
def desk_channel_close(request: ViewerRequest, channel: Channel) -> HttpResponse:
    channels.close_channel(channel=channel, by=request.viewer, at=timezone.now())
    messages.success(request, _("The channel is closed. What was asked stays."))
    return redirect("live:desk_channel", channel.edition.slug, channel.code.lower())


@require_POST
@moderating
def desk_unanswered(request: ViewerRequest, channel: Channel) -> HttpResponse:
    """Send the speakers of the session what nobody answered."""
    try:
        count = answers.send_unanswered(channel=channel, by=request.viewer, at=timezone.now())
    except DomainError as error:
        messages.warning(request, str(error))
    else:
        messages.success(
            request,
            ngettext("One speaker has a link to answer.", "%(count)s speakers have a link to answer.", count)
            % {"count": count},
        )
    return redirect("live:desk_channel", channel.edition.slug, channel.code.lower())


_STATE_ACTIONS: dict[str, Callable[..., AudienceQuestion]] = {
    "published": questions.publish_question,
    "on_stage": questions.stage_question,
    "answered": questions.mark_answered,
    "hidden": questions.hide_question,
}


@require_POST
@moderating
def desk_question_state(request: ViewerRequest, channel: Channel, question_id: int) -> HttpResponse:
    question = _question(request, channel, question_id)
    act = _STATE_ACTIONS.get(request.POST.get("to", ""))
    if act is not None:
        tried(
            request,
            lambda: act(
                question=question, seen=request.POST.get("seen", ""), by=request.viewer, at=timezone.now()
            ),
        )
    return _back(request, channel)


@require_POST
@moderating
def desk_question_merge(request: ViewerRequest, channel: Channel, question_id: int) -> HttpResponse:
    question = _question(request, channel, question_id)
    form = MergeForm(request.POST, question=question)
    if form.is_valid():
        tried(
            request,
            lambda: questions.merge_question(
                question=question, into=form.cleaned_data["into"], by=request.viewer, at=timezone.now()
            ),
        )
    return _back(request, channel)


@require_http_methods(["GET", "HEAD", "POST"])
@moderating
def desk_question_answer(request: ViewerRequest, channel: Channel, question_id: int) -> HttpResponse:
    """Write the answer that was not given on stage."""
    question = _question(request, channel, question_id)
    initial = {"answer": question.answer, "answered_by_name": question.answered_by_name}
    form = AnswerForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        answers.answer_in_writing(
            question=question, **form.cleaned_data, by=request.viewer, at=timezone.now()
        )
        messages.success(request, _("The answer is published."))
        return redirect("live:desk_channel", channel.edition.slug, channel.code.lower())
    status = 422 if request.method == "POST" else 200
    context = {
        "edition": channel.edition,
        "channel": channel,
        "form": form,
        "heading": question.text,
        "what": "answer",
    }
    return render_page(request, "live/desk/form.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@moderating
def desk_poll_new(request: ViewerRequest, channel: Channel) -> HttpResponse:
    form = PollForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            polls.make_poll(channel=channel, details=form.details(), by=request.viewer, at=timezone.now())
        except DomainError as error:
            form.add_error(getattr(error, "field", None), str(error))
        else:
            messages.success(request, _("The poll is ready. The room sees it when you open it."))
            return redirect("live:desk_channel", channel.edition.slug, channel.code.lower())
    status = 422 if request.method == "POST" else 200
    context = {
        "edition": channel.edition,
        "channel": channel,
        "form": form,
        "heading": _("A new poll"),
        "what": "poll",
    }
    return render_page(request, "live/desk/form.html", context, status=status)


@require_POST
@moderating
def desk_poll_state(request: ViewerRequest, channel: Channel, poll_id: int) -> HttpResponse:
    found = Poll.objects.visible_to(request.viewer).select_related("channel__edition")
    poll = get_object_or_404(found, channel=channel, pk=poll_id)
    by, at = request.viewer, timezone.now()
    match request.POST.get("to", ""):
        case "open":
            polls.open_poll(poll=poll, by=by, at=at)
        case "closed":
            polls.close_poll(poll=poll, by=by)
        case "revealed":
            polls.reveal_poll(poll=poll, by=by, at=at)
        case "covered":
            polls.cover_poll(poll=poll, by=by)
    return _back(request, channel)


@require_POST
@moderating
def desk_ballot_hide(request: ViewerRequest, channel: Channel, ballot_id: int) -> HttpResponse:
    found = Poll.objects.visible_to(request.viewer).filter(channel=channel)
    ballot = get_object_or_404(Ballot.objects.filter(poll__in=found), pk=ballot_id)
    polls.hide_ballot(ballot=ballot, by=request.viewer)
    return _back(request, channel)


@require_safe
@moderating
def desk_export(request: ViewerRequest, channel: Channel) -> HttpResponse:
    """All questions with their votes and answers."""
    header = [
        _("Asked at"),
        _("Question"),
        _("Asked by"),
        _("State"),
        _("Votes"),
        _("Answer"),
        _("Answered by"),
    ]
    rows = [
        (
            question.asked_at,
            question.text,
            question.asker_name,
            question.get_state_display(),
            question.vote_count,  # type: ignore[attr-defined]
            question.answer,
            question.answered_by_name,
        )
        for question in questions_for_export(channel)
    ]
    content = as_xlsx(translated(channel.title) or channel.code, header, rows)
    headers = {"Content-Disposition": f'attachment; filename="questions-{channel.code.lower()}.xlsx"'}
    return HttpResponse(content, content_type=XLSX_TYPE, headers=headers)


def _question(request: ViewerRequest, channel: Channel, question_id: int) -> AudienceQuestion:
    found = AudienceQuestion.objects.visible_to(request.viewer).select_related("channel__edition")
    return get_object_or_404(found, channel=channel, pk=question_id)


def _back(request: ViewerRequest, channel: Channel) -> HttpResponse:
    if wants_fragment(request):
        return _moderation(request, channel)
    return redirect("live:desk_channel", channel.edition.slug, channel.code.lower())
