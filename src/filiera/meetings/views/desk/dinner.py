"""Dinner at the desk: tables, guests, rules, the search, the board, and what is printed."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from filiera.academy.edition_pages import for_those_who
from filiera.academy.models import Edition
from filiera.accounts.viewer import ViewerRequest
from filiera.admissions.queries.registration import diet_words
from filiera.meetings import policies
from filiera.meetings.actions import dinner_planning, dinner_seating
from filiera.meetings.actions.dinner_telling import topic_of
from filiera.meetings.documents.dinner import place_cards_pdf, table_plan_pdf
from filiera.meetings.forms.dinner import DinnerForm, GuestForm, PairForm, SeatForm, TableForm, TablesForm
from filiera.meetings.models import Dinner, DinnerGuest, DinnerPair, DinnerTable, SeatingRun
from filiera.meetings.policies import dinner as dinner_policies
from filiera.meetings.queries.dinner import desk_dinners, organisations_at_dinner
from filiera.meetings.queries.dinner_guests import diet_lines
from filiera.meetings.queries.dinner_seating import seating_of, seating_problem
from filiera.meetings.queries.dinner_words import conflict_words, plan_words
from filiera.meetings.views.common import now_in
from filiera.shared.errors import DomainError
from filiera.shared.forms import show_refusal
from filiera.shared.http import after_change, panel_page, render_page, tried
from filiera.texts.languages import DEFAULT_LANGUAGE, translated

seeing = for_those_who(dinner_policies.can_see_dinners)
seating = for_those_who(policies.can_seat_dinner)
cooking = for_those_who(dinner_policies.can_view_kitchen_list)
_PRINTED = {"table-plan": table_plan_pdf, "place-cards": place_cards_pdf}


@require_safe
@seeing
def desk_dinners_page(request: ViewerRequest, edition: Edition) -> HttpResponse:
    context = {
        "edition": edition,
        "dinners": desk_dinners(request.viewer, edition),
        "may_seat": policies.can_seat_dinner(request.viewer, edition),
    }
    return render_page(request, "meetings/dinner/desk/dinners.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@seating
def desk_dinner_new(request: ViewerRequest, edition: Edition) -> HttpResponse:
    form = DinnerForm(request.POST or None, edition=edition)
    if request.method == "POST" and form.is_valid():
        try:
            made = dinner_planning.make_dinner(
                edition=edition, details=form.details(), by=request.viewer, at=now_in(edition)
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            return redirect("meetings:desk_dinner", edition.slug, made.pk)
    return _form_page(request, edition, None, form, heading=_("Plan a dinner"))


@require_safe
@seating
def desk_dinner(request: ViewerRequest, edition: Edition, dinner_id: int) -> HttpResponse:
    """The board: tables with their guests, what the plan is worth, what it breaks."""
    dinner = _dinner(request, edition, dinner_id)
    problem = seating_problem(dinner)
    plan = seating_of(problem)
    run = SeatingRun.objects.visible_to(request.viewer).running().filter(dinner=dinner).first()
    context = {
        "edition": edition,
        "dinner": dinner,
        "plan": plan,
        "title": plan_words(dinner, plan),
        "run": run,
        "conflict": conflict_words(dinner, problem.guests),
        "pairs": DinnerPair.objects.visible_to(request.viewer)
        .filter(dinner=dinner)
        .select_related("one", "two")
        .order_by("pk"),
        "share": plan.value / dinner.value if dinner.value and dinner.value > 0 else None,
        "is_locked": dinner.published_at is not None,
        "topic": topic_of(dinner),
    }
    return render_page(request, "meetings/dinner/desk/board.html", context, partial="board")


@require_http_methods(["GET", "HEAD", "POST"])
@seating
def desk_dinner_change(request: ViewerRequest, edition: Edition, dinner_id: int) -> HttpResponse:
    dinner = _dinner(request, edition, dinner_id)
    form = DinnerForm(request.POST or None, edition=edition, dinner=dinner)

    def change() -> None:
        dinner_planning.change_dinner(
            dinner=dinner, details=form.details(), by=request.viewer, at=now_in(edition)
        )

    return _changed(request, edition, dinner, form, change, heading=translated(dinner.title))


@require_http_methods(["GET", "HEAD", "POST"])
@seating
def desk_dinner_tables(request: ViewerRequest, edition: Edition, dinner_id: int) -> HttpResponse:
    dinner = _dinner(request, edition, dinner_id)
    form = TablesForm(request.POST or None)

    def add() -> None:
        dinner_planning.add_tables(dinner=dinner, **form.cleaned_data, by=request.viewer, at=now_in(edition))

    return _changed(request, edition, dinner, form, add, heading=_("Add tables"))


@require_http_methods(["GET", "HEAD", "POST"])
@seating
def desk_dinner_table(request: ViewerRequest, edition: Edition, table_id: int) -> HttpResponse:
    visible = DinnerTable.objects.visible_to(request.viewer).select_related("dinner__edition")
    table = get_object_or_404(visible, dinner__edition=edition, pk=table_id)
    form = TableForm(request.POST or None, table=table)

    def change() -> None:
        dinner_planning.change_table(table=table, **form.cleaned_data, by=request.viewer, at=now_in(edition))

    return _changed(
        request,
        edition,
        table.dinner,
        form,
        change,
        heading=_("Table %(number)s") % {"number": table.number},
        removal=reverse("meetings:desk_dinner_table_removal", args=[edition.slug, table.pk]),
    )


@require_POST
@seating
def desk_dinner_table_removal(request: ViewerRequest, edition: Edition, table_id: int) -> HttpResponse:
    visible = DinnerTable.objects.visible_to(request.viewer).select_related("dinner")
    table = get_object_or_404(visible, dinner__edition=edition, pk=table_id)
    if tried(request, lambda: dinner_planning.remove_table(table=table, by=request.viewer)):
        messages.success(request, _("The table is taken out."))
    return after_change(request, _address(edition, table.dinner))


@require_POST
@seating
def desk_dinner_gathering(request: ViewerRequest, edition: Edition, dinner_id: int) -> HttpResponse:
    """Bring the guests up to the participants of the day."""
    dinner = _dinner(request, edition, dinner_id)
    counts: list[tuple[int, int]] = []
    if tried(
        request,
        lambda: counts.append(
            dinner_planning.gather_guests(dinner=dinner, by=request.viewer, at=now_in(edition))
        ),
    ):
        came, left = counts[0]
        messages.success(
            request,
            _("%(came)s participants were added, %(left)s taken off.") % {"came": came, "left": left},
        )
    return redirect(_address(edition, dinner))


@require_http_methods(["GET", "HEAD", "POST"])
@seating
def desk_dinner_guest_new(request: ViewerRequest, edition: Edition, dinner_id: int) -> HttpResponse:
    dinner = _dinner(request, edition, dinner_id)
    form = _guest_form(request, edition, None)

    def add() -> None:
        dinner_planning.add_guest(
            dinner=dinner, details=form.details(), by=request.viewer, at=now_in(edition)
        )

    return _changed(request, edition, dinner, form, add, heading=_("Add a guest"))


@require_http_methods(["GET", "HEAD", "POST"])
@seating
def desk_dinner_guest(request: ViewerRequest, edition: Edition, guest_id: int) -> HttpResponse:
    """Change somebody who was added by name."""
    guest = _guest(request, edition, guest_id)
    if guest.participation_id is not None:
        raise Http404
    form = _guest_form(request, edition, guest)

    def change() -> None:
        dinner_planning.change_guest(
            guest=guest, details=form.details(), by=request.viewer, at=now_in(edition)
        )

    return _changed(
        request,
        edition,
        guest.dinner,
        form,
        change,
        heading=guest.name,
        removal=reverse("meetings:desk_dinner_guest_removal", args=[edition.slug, guest.pk]),
    )


@require_POST
@seating
def desk_dinner_guest_removal(request: ViewerRequest, edition: Edition, guest_id: int) -> HttpResponse:
    guest = _guest(request, edition, guest_id)
    if tried(request, lambda: dinner_planning.remove_guest(guest=guest, by=request.viewer)):
        messages.success(request, _("%(name)s does not dine.") % {"name": guest.name})
    return after_change(request, _address(edition, guest.dinner))


@require_http_methods(["GET", "HEAD", "POST"])
@seating
def desk_dinner_seat(request: ViewerRequest, edition: Edition, guest_id: int) -> HttpResponse:
    """Move a guest: from the list of tables, or dropped there by hand."""
    guest = _guest(request, edition, guest_id)
    tables = list(
        DinnerTable.objects.visible_to(request.viewer).filter(dinner=guest.dinner_id).order_by("number")
    )
    sitting = Counter(
        DinnerGuest.objects.visible_to(request.viewer)
        .filter(dinner=guest.dinner_id)
        .values_list("table", flat=True)
    )
    form = SeatForm(
        request.POST or None, tables=[(table, sitting[table.pk]) for table in tables], guest=guest
    )

    def move() -> None:
        dinner_seating.seat_guest(guest=guest, table=form.chosen(), by=request.viewer, at=now_in(edition))

    return _changed(
        request,
        edition,
        guest.dinner,
        form,
        move,
        heading=_("Move %(name)s to…") % {"name": guest.name},
        button=_("Move"),
        removal=reverse("meetings:desk_dinner_guest_removal", args=[edition.slug, guest.pk]),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@seating
def desk_dinner_pair_new(request: ViewerRequest, edition: Edition, dinner_id: int) -> HttpResponse:
    dinner = _dinner(request, edition, dinner_id)
    form = PairForm(request.POST or None, dinner=dinner)

    def add() -> None:
        dinner_planning.add_pair(dinner=dinner, **form.cleaned_data, by=request.viewer, at=now_in(edition))

    return _changed(request, edition, dinner, form, add, heading=_("Together or apart"))


@require_POST
@seating
def desk_dinner_pair_removal(request: ViewerRequest, edition: Edition, pair_id: int) -> HttpResponse:
    visible = DinnerPair.objects.visible_to(request.viewer).select_related("dinner")
    pair = get_object_or_404(visible, dinner__edition=edition, pk=pair_id)
    if tried(request, lambda: dinner_planning.remove_pair(pair=pair, by=request.viewer)):
        messages.success(request, _("The rule is taken out."))
    return redirect(_address(edition, pair.dinner))


@require_POST
@seating
def desk_dinner_proposal(request: ViewerRequest, edition: Edition, dinner_id: int) -> HttpResponse:
    """Look for the best seating."""
    dinner = _dinner(request, edition, dinner_id)
    tried(
        request,
        lambda: dinner_seating.ask_for_seating(dinner=dinner, by=request.viewer, at=now_in(edition)),
    )
    return redirect(_address(edition, dinner))


@require_POST
@seating
def desk_dinner_stop(request: ViewerRequest, edition: Edition, seating_run_id: int) -> HttpResponse:
    visible = SeatingRun.objects.visible_to(request.viewer).select_related("dinner__edition")
    run = get_object_or_404(visible, dinner__edition=edition, pk=seating_run_id)
    dinner_seating.stop_seating(run=run, by=request.viewer, at=now_in(edition))
    return redirect(_address(edition, run.dinner))


@require_POST
@seating
def desk_dinner_publication(request: ViewerRequest, edition: Edition, dinner_id: int) -> HttpResponse:
    """Publish the plan, or take it back."""
    dinner = _dinner(request, edition, dinner_id)
    is_back = request.POST.get("to") == "draft"
    act = dinner_seating.take_back_dinner if is_back else dinner_seating.publish_dinner
    if tried(request, lambda: act(dinner=dinner, by=request.viewer, at=now_in(edition))):
        words = (
            _("The plan is yours again. Nobody sees their table until you publish it.")
            if is_back
            else _("The plan is published. Everybody sees their own table.")
        )
        messages.success(request, words)
    return redirect(_address(edition, dinner))


@require_safe
@cooking
def desk_dinner_kitchen(request: ViewerRequest, edition: Edition, dinner_id: int) -> HttpResponse:
    """Diets by table, as counts: no name reaches the kitchen."""
    dinner = _dinner(request, edition, dinner_id)
    context = {
        "edition": edition,
        "dinner": dinner,
        "lines": diet_lines(dinner),
        "may_seat": policies.can_seat_dinner(request.viewer, edition),
    }
    return render_page(request, "meetings/dinner/desk/kitchen.html", context)


@require_safe
@seating
def desk_dinner_pdf(request: ViewerRequest, edition: Edition, dinner_id: int, printed: str) -> HttpResponse:
    """The table plan, or the cards for the places."""
    dinner = _dinner(request, edition, dinner_id)
    make = _PRINTED.get(printed)
    if make is None:
        raise Http404
    content = make(dinner, seating_of(seating_problem(dinner)), language=get_language() or DEFAULT_LANGUAGE)
    name = f"{edition.slug}-{printed}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def _guest_form(request: ViewerRequest, edition: Edition, guest: DinnerGuest | None) -> GuestForm:
    return GuestForm(
        request.POST or None,
        diets=diet_words(edition),
        guest=guest,
        organisations=organisations_at_dinner(edition),
    )


def _changed(
    request: ViewerRequest,
    edition: Edition,
    dinner: Dinner,
    form: Any,
    change: Callable[[], None],
    *,
    heading: str,
    button: str = "",
    removal: str = "",
) -> HttpResponse:
    """A form beside the board: shown, refused, or taken."""
    if request.method == "POST" and form.is_valid():
        try:
            change()
        except DomainError as error:
            show_refusal(form, error)
        else:
            return after_change(request, _address(edition, dinner))
    return _form_page(request, edition, dinner, form, heading=heading, button=button, removal=removal)


def _form_page(
    request: ViewerRequest,
    edition: Edition,
    dinner: Dinner | None,
    form: Any,
    *,
    heading: str,
    button: str = "",
    removal: str = "",
) -> HttpResponse:
    context = {
        "edition": edition,
        "dinner": dinner,
        "form": form,
        "heading": heading,
        "button": button,
        "removal": removal,
    }
    status = 422 if request.method == "POST" else 200
    return panel_page(request, "meetings/dinner/desk/form.html", context, status=status)


def _address(edition: Edition, dinner: Dinner) -> str:
    return reverse("meetings:desk_dinner", args=[edition.slug, dinner.pk])


def _dinner(request: ViewerRequest, edition: Edition, dinner_id: int) -> Dinner:
    visible = Dinner.objects.visible_to(request.viewer).select_related(
        "edition", "session__room__venue", "session__part"
    )
    return get_object_or_404(visible, edition=edition, pk=dinner_id)


def _guest(request: ViewerRequest, edition: Edition, guest_id: int) -> DinnerGuest:
    visible = DinnerGuest.objects.visible_to(request.viewer).select_related("dinner__edition", "table")
    return get_object_or_404(visible, dinner__edition=edition, pk=guest_id)
