"""The wall, the board, one card, and what it said before."""

from collections.abc import Callable
from dataclasses import asdict
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from filiera.academy.edition_pages import edition_page, for_those_who
from filiera.academy.models import Edition
from filiera.accounts.viewer import ViewerRequest
from filiera.shared.errors import DomainError
from filiera.shared.forms import show_refusal
from filiera.shared.http import render_page, tried, wants_fragment
from filiera.texts.languages import DEFAULT_LANGUAGE
from filiera.workshops.actions import challenges as actions
from filiera.workshops.forms.challenges import (
    ChallengeForm,
    CommentForm,
    HelpForm,
    MoveForm,
    WallForm,
    challenges_asked_in,
)
from filiera.workshops.models import Challenge
from filiera.workshops.policies import challenges as policies
from filiera.workshops.policies.editions import can_lead, can_take_part
from filiera.workshops.queries.alike import alike_to
from filiera.workshops.queries.challenge_thread import changes_of, latest_wording, thread_of
from filiera.workshops.queries.challenges import (
    ChallengeFilter,
    all_cards,
    board_by_ecosystem,
    board_by_state,
    card_of,
    challenges_to_open,
    counts_by_state,
    ecosystem_choices,
    ecosystems_of,
    wall,
)
from filiera.workshops.queries.leading import plans_from

from .common import own_wait_ms

taking_part = for_those_who(can_take_part)
View = Callable[..., HttpResponse]

_ON_SCREEN = 8


