"""Rounds at the desk: begun, ruled, given slots and tables, opened."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from filiera.academy.models import Edition
from filiera.accounts.viewer import ViewerRequest
from filiera.meetings.actions import rounds as actions
from filiera.meetings.forms.meetings import RulesForm, SlotsForm, TablesForm
from filiera.meetings.models import MeetingRound, MeetingSlot
from filiera.meetings.queries.availability import slots_of
from filiera.meetings.queries.desk import rounds_for_desk
from filiera.shared.errors import DomainError
from filiera.shared.forms import show_refusal
from filiera.shared.http import render_page, tried

from .common import now_in
from .meetings_common import desk_page, planning


@require_safe
@planning
def desk_rounds(request: ViewerRequest, edition: Edition) -> HttpResponse:
    context = {"edition": edition, "rounds": rounds_for_desk(request.viewer, edition)}
    return render_page(request, "meetings/desk/rounds.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@planning
def desk_round_new(request: ViewerRequest, edition: Edition) -> HttpResponse:
    form = RulesForm(request.POST or None, edition=edition)
    if request.method == "POST" and form.is_valid():
        try:
            round_ = actions.save_round(
                edition=edition, round_=None, rules=form.rules(), by=request.viewer, at=now_in(edition)
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("The round is there. Give it times and tables."))
            return redirect("meetings:desk_setup", edition.slug, round_.pk)
    context = {"edition": edition, "form": form, "round": None}
    status = 422 if request.method == "POST" else 200
    return render_page(request, "meetings/desk/rules.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@planning
def desk_round_rules(request: ViewerRequest, round_: MeetingRound) -> HttpResponse:
    form = RulesForm(request.POST or None, edition=round_.edition, round_=round_)
    if request.method == "POST" and form.is_valid():
        try:
            actions.save_round(
                edition=round_.edition,
                round_=round_,
                rules=form.rules(),
                by=request.viewer,
                at=now_in(round_.edition),
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("The rules are saved."))
            return redirect("meetings:desk_round", round_.edition.slug, round_.pk)
    status = 422 if request.method == "POST" else 200
    return desk_page(request, round_, "meetings/desk/rules.html", {"form": form}, status=status)


@require_safe
@planning
def desk_setup(request: ViewerRequest, round_: MeetingRound) -> HttpResponse:
    """Slots and tables."""
    return _setup_page(request, round_)


@require_POST
@planning
def desk_slots_new(request: ViewerRequest, round_: MeetingRound) -> HttpResponse:
    form = SlotsForm(request.POST, edition=round_.edition)
    if form.is_valid():
        values = form.cleaned_data
        try:
            made = actions.add_slots(
                round_=round_,
                starts_at=values["starts_at"],
                ends_at=values["ends_at"],
                minutes=values["minutes"],
                pause_minutes=values["pause_minutes"],
                by=request.viewer,
                at=now_in(round_.edition),
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("%(count)d slots are added.") % {"count": len(made)})
            return redirect("meetings:desk_setup", round_.edition.slug, round_.pk)
    return _setup_page(request, round_, slots_form=form)


@require_POST
@planning
def desk_slot_end(request: ViewerRequest, round_: MeetingRound, slot_id: int) -> HttpResponse:
    slots = MeetingSlot.objects.visible_to(request.viewer).select_related("round__edition")
    tried(
        request,
        lambda: actions.remove_slot(
            slot=get_object_or_404(slots, round=round_, pk=slot_id),
            by=request.viewer,
            at=now_in(round_.edition),
        ),
        _("The slot is removed."),
    )
    return redirect("meetings:desk_setup", round_.edition.slug, round_.pk)


@require_POST
@planning
def desk_tables(request: ViewerRequest, round_: MeetingRound) -> HttpResponse:
    form = TablesForm(request.POST, round_=round_)
    if form.is_valid():
        try:
            actions.set_tables(
                round_=round_,
                tables=form.cleaned_data["tables"],
                room=form.chosen_room(),
                links=form.cleaned_data["links"],
                by=request.viewer,
                at=now_in(round_.edition),
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("Tables and links are saved."))
            return redirect("meetings:desk_setup", round_.edition.slug, round_.pk)
    return _setup_page(request, round_, tables_form=form)


@require_POST
@planning
def desk_round_open(request: ViewerRequest, round_: MeetingRound) -> HttpResponse:
    tried(
        request,
        lambda: actions.open_round(round_=round_, by=request.viewer, at=now_in(round_.edition)),
        _("People are let in: they find it among the pages of the edition."),
    )
    return redirect(reverse("meetings:desk_round", args=[round_.edition.slug, round_.pk]))


def _setup_page(
    request: ViewerRequest,
    round_: MeetingRound,
    *,
    slots_form: SlotsForm | None = None,
    tables_form: TablesForm | None = None,
) -> HttpResponse:
    context = {
        "here": "setup",
        "slots": slots_of(round_),
        "slots_form": slots_form or SlotsForm(edition=round_.edition),
        "tables_form": tables_form or TablesForm(round_=round_),
    }
    status = 422 if slots_form is not None or tables_form is not None else 200
    return desk_page(request, round_, "meetings/desk/setup.html", context, status=status)
