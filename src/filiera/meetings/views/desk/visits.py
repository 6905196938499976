"""Visits at the desk: rounds, laboratories, times, the draw, and who comes."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from filiera.academy.edition_pages import for_those_who
from filiera.academy.models import Edition
from filiera.accounts.viewer import ViewerRequest
from filiera.meetings import policies
from filiera.meetings.actions import visits_draw, visits_manifests, visits_places, visits_rounds
from filiera.meetings.actions.visits_telling import topic_of
from filiera.meetings.forms.visits import GivePlaceForm, VisitForm, VisitRoundForm, VisitSlotForm
from filiera.meetings.models import HostManifest, Visit, VisitPlace, VisitRound, VisitSlot
from filiera.meetings.queries.visits import desk_round, desk_rounds, slots_of
from filiera.meetings.queries.visits_manifests import visitors_of, waits_for_documents
from filiera.meetings.views.common import now_in
from filiera.shared.errors import DomainError
from filiera.shared.forms import show_refusal
from filiera.shared.http import after_change, panel_page, render_page, tried
from filiera.texts.languages import DEFAULT_LANGUAGE, translated

seeing = for_those_who(policies.can_see_visits)
drawing = for_those_who(policies.can_draw_visits)
receiving = for_those_who(policies.can_view_visitors)


@require_safe
@seeing
def desk_visits(request: ViewerRequest, edition: Edition) -> HttpResponse:
    context = {
        "edition": edition,
        "rounds": desk_rounds(request.viewer, edition),
        "may_draw": policies.can_draw_visits(request.viewer, edition),
        "at": now_in(edition),
    }
    return render_page(request, "meetings/visits/desk/rounds.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@drawing
def desk_visit_round_new(request: ViewerRequest, edition: Edition) -> HttpResponse:
    form = VisitRoundForm(request.POST or None, edition=edition)
    if request.method == "POST" and form.is_valid():
        made = visits_rounds.make_visit_round(
            edition=edition, **form.details(), by=request.viewer, at=now_in(edition)
        )
        return redirect("meetings:desk_visit_round", edition.slug, made.pk)
    return _form_page(request, edition, form, heading=_("New round of visits"))


@require_safe
@seeing
def desk_visit_round(request: ViewerRequest, edition: Edition, visit_round_id: int) -> HttpResponse:
    return _round_page(request, edition, _round(request, edition, visit_round_id))


@require_http_methods(["GET", "HEAD", "POST"])
@drawing
def desk_visit_round_change(request: ViewerRequest, edition: Edition, visit_round_id: int) -> HttpResponse:
    round_ = _round(request, edition, visit_round_id)
    form = VisitRoundForm(request.POST or None, edition=edition, round_=round_)

    def change() -> None:
        visits_rounds.change_visit_round(
            round_=round_, **form.details(), by=request.viewer, at=now_in(edition)
        )

    return _changed(request, edition, round_, form, change, heading=translated(round_.title))


@require_POST
@drawing
def desk_visit_round_removal(request: ViewerRequest, edition: Edition, visit_round_id: int) -> HttpResponse:
    round_ = _round(request, edition, visit_round_id)
    if tried(request, lambda: visits_rounds.remove_visit_round(round_=round_, by=request.viewer)):
        messages.success(request, _("The round is removed."))
        return redirect("meetings:desk_visits", edition.slug)
    return redirect("meetings:desk_visit_round", edition.slug, round_.pk)


@require_POST
@drawing
def desk_visit_opening(request: ViewerRequest, edition: Edition, visit_round_id: int) -> HttpResponse:
    round_ = _round(request, edition, visit_round_id)
    if tried(
        request,
        lambda: visits_rounds.open_wishes(round_=round_, by=request.viewer, at=now_in(edition)),
    ):
        messages.success(request, _("Participants can wish now. The seed of the draw is fixed and hidden."))
    return redirect("meetings:desk_visit_round", edition.slug, round_.pk)


@require_POST
@drawing
def desk_visit_draw(request: ViewerRequest, edition: Edition, visit_round_id: int) -> HttpResponse:
    round_ = _round(request, edition, visit_round_id)
    if tried(request, lambda: visits_draw.ask_for_draw(round_=round_, by=request.viewer, at=now_in(edition))):
        messages.success(request, _("The draw is on its way. This page shows it in a moment."))
    return redirect("meetings:desk_visit_round", edition.slug, round_.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@drawing
def desk_visit_new(request: ViewerRequest, edition: Edition, visit_round_id: int) -> HttpResponse:
    round_ = _round(request, edition, visit_round_id)
    form = VisitForm(request.POST or None, edition=edition)

    def add() -> None:
        visits_rounds.add_visit(round_=round_, details=form.details(), by=request.viewer, at=now_in(edition))

    return _changed(request, edition, round_, form, add, heading=_("Add a laboratory"))


@require_http_methods(["GET", "HEAD", "POST"])
@drawing
def desk_visit(request: ViewerRequest, edition: Edition, visit_id: int) -> HttpResponse:
    visit = _visit(request, edition, visit_id)
    form = VisitForm(request.POST or None, edition=edition, visit=visit)

    def change() -> None:
        visits_rounds.change_visit(visit=visit, details=form.details(), by=request.viewer, at=now_in(edition))

    removal = (
        "" if visit.round.opened_at else reverse("meetings:desk_visit_removal", args=[edition.slug, visit.pk])
    )
    heading = translated(visit.title)
    return _changed(request, edition, visit.round, form, change, heading=heading, removal=removal)


@require_POST
@drawing
def desk_visit_removal(request: ViewerRequest, edition: Edition, visit_id: int) -> HttpResponse:
    visit = _visit(request, edition, visit_id)
    if tried(request, lambda: visits_rounds.remove_visit(visit=visit, by=request.viewer)):
        messages.success(request, _("The laboratory is taken out."))
    return after_change(request, _address(edition, visit.round))


@require_http_methods(["GET", "HEAD", "POST"])
@drawing
def desk_visit_slot_new(request: ViewerRequest, edition: Edition, visit_id: int) -> HttpResponse:
    visit = _visit(request, edition, visit_id)
    form = VisitSlotForm(request.POST or None, visit=visit, edition=edition)

    def add() -> None:
        visits_rounds.add_visit_slot(visit=visit, **form.details(), by=request.viewer, at=now_in(edition))

    heading = _("Add a time: %(visit)s") % {"visit": translated(visit.title)}
    return _changed(request, edition, visit.round, form, add, heading=heading)


@require_http_methods(["GET", "HEAD", "POST"])
@drawing
def desk_visit_slot(request: ViewerRequest, edition: Edition, visit_slot_id: int) -> HttpResponse:
    slot = _slot(request, edition, visit_slot_id)
    form = VisitSlotForm(request.POST or None, visit=slot.visit, edition=edition, slot=slot)

    def change() -> None:
        visits_rounds.change_visit_slot(slot=slot, **form.details(), by=request.viewer, at=now_in(edition))

    removal = (
        ""
        if slot.round.opened_at
        else reverse("meetings:desk_visit_slot_removal", args=[edition.slug, slot.pk])
    )
    heading = f"{slot.code}: {translated(slot.visit.title)}"
    return _changed(request, edition, slot.round, form, change, heading=heading, removal=removal)


@require_POST
@drawing
def desk_visit_slot_removal(request: ViewerRequest, edition: Edition, visit_slot_id: int) -> HttpResponse:
    slot = _slot(request, edition, visit_slot_id)
    if tried(request, lambda: visits_rounds.remove_visit_slot(slot=slot, by=request.viewer)):
        messages.success(request, _("The time is taken out."))
    return after_change(request, _address(edition, slot.round))


@require_POST
@drawing
def desk_visit_place_new(request: ViewerRequest, edition: Edition, visit_round_id: int) -> HttpResponse:
    """Give somebody a free place."""
    round_ = _round(request, edition, visit_round_id)
    form = GivePlaceForm(request.POST, round_=round_, slots=slots_of(round_))
    if form.is_valid():
        try:
            place = visits_places.take_visit_place(
                slot=form.cleaned_data["slot"],
                participation=form.cleaned_data["participation"],
                **form.conditions,
                by=request.viewer,
                at=now_in(edition),
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("%(name)s has a place.") % {"name": place.participation.name})
            return redirect("meetings:desk_visit_round", edition.slug, round_.pk)
    return _round_page(request, edition, round_, form=form, status=422)


@require_POST
@drawing
def desk_visit_place_end(request: ViewerRequest, edition: Edition, visit_place_id: int) -> HttpResponse:
    """Take a place back for somebody who said that they do not come."""
    visible = VisitPlace.objects.visible_to(request.viewer).select_related("participation__edition")
    place = get_object_or_404(visible, round__edition=edition, pk=visit_place_id)
    if tried(
        request,
        lambda: visits_places.give_back_visit_place(place=place, by=request.viewer, at=now_in(edition)),
    ):
        messages.success(request, _("The place is free. Whoever is next in the order of the draw has it."))
    return redirect("meetings:desk_visit_round", edition.slug, place.round_id)


@require_http_methods(["GET", "HEAD", "POST"])
@receiving
def desk_visitors(request: ViewerRequest, edition: Edition, visit_slot_id: int) -> HttpResponse:
    """Who comes to one slot, and the list on paper for its host."""
    slot = _slot(request, edition, visit_slot_id)
    if request.method == "POST":
        if tried(
            request,
            lambda: visits_manifests.make_manifest(
                slot=slot,
                language=get_language() or DEFAULT_LANGUAGE,
                by=request.viewer,
                at=now_in(edition),
            ),
        ):
            messages.success(request, _("The list is made. It deletes itself two hours after the visit."))
        return redirect("meetings:desk_visitors", edition.slug, slot.pk)
    visitors = visitors_of(request.viewer, slot)
    context = {
        "edition": edition,
        "slot": slot,
        "visitors": visitors,
        "waiting": waits_for_documents(slot, visitors),
        "manifest": HostManifest.objects.visible_to(request.viewer)
        .filter(slot=slot)
        .select_related("file")
        .first(),
    }
    response = render_page(request, "meetings/visits/desk/visitors.html", context)
    response["Cache-Control"] = "private, no-store"
    return response


def _round_page(
    request: ViewerRequest,
    edition: Edition,
    round_: VisitRound,
    *,
    form: GivePlaceForm | None = None,
    status: int = 200,
) -> HttpResponse:
    at = now_in(edition)
    may_draw = policies.can_draw_visits(request.viewer, edition)
    desk = desk_round(round_)
    slots = [slot for _visit, several in desk.visits for slot in several]
    is_drawn = round_.drawn_at is not None
    context = {
        "edition": edition,
        "round": round_,
        "desk": desk,
        "may_draw": may_draw,
        "may_view_visitors": policies.can_view_visitors(request.viewer, edition),
        "is_closed": round_.opened_at is not None and at >= round_.closes_at,
        "form": (form or GivePlaceForm(round_=round_, slots=slots))
        if may_draw and is_drawn and any(slot.free for slot in slots)
        else None,
        "topic": topic_of(round_),
    }
    return render_page(request, "meetings/visits/desk/round.html", context, partial="round", status=status)


def _form_page(
    request: ViewerRequest,
    edition: Edition,
    form: forms.Form,
    *,
    heading: str,
    round_: VisitRound | None = None,
    removal: str = "",
) -> HttpResponse:
    context = {
        "edition": edition,
        "form": form,
        "heading": heading,
        "round": round_,
        "removal": removal,
    }
    status = 422 if request.method == "POST" else 200
    return panel_page(request, "meetings/visits/desk/form.html", context, status=status)


def _changed(
    request: ViewerRequest,
    edition: Edition,
    round_: VisitRound,
    form: Any,
    change: Callable[[], None],
    *,
    heading: str,
    removal: str = "",
) -> HttpResponse:
    """A form beside the page of its round: shown, refused, or taken."""
    if request.method == "POST" and form.is_valid():
        try:
            change()
        except DomainError as error:
            show_refusal(form, error)
        else:
            return after_change(request, _address(edition, round_))
    return _form_page(request, edition, form, heading=heading, round_=round_, removal=removal)


def _address(edition: Edition, round_: VisitRound) -> str:
    return reverse("meetings:desk_visit_round", args=[edition.slug, round_.pk])


def _round(request: ViewerRequest, edition: Edition, visit_round_id: int) -> VisitRound:
    visible = VisitRound.objects.visible_to(request.viewer).select_related("edition")
    return get_object_or_404(visible, edition=edition, pk=visit_round_id)


def _visit(request: ViewerRequest, edition: Edition, visit_id: int) -> Visit:
    visible = Visit.objects.visible_to(request.viewer).select_related("round__edition", "session")
    return get_object_or_404(visible, round__edition=edition, pk=visit_id)


def _slot(request: ViewerRequest, edition: Edition, visit_slot_id: int) -> VisitSlot:
    visible = VisitSlot.objects.visible_to(request.viewer).select_related(
        "round__edition", "visit__session", "visit__host"
    )
    return get_object_or_404(visible, round__edition=edition, pk=visit_slot_id)
