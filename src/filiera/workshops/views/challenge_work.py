"""What people do with a card: write, offer help, merge, solve."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from filiera.academy.edition_pages import edition_page, for_those_who
from filiera.academy.models import Edition
from filiera.accounts.viewer import ViewerRequest
from filiera.shared.errors import DomainError
from filiera.shared.forms import show_refusal
from filiera.shared.http import render_page, tried
from filiera.workshops.actions import (
    challenge_merging,
    challenge_solving,
    challenge_thread,
    challenges,
)
from filiera.workshops.forms.challenges import CommentForm, HelpForm, MergeForm, SolutionForm
from filiera.workshops.models import Challenge, ChallengeComment, HelpOffer
from filiera.workshops.policies import challenges as policies
from filiera.workshops.policies.editions import can_lead
from filiera.workshops.queries.alike import alike_pairs
from filiera.workshops.queries.challenge_thread import possible_helpers
from filiera.workshops.queries.challenges import (
    challenges_to_open,
    counts_by_state,
    places_without_card,
)

from .challenges import View, challenge_page, with_challenge

leading = for_those_who(can_lead)


@require_POST
@with_challenge
def comment_create(request: ViewerRequest, edition: Edition, found: Challenge) -> HttpResponse:
    form = CommentForm(request.POST)
    if form.is_valid():
        try:
            challenge_thread.add_comment(
                challenge=found, text=form.cleaned_data["text"], by=request.viewer, at=timezone.now()
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            return _to_thread(edition, found)
    return challenge_page(request, edition, found, comment_form=form)


@require_POST
@with_challenge
def comment_removal(
    request: ViewerRequest, edition: Edition, found: Challenge, comment_id: int
) -> HttpResponse:
    visible = ChallengeComment.objects.visible_to(request.viewer).filter(challenge=found)
    comment = get_object_or_404(visible, pk=comment_id)
    challenge_thread.remove_comment(comment=comment, by=request.viewer, at=timezone.now())
    messages.success(request, _("The comment is taken away."))
    return _to_thread(edition, comment.challenge.merged_into or found)


@require_POST
@with_challenge
def help_create(request: ViewerRequest, edition: Edition, found: Challenge) -> HttpResponse:
    form = HelpForm(request.POST)
    if form.is_valid():
        try:
            challenge_thread.offer_help(
                challenge=found, text=form.cleaned_data["text"], by=request.viewer, at=timezone.now()
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("Your offer stands on the card, and the owner is told."))
            return _to_thread(edition, found)
    return challenge_page(request, edition, found, help_form=form)


@require_POST
@with_challenge
def help_withdrawal(request: ViewerRequest, edition: Edition, found: Challenge) -> HttpResponse:
    standing = HelpOffer.objects.visible_to(request.viewer).standing()
    offer = get_object_or_404(standing, challenge=found, helper_id=request.viewer.person_id or 0)
    challenge_thread.withdraw_help(offer=offer, by=request.viewer, at=timezone.now())
    messages.success(request, _("Your offer is taken back."))
    return _to_thread(edition, found)


@require_POST
@with_challenge
def merging_create(request: ViewerRequest, edition: Edition, found: Challenge) -> HttpResponse:
    """Let this challenge go on in another one."""
    form = MergeForm(request.POST, challenges=challenges_to_open(request.viewer, edition))
    if not form.is_valid():
        return redirect("workshops:challenge", edition.slug, found.pk)
    into: Challenge = form.cleaned_data["into"]
    merged = tried(
        request,
        lambda: challenge_merging.merge_challenge(
            challenge=found, into=into, by=request.viewer, at=timezone.now()
        ),
        _("The challenge goes on in “%(title)s”. You can take it out again there.") % {"title": into.title},
    )
    if request.POST.get("from") == "desk":
        return redirect("workshops:desk_challenges", edition.slug)
    return redirect("workshops:challenge", edition.slug, into.pk if merged else found.pk)


@require_POST
@with_challenge
def apart_create(request: ViewerRequest, edition: Edition, found: Challenge) -> HttpResponse:
    """Leave a proposed pair as it is, for good."""
    form = MergeForm(request.POST, challenges=challenges_to_open(request.viewer, edition))
    if form.is_valid():
        challenge_merging.leave_apart(
            challenge=found, other=form.cleaned_data["into"], by=request.viewer, at=timezone.now()
        )
    return redirect("workshops:desk_challenges", edition.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@with_challenge
def challenge_solution(request: ViewerRequest, edition: Edition, found: Challenge) -> HttpResponse:
    """Say that it is solved, how, and with whose help."""
    if not policies.can_solve(request.viewer, found):
        raise PermissionDenied
    if not found.is_standing:
        return redirect("workshops:challenge", edition.slug, found.pk)
    form = SolutionForm(request.POST or None, people=possible_helpers(request.viewer, found))
    if request.method == "POST" and form.is_valid():
        try:
            challenge_solving.solve_challenge(
                challenge=found,
                solution=form.cleaned_data["solution"],
                helpers=form.people(),
                by=request.viewer,
                at=timezone.now(),
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("The challenge is solved, and the record says so."))
            return redirect("workshops:challenge", edition.slug, found.pk)
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "challenge": found}
    return edition_page(request, edition, "workshops/challenges/solution.html", context, status=status)


@require_safe
@leading
def desk_challenges(request: ViewerRequest, edition: Edition) -> HttpResponse:
    """Which challenges may say the same, and whose are still missing."""
    context = {
        "edition": edition,
        "pairs": alike_pairs(request.viewer, edition),
        "counts": counts_by_state(request.viewer, edition),
        "missing": places_without_card(edition),
    }
    return render_page(request, "workshops/challenges/desk.html", context)


@require_POST
@leading
def desk_taking_over(request: ViewerRequest, edition: Edition) -> HttpResponse:
    """Make the cards of confirmed places that have none yet."""
    count = challenges.take_over_challenges(edition=edition, by=request.viewer, at=timezone.now())
    messages.success(
        request, ngettext("One card is made.", "%(count)s cards are made.", count) % {"count": count}
    )
    return redirect("workshops:desk_challenges", edition.slug)


def _one_step(act: Callable[..., object], done: Promise) -> View:
    """A button of a card that changes its state and leads back to it."""

    @require_POST
    @with_challenge
    def view(request: ViewerRequest, edition: Edition, found: Challenge) -> HttpResponse:
        tried(request, lambda: act(challenge=found, by=request.viewer, at=timezone.now()), done)
        return redirect("workshops:challenge", edition.slug, found.pk)

    return view


def _to_thread(edition: Edition, found: Challenge) -> HttpResponse:
    response = redirect("workshops:challenge", edition.slug, found.pk)
    response["Location"] = f"{response['Location']}#thread"
    return response


parting_create = _one_step(
    challenge_merging.part_challenge, gettext_lazy("The challenge stands by itself again.")
)
reopening_create = _one_step(
    challenge_solving.reopen_challenge,
    gettext_lazy("The challenge is being worked on again; what was counted is taken back."),
)
withdrawal_create = _one_step(
    challenges.withdraw_challenge,
    gettext_lazy("The card is off the wall. Only you see it, and you can put it back."),
)
restoration_create = _one_step(challenges.restore_challenge, gettext_lazy("The card is on the wall again."))
