"""What telephones see: the questions, one's own, the poll that is open."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from filiera.accounts.viewer import ViewerRequest
from filiera.live.actions.polls import cast_ballot
from filiera.live.actions.questions import ask_question
from filiera.live.actions.votes import Counted, cast_vote, cast_vote_at_once
from filiera.live.forms import JoinForm, QuestionForm, ballot_form
from filiera.live.models import AudienceQuestion, Channel, Poll
from filiera.live.queries.results import results_of
from filiera.live.queries.room import Order, room_of, votes_for, votes_of
from filiera.live.voices import give_key, key_of
from filiera.shared.errors import DomainError
from filiera.shared.http import render_page, wants_fragment

from .common import TooManyCodes, find_channel, in_channel


@require_http_methods(["GET", "HEAD", "POST"])
def join(request: ViewerRequest) -> HttpResponse:
    """Type the code that stands on the screen."""
    given = request.POST or (request.GET if "code" in request.GET else None)
    form = JoinForm(given)
    status = 200
    if given is not None:
        status = 422
        if form.is_valid():
            try:
                channel = find_channel(request, form.cleaned_data["code"])
            except Http404:
                form.add_error("code", _("No channel has this code. Look at the screen once more."))
            except TooManyCodes:
                form.add_error("code", _("Too many codes were tried from here. Wait a minute."))
                status = 429
            else:
                return redirect("live:room", channel.edition.slug, channel.code.lower())
    return render_page(request, "live/join.html", {"form": form}, status=status)


@require_safe
@in_channel
def room(request: ViewerRequest, channel: Channel) -> HttpResponse:
    return _room(request, channel)


@require_POST
@in_channel
def question_create(request: ViewerRequest, channel: Channel) -> HttpResponse:
    form = _question_form(request, channel, request.POST)
    if not form.is_valid():
        return _room(request, channel, form=form, status=422)
    try:
        question = ask_question(
            channel=channel,
            text=form.cleaned_data["text"],
            asker_name=form.cleaned_data["asker_name"],
            by=request.viewer,
            key=key_of(request),
            at=timezone.now(),
        )
    except DomainError as error:
        field = getattr(error, "field", None)
        form.add_error(field, str(error))
        return _room(request, channel, form=form, status=422)
    if question.state == "pending":
        messages.success(request, _("Your question is with the moderator."))
    else:
        messages.success(request, _("Your question is on the list."))
    return _answer(request, channel)


@require_POST
def vote(request: ViewerRequest, edition_slug: str, code: str, question_id: int) -> HttpResponse:
    """Want a question answered, or no longer."""
    if wants_fragment(request) and not request.viewer.is_known:
        counted = cast_vote_at_once(
            edition_slug=edition_slug,
            code=code,
            question_id=question_id,
            key=key_of(request),
            at=timezone.now(),
        )
        if counted is not None:
            return _voted(request, edition_slug, code, question_id, counted)
    return _vote_the_long_way(request, edition_slug, code, question_id=question_id)


@in_channel
def _vote_the_long_way(request: ViewerRequest, channel: Channel, question_id: int) -> HttpResponse:
    questions = AudienceQuestion.objects.visible_to(request.viewer).select_related("channel")
    question = get_object_or_404(questions, channel=channel, pk=question_id)
    try:
        is_wanted = cast_vote(question=question, by=request.viewer, key=key_of(request), at=timezone.now())
    except DomainError as error:
        messages.warning(request, str(error))
        return _answer(request, channel)
    if not wants_fragment(request):
        return redirect("live:room", channel.edition.slug, channel.code.lower())
    counted = Counted(is_wanted=is_wanted, votes=votes_for(question), text=question.text)
    return _voted(request, channel.edition.slug, channel.code, question_id, counted)


def _voted(
    request: ViewerRequest, edition_slug: str, code: str, question_id: int, counted: Counted
) -> HttpResponse:
    # Only the button, and only what it needs: a whole hall votes within seconds.
    context = {
        "address": reverse("live:vote", args=[edition_slug, code.lower(), question_id]),
        "is_wanted": counted.is_wanted,
        "votes": counted.votes,
        "text": counted.text,
        "csrf_token": get_token(request),
    }
    return HttpResponse(render_to_string("live/_vote.html", context))


@require_safe
@in_channel
def votes(request: ViewerRequest, channel: Channel) -> HttpResponse:
    """The counts alone: cheap enough for a whole hall to ask at once."""
    return JsonResponse({"votes": votes_of(channel)}, headers={"Cache-Control": "private, no-cache"})


@require_POST
@in_channel
def ballot(request: ViewerRequest, channel: Channel, poll_id: int) -> HttpResponse:
    """Answer the poll that is open."""
    polls = Poll.objects.visible_to(request.viewer).select_related("channel")
    poll = get_object_or_404(polls, channel=channel, pk=poll_id)
    form: Any = ballot_form(poll, request.POST)
    if not form.is_valid():
        return _room(request, channel, poll_form=form, status=422)
    try:
        cast_ballot(poll=poll, value=form.value(), by=request.viewer, key=key_of(request), at=timezone.now())
    except DomainError as error:
        form.add_error(None, str(error))
        return _room(request, channel, poll_form=form, status=422)
    messages.success(request, _("Your answer is counted. You can change it while the poll is open."))
    return _answer(request, channel)


def _answer(request: ViewerRequest, channel: Channel) -> HttpResponse:
    if wants_fragment(request):
        return _room(request, channel)
    return redirect("live:room", channel.edition.slug, channel.code.lower())


def _question_form(request: ViewerRequest, channel: Channel, data: Any = None) -> QuestionForm:
    person = request.viewer.person
    initial = {"asker_name": person.name if person and not channel.allows_anonymous else ""}
    return QuestionForm(data, is_name_needed=not channel.allows_anonymous, initial=initial)


def _room(
    request: ViewerRequest,
    channel: Channel,
    *,
    form: QuestionForm | None = None,
    poll_form: Any = None,
    status: int = 200,
) -> HttpResponse:
    asked = request.GET.get("order", "")
    order = Order(asked) if asked in set(Order) else Order.VOTES
    found = room_of(channel, viewer=request.viewer, key=key_of(request), order=order)
    poll = found.poll
    is_open_poll = poll is not None and poll.state == "open"
    if is_open_poll and poll is not None and poll_form is None:
        own = found.own_ballot.value if found.own_ballot else None
        poll_form = ballot_form(poll, initial=own)
    context = {
        "channel": channel,
        "edition": channel.edition,
        "room": found,
        "order": order.value,
        "orders": [
            (Order.VOTES.value, _("Most wanted")),
            (Order.NEWEST.value, _("Newest")),
            (Order.UNANSWERED.value, _("Unanswered")),
        ],
        "form": form or _question_form(request, channel),
        "poll_form": poll_form if is_open_poll else None,
        "results": results_of(poll) if poll is not None and poll.revealed_at else None,
    }
    response = render_page(request, "live/room.html", context, partial="room", status=status)
    give_key(response, request)
    response["Cache-Control"] = "private, no-cache"
    response["X-Robots-Tag"] = "noindex"
    return response
