"""Visits on a participant's phone: wishes, the place, why; and the draw for anybody to check."""

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from filiera.academy.edition_pages import edition_page, for_those_who
from filiera.academy.models import Edition
from filiera.accounts.viewer import Viewer, ViewerRequest
from filiera.admissions.models import Participation
from filiera.admissions.queries.own import own_participation
from filiera.meetings import policies
from filiera.meetings.actions import visits_places, visits_wishes
from filiera.meetings.actions.visits_telling import topic_of_edition
from filiera.meetings.forms.visits import DocumentForm, TakePlaceForm, WishesForm
from filiera.meetings.models import VisitPlace, VisitRound, VisitSlot
from filiera.meetings.queries.visits import OwnVisits, draw_as_data, own_visits, published_draw
from filiera.shared.errors import DomainError
from filiera.shared.forms import show_refusal
from filiera.shared.http import tried

from .common import now_in

belonging = for_those_who(policies.belongs_to)


def everybody(viewer: Viewer, edition: Edition) -> bool:
    return True


@require_safe
@belonging
def visits(request: ViewerRequest, edition: Edition) -> HttpResponse:
    """Every round that was opened: wishes while they are taken, then the place and why."""
    return _page(request, edition)


@require_POST
@belonging
def visit_wishes(request: ViewerRequest, edition: Edition, visit_round_id: int) -> HttpResponse:
    participation = _own_place(request, edition)
    own = _own_round(request, edition, participation, visit_round_id)
    form = WishesForm(request.POST, own=own)
    if form.is_valid():
        try:
            kept = visits_wishes.save_visit_wishes(
                round_=own.round,
                participation=participation,
                slots=form.wished(),
                **form.conditions,
                by=request.viewer,
                at=now_in(edition),
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(
                request,
                _("Your wishes are kept. You can change them until they close.")
                if kept is not None
                else _("You wish for no visit."),
            )
            return redirect("meetings:visits", edition.slug)
    return _page(request, edition, wishes_form=form, status=422)


@require_POST
@belonging
def visit_place_take(request: ViewerRequest, edition: Edition, visit_slot_id: int) -> HttpResponse:
    """Take a place that the draw left free."""
    slots = VisitSlot.objects.visible_to(request.viewer).select_related("visit", "round")
    slot = get_object_or_404(slots, round__edition=edition, pk=visit_slot_id)
    form = TakePlaceForm(request.POST, slot=slot)
    if form.is_valid():
        try:
            visits_places.take_visit_place(
                slot=slot,
                participation=_own_place(request, edition),
                **form.conditions,
                by=request.viewer,
                at=now_in(edition),
            )
        except visits_wishes.ConditionNotAccepted as error:
            show_refusal(form, error)
            return _page(request, edition, take_form=(slot, form), status=422)
        except DomainError as error:
            messages.warning(request, str(error))
        else:
            messages.success(request, _("The place is yours."))
    return redirect("meetings:visits", edition.slug)


@require_POST
@belonging
def visit_place_give_back(request: ViewerRequest, edition: Edition, visit_place_id: int) -> HttpResponse:
    place = _place(request, edition, visit_place_id)
    tried(
        request,
        lambda: visits_places.give_back_visit_place(place=place, by=request.viewer, at=now_in(edition)),
        _("The place is free. Whoever is next in the order of the draw has it."),
    )
    return redirect("meetings:visits", edition.slug)


@require_POST
@belonging
def visit_document(request: ViewerRequest, edition: Edition, visit_place_id: int) -> HttpResponse:
    """Tell the host's gate the document."""
    place = _place(request, edition, visit_place_id)
    form = DocumentForm(request.POST)
    if form.is_valid():
        try:
            visits_places.tell_document(
                place=place, **form.cleaned_data, by=request.viewer, at=now_in(edition)
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("The host is told. The number is deleted after the visit."))
            return redirect("meetings:visits", edition.slug)
    return _page(request, edition, document_form=(place, form), status=422)


@require_safe
@for_those_who(everybody)
def visit_draw(request: ViewerRequest, edition: Edition, visit_round_id: int) -> HttpResponse:
    """The draw under codes: how it was promised, how it was made, how to make it again."""
    round_ = _round(request, edition, visit_round_id)
    own = own_participation(request.viewer, edition)
    mine = round_.wish_lists.visible_to(request.viewer).filter(participation=own).first() if own else None
    context = {
        "round": round_,
        "draw": published_draw(round_) if round_.drawn_at is not None else None,
        "own_code": mine.code if mine is not None else "",
    }
    return edition_page(request, edition, "meetings/visits/draw.html", context)


@require_safe
@for_those_who(everybody)
def visit_draw_data(request: ViewerRequest, edition: Edition, visit_round_id: int) -> HttpResponse:
    """The same for programs; before the draw only what was promised."""
    round_ = _round(request, edition, visit_round_id)
    if round_.drawn_at is None:
        data = {"seed_sha256": round_.seed_digest, "wishes_close_at": round_.closes_at.isoformat()}
        return JsonResponse(data)
    response = JsonResponse(draw_as_data(published_draw(round_)), json_dumps_params={"indent": 1})
    response["Content-Disposition"] = f'attachment; filename="draw-{round_.pk}.json"'
    return response


def _page(
    request: ViewerRequest,
    edition: Edition,
    *,
    wishes_form: WishesForm | None = None,
    take_form: tuple[VisitSlot, TakePlaceForm] | None = None,
    document_form: tuple[VisitPlace, DocumentForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    at = now_in(edition)
    participation = own_participation(request.viewer, edition)
    rounds = own_visits(request.viewer, edition, participation, at=at)
    takes_part = participation is not None and participation.state == "confirmed"
    context = {
        "takes_part": takes_part,
        "may_prepare": policies.can_see_visits(request.viewer, edition),
        "rounds": [_shown(own, takes_part, wishes_form, take_form, document_form) for own in rounds],
        "topic": topic_of_edition(edition.pk),
        # What somebody is putting into order is not taken from under their fingers.
        "follows": not (takes_part and any(own.takes_wishes or own.waits_for_document for own in rounds)),
    }
    return edition_page(
        request, edition, "meetings/visits/visits.html", context, partial="visits", status=status
    )


def _shown(
    own: OwnVisits,
    takes_part: bool,
    wishes_form: WishesForm | None,
    take_form: tuple[VisitSlot, TakePlaceForm] | None,
    document_form: tuple[VisitPlace, DocumentForm] | None,
) -> dict[str, object]:
    """A round with the forms that it has now, those refused with what was typed."""
    is_refused = wishes_form is not None and wishes_form.own.round.pk == own.round.pk
    document = None
    if own.place is not None and own.place.slot.visit.identity == "told":
        told = own.document
        is_typed = document_form is not None and document_form[0].pk == own.place.pk
        document = (
            document_form[1]
            if document_form is not None and is_typed
            else DocumentForm(initial={"kind": told.kind, "number": told.number} if told else None)
        )
    return {
        "own": own,
        "wishes_form": (wishes_form if is_refused else WishesForm(own=own))
        if own.takes_wishes and takes_part
        else None,
        "document_form": document,
        "free": [
            (
                slot,
                take_form[1]
                if take_form is not None and take_form[0].pk == slot.pk
                else TakePlaceForm(slot=slot),
            )
            for slot in own.free
        ]
        if takes_part
        else [],
    }


def _own_place(request: ViewerRequest, edition: Edition) -> Participation:
    """Raises Http404 for those of the team who take no part."""
    places = Participation.objects.visible_to(request.viewer).select_related("edition__organiser")
    return get_object_or_404(places, edition=edition, person_id=request.viewer.person_id or 0)


def _own_round(
    request: ViewerRequest, edition: Edition, participation: Participation, visit_round_id: int
) -> OwnVisits:
    round_ = _round(request, edition, visit_round_id)
    rounds = own_visits(request.viewer, edition, participation, at=now_in(edition))
    return next(own for own in rounds if own.round.pk == round_.pk)


def _round(request: ViewerRequest, edition: Edition, visit_round_id: int) -> VisitRound:
    visible = VisitRound.objects.visible_to(request.viewer).filter(opened_at__isnull=False)
    return get_object_or_404(visible, edition=edition, pk=visit_round_id)


def _place(request: ViewerRequest, edition: Edition, visit_place_id: int) -> VisitPlace:
    visible = VisitPlace.objects.visible_to(request.viewer).select_related(
        "participation__edition", "slot__visit"
    )
    return get_object_or_404(visible, round__edition=edition, pk=visit_place_id)