def with_challenge(view: View) -> View:
    """Give a view its edition and the challenge that the address names."""

    @taking_part
    @wraps(view)
    def guarded(
        request: ViewerRequest, edition: Edition, challenge_id: int, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        found = get_object_or_404(challenges_to_open(request.viewer, edition), pk=challenge_id)
        return view(request, edition, found, *args, **kwargs)

    return guarded


@require_safe
@taking_part
def challenge_list(request: ViewerRequest, edition: Edition) -> HttpResponse:
    """All challenges as a wall of cards, or as a board by state or ecosystem."""
    asked = challenges_asked_in(request.GET)
    is_board = request.GET.get("view") == "board"
    by = "ecosystem" if request.GET.get("by") == "ecosystem" else "state"
    query = query_of(asked)
    context: dict[str, object] = {
        "topic": topic_of(edition),
        "wait_ms": own_wait_ms(),
        "asked": asked,
        "form": WallForm(asked, ecosystems_of(request.viewer, edition)),
        "may_bring": policies.can_bring_challenge(request.viewer, edition),
        "may_lead": can_lead(request.viewer, edition),
        "is_board": is_board,
        "by": by,
        "query": urlencode(query),
        "counts": counts_by_state(request.viewer, edition),
        "all_ecosystems": ecosystem_choices() if is_board and by == "ecosystem" else [],
    }
    if is_board:
        context["board"] = _board(request, edition, asked, by)
        context["here"] = urlencode({**query, "view": "board", "by": by})
    else:
        found = wall(request.viewer, edition, asked, after=request.GET.get("after", ""))
        context["wall"] = found
        context["here"] = urlencode(query)
        context["next_url"] = f"?{urlencode({**query, 'after': found.next_key})}" if found.next_key else ""
    return edition_page(request, edition, "workshops/challenges/list.html", context, partial="fresh")


@require_safe
@taking_part
def challenge_print(request: ViewerRequest, edition: Edition) -> HttpResponse:
    """The cards that fit, whole, to be printed and pinned up."""
    asked = challenges_asked_in(request.GET)
    context = {
        "cards": all_cards(request.viewer, edition, asked),
        "query": urlencode(query_of(asked)),
    }
    return edition_page(request, edition, "workshops/challenges/print.html", context)


@require_safe
@taking_part
def challenge_stage(request: ViewerRequest, edition: Edition) -> HttpResponse:
    """The wall for the projector: what is still open, in big letters."""
    cards = [
        card for card in all_cards(request.viewer, edition, ChallengeFilter()) if card.challenge.is_standing
    ]
    context = {
        "edition": edition,
        "topic": topic_of(edition),
        "cards": cards[:_ON_SCREEN],
        "total": len(cards),
    }
    response = render_page(request, "workshops/challenges/stage.html", context, partial="stage")
    response["X-Robots-Tag"] = "noindex"
    response["Cache-Control"] = "private, no-cache"
    return response


@require_safe
@with_challenge
def challenge(request: ViewerRequest, edition: Edition, found: Challenge) -> HttpResponse:
    return challenge_page(request, edition, found)


def challenge_page(
    request: ViewerRequest,
    edition: Edition,
    found: Challenge,
    *,
    comment_form: CommentForm | None = None,
    help_form: HelpForm | None = None,
) -> HttpResponse:
    """A card with its thread; with a form that was refused, if there is one."""
    viewer = request.viewer
    may_merge = found.is_standing and policies.can_merge(viewer, found)
    card = card_of(viewer, found)
    context = {
        "topic": f"{topic_of(edition)}:{found.pk}",
        "wait_ms": own_wait_ms(),
        "card": card,
        "challenge": found,
        "thread": thread_of(viewer, found),
        "comment_form": comment_form or CommentForm(),
        "help_form": help_form or HelpForm(),
        "may_discuss": policies.can_discuss(viewer, found) and found.state not in ("merged", "withdrawn"),
        "may_withdraw": found.is_standing and policies.can_withdraw(viewer, found),
        "may_offer": found.is_standing and policies.can_offer_help(viewer, found),
        "may_edit": found.is_standing and policies.can_edit_challenge(viewer, found),
        "may_merge": may_merge,
        "may_part": found.state == "merged" and policies.can_merge(viewer, found),
        "may_reopen": found.state == "solved" and policies.can_solve(viewer, found),
        "plans": plans_from(viewer, edition, challenge=found),
        "alike": alike_to(viewer, found) if may_merge and not card.merged else [],
    }
    status = 422 if comment_form or help_form else 200
    return edition_page(
        request, edition, "workshops/challenges/challenge.html", context, partial="thread", status=status
    )


@require_http_methods(["GET", "HEAD", "POST"])
@taking_part
def challenge_new(request: ViewerRequest, edition: Edition) -> HttpResponse:
    if not policies.can_bring_challenge(request.viewer, edition):
        raise PermissionDenied
    form = ChallengeForm(request.POST or None, is_owner="participant" in request.viewer.edition_roles)
    if request.method == "POST" and form.is_valid():
        made = actions.bring_challenge(
            edition=edition,
            wording=form.wording(),
            names_owner=form.names(),
            language=get_language() or DEFAULT_LANGUAGE,
            by=request.viewer,
            at=timezone.now(),
        )
        messages.success(request, _("Your challenge is on the wall."))
        return redirect("workshops:challenge", edition.slug, made.pk)
    status = 422 if request.method == "POST" else 200
    return edition_page(request, edition, "workshops/challenges/edit.html", {"form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@with_challenge
def challenge_edit(request: ViewerRequest, edition: Edition, found: Challenge) -> HttpResponse:
    """Word it anew; what was typed stays when somebody else was quicker."""
    if not policies.can_edit_challenge(request.viewer, found):
        raise PermissionDenied
    initial = {
        name: getattr(found, name)
        for name in ("title", "statement", "context", "tried", "help_wanted", "ecosystem", "names_owner")
    }
    form = ChallengeForm(
        request.POST or None,
        initial={**initial, "seen": latest_wording(found)},
        is_owner=policies.is_owner(request.viewer, found),
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit_challenge(
                challenge=found,
                wording=form.wording(),
                names_owner=form.names(),
                seen=form.cleaned_data["seen"] or 0,
                by=request.viewer,
                at=timezone.now(),
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("The new wording is saved; the earlier one is kept."))
            return redirect("workshops:challenge", edition.slug, found.pk)
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "challenge": found}
    return edition_page(request, edition, "workshops/challenges/edit.html", context, status=status)


@require_safe
@with_challenge
def challenge_history(request: ViewerRequest, edition: Edition, found: Challenge) -> HttpResponse:
    context = {"challenge": found, "changes": changes_of(request.viewer, found)}
    return edition_page(request, edition, "workshops/challenges/history.html", context)


@require_POST
@with_challenge
def challenge_move(request: ViewerRequest, edition: Edition, found: Challenge) -> HttpResponse:
    """Another column of the board; solved asks how, on a page of its own."""
    form = MoveForm(request.POST)
    if form.is_valid():
        if form.cleaned_data["state"] == "solved":
            return redirect("workshops:challenge_solution", edition.slug, found.pk)
        tried(
            request,
            lambda: actions.move_challenge(
                challenge=found,
                state=form.cleaned_data["state"],
                ecosystem=form.cleaned_data["ecosystem"],
                by=request.viewer,
                at=timezone.now(),
            ),
        )
    # What the board showed: the fields of the move have the same names.
    here = QueryDict(request.POST.get("here", "")[:1000])
    by = "ecosystem" if here.get("by") == "ecosystem" else "state"
    return back_to_board(request, edition, challenges_asked_in(here), by)


def back_to_board(request: ViewerRequest, edition: Edition, asked: ChallengeFilter, by: str) -> HttpResponse:
    query = query_of(asked)
    if not wants_fragment(request):
        address = urlencode({**query, "view": "board", "by": by})
        response = redirect("workshops:challenges", edition.slug)
        response["Location"] = f"{response['Location']}?{address}"
        return response
    context = {
        "asked": asked,
        "is_board": True,
        "by": by,
        "query": urlencode(query),
        "here": urlencode({**query, "view": "board", "by": by}),
        "counts": counts_by_state(request.viewer, edition),
        "board": _board(request, edition, asked, by),
        "all_ecosystems": ecosystem_choices() if by == "ecosystem" else [],
        "may_bring": policies.can_bring_challenge(request.viewer, edition),
    }
    return edition_page(request, edition, "workshops/challenges/list.html", context, partial="fresh")


def topic_of(edition: Edition) -> str:
    return f"challenges:{edition.pk}"


def query_of(asked: ChallengeFilter) -> dict[str, str]:
    """What an address says of a filter."""
    named = {"text": "q"}
    return {named.get(name, name): value for name, value in asdict(asked).items() if value}


def _board(request: ViewerRequest, edition: Edition, asked: ChallengeFilter, by: str) -> object:
    if by == "ecosystem":
        return board_by_ecosystem(request.viewer, edition, asked, without=_("None in particular"))
    return board_by_state(request.viewer, edition, asked)
