"""The board of a selection: who comes, why, and what it would cost to change it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from filiera.academy.edition_pages import for_those_who
from filiera.academy.models import Edition
from filiera.accounts.viewer import ViewerRequest
from filiera.admissions.actions.selection_proposals import PlaceStays, cancel_run, choose_by_hand, propose
from filiera.admissions.actions.selection_rules import add_rule, change_rule, remove_rule
from filiera.admissions.actions.selection_steps import topic_of, undo_step
from filiera.admissions.actions.selection_versions import begin_selection, set_reserve_places
from filiera.admissions.forms.selection import HandForm, ReserveForm, RuleForm
from filiera.admissions.models import (
    BalanceAttribute,
    Call,
    Decision,
    HandChoice,
    Selection,
    SelectionDecision,
    SelectionRule,
    SelectionRun,
)
from filiera.admissions.policies import selection as policies
from filiera.admissions.queries import selection as queries
from filiera.admissions.queries.balance import balance_of
from filiera.admissions.queries.selection_changes import other_hand, preview_change
from filiera.admissions.queries.selection_pool import (
    Applicant,
    ValueNames,
    applicants_in,
    applicants_of,
)
from filiera.admissions.queries.selection_problem import Rule, rules_of
from filiera.admissions.queries.selection_reasons import Sentences
from filiera.shared.errors import DomainError
from filiera.shared.forms import show_refusal
from filiera.shared.http import after_change, panel_page, render_page
from filiera.texts.numbers import number_in_words

seeing = for_those_who(policies.can_view_selection)
selecting = for_those_who(policies.can_select)


@require_safe
@seeing
def desk_selection(request: ViewerRequest, edition: Edition) -> HttpResponse:
    call = queries.call_to_select(edition)
    selection = queries.latest_selection(call, request.viewer) if call is not None else None
    if call is None or selection is None:
        return _before(request, edition, call)
    applicants = applicants_in(selection)
    counts = queries.decision_counts(selection)
    show = request.GET.get("show", "")
    show = show if show in Decision.values else ""
    wanted = request.GET.get("q", "").strip()[:200]
    after = request.GET.get("after", "")
    page = queries.decisions_page(
        selection, show=show, wanted=wanted, after=int(after) if after.isdecimal() else -1
    )
    rules = rules_of(selection)
    chosen = set(
        selection.decisions.filter(decision=Decision.SELECTED).values_list("application_id", flat=True)
    )
    teller = _teller(page.decisions, rules, applicants, chosen, selection.conflict)
    context = {
        "edition": edition,
        "call": call,
        "selection": selection,
        "title": heading(counts[Decision.SELECTED], sum(counts.values())),
        "counts": counts,
        "total": sum(counts.values()),
        "kinds": [(kind, kind.label, counts[kind]) for kind in Decision if counts[kind]],
        "lines": [(row, teller.of(row.decision, row.reason, row.hand_reason)) for row in page.decisions],
        "balance": balance_of(applicants, chosen, rules, teller.value_names),
        "rules": _told_rules(selection, teller),
        "conflict": [_conflict_in_words(part, teller) for part in selection.conflict],
        "is_conflict_exact": all(part.get("is_needed") for part in selection.conflict),
        "has_searched_in_vain": queries.has_searched_in_vain(selection),
        "is_outrun": queries.is_outrun(selection, applicants),
        "unscored": sum(row.score is None for row in applicants),
        "run": queries.current_run(selection),
        "step": queries.next_step(selection),
        "show": show,
        "wanted": wanted,
        "next_url": _next_url(show, wanted, page.next_after),
        "first_url": "?" + urlencode({"show": show, "q": wanted}) if after else "",
        "topic": topic_of(edition.pk),
        "may_select": policies.can_select(request.viewer, edition),
        "may_send": policies.can_send_decisions(request.viewer, edition),
        "reserve_form": ReserveForm(initial={"count": selection.reserve_places}),
    }
    return render_page(request, "admissions/desk/selection/board.html", context, partial="board")


def _before(request: ViewerRequest, edition: Edition, call: Call | None) -> HttpResponse:
    applicants = applicants_of(call, scores={}) if call is not None else []
    context = {
        "edition": edition,
        "call": call,
        "total": len(applicants),
        "total_in_words": capfirst(number_in_words(len(applicants))),
        "may_select": policies.can_select(request.viewer, edition),
    }
    return render_page(request, "admissions/desk/selection/before.html", context)


@require_POST
@selecting
def desk_selection_begin(request: ViewerRequest, edition: Edition) -> HttpResponse:
    try:
        begin_selection(call=_call(edition), by=request.viewer, at=timezone.now())
    except DomainError as error:
        messages.warning(request, str(error))
    return after_change(request, board_address(edition))


@require_POST
@selecting
def desk_proposal_new(request: ViewerRequest, edition: Edition) -> HttpResponse:
    try:
        propose(call=_call(edition), by=request.viewer, at=timezone.now())
    except DomainError as error:
        messages.warning(request, str(error))
    return after_change(request, board_address(edition))


@require_POST
@selecting
def desk_run_cancel(request: ViewerRequest, edition: Edition, run_id: int) -> HttpResponse:
    runs = SelectionRun.objects.visible_to(request.viewer).select_related("selection__call__edition")
    run = get_object_or_404(runs, pk=run_id, selection__call__edition=edition)
    cancel_run(run=run, by=request.viewer, at=timezone.now())
    return after_change(request, board_address(edition))


@require_POST
@selecting
def desk_selection_undo(request: ViewerRequest, edition: Edition) -> HttpResponse:
    try:
        step = undo_step(call=_call(edition), by=request.viewer, at=timezone.now())
        messages.success(request, _("Taken back: %(what)s.") % {"what": step.get_kind_display()})
    except DomainError as error:
        messages.warning(request, str(error))
    return after_change(request, board_address(edition))


@require_http_methods(["GET", "HEAD", "POST"])
@seeing
def desk_decision(request: ViewerRequest, edition: Edition, application_id: int) -> HttpResponse:
    """One application: what was decided and why, what a change would cost, and the change itself."""
    selection = _selection(request, edition)
    decision = get_object_or_404(
        queries.with_profile(SelectionDecision.objects.visible_to(request.viewer)),
        selection=selection,
        application_id=application_id,
    )
    hand = other_hand(decision)
    form = HandForm(request.POST or None, initial={"hand": hand})
    if request.method == "POST" and form.is_valid():
        try:
            choose_by_hand(
                call=selection.call,
                application=decision.application,
                hand=form.cleaned_data["hand"],
                reason=form.cleaned_data["reason"],
                alone=form.cleaned_data["alone"],
                by=request.viewer,
                at=timezone.now(),
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            return after_change(request, board_address(edition))
    applicants = applicants_in(selection)
    # As it stands today: places are offered and given back after a version was sent.
    holds_place = any(row.has_place for row in applicants if row.application_id == application_id)
    may_change = policies.can_select(request.viewer, edition) and not holds_place
    preview = preview_change(selection, application_id, hand) if may_change else None
    moved = (*preview.comes, *preview.goes) if preview is not None else ()
    teller = _teller([decision], rules_of(selection), applicants, set(), [], also=moved)
    context = {
        "edition": edition,
        "selection": selection,
        "decision": decision,
        "application": decision.application,
        "name": queries.name_of(decision.application),
        "organisation": queries.organisation_of(decision.application),
        "profile": _profile(application_id, applicants, teller.value_names),
        "sentence": teller.of(decision.decision, decision.reason, decision.hand_reason),
        "preview": preview,
        "comes": teller.names(preview.comes) if preview is not None else "",
        "goes": teller.names(preview.goes) if preview is not None else "",
        "is_pin": hand == HandChoice.PINNED,
        "is_exclusion": hand == HandChoice.EXCLUDED,
        "may_change": may_change,
        "stays": PlaceStays.message if holds_place else "",
        "form": form,
    }
    status = 422 if request.method == "POST" else 200
    return panel_page(request, "admissions/desk/selection/decision.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@selecting
def desk_rule_new(request: ViewerRequest, edition: Edition) -> HttpResponse:
    form = _rule_form(request, edition, None)
    if request.method == "POST" and form.is_valid():
        try:
            add_rule(call=_call(edition), rule=form.rule(), by=request.viewer, at=timezone.now())
        except DomainError as error:
            show_refusal(form, error)
        else:
            return after_change(request, board_address(edition))
    return _rule_page(request, edition, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
@selecting
def desk_rule(request: ViewerRequest, edition: Edition, position: int) -> HttpResponse:
    visible = SelectionRule.objects.visible_to(request.viewer)
    row = get_object_or_404(visible, selection=_selection(request, edition), position=position)
    form = _rule_form(request, edition, row)
    if request.method == "POST" and form.is_valid():
        try:
            change_rule(
                call=_call(edition), position=position, rule=form.rule(), by=request.viewer, at=timezone.now()
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            return after_change(request, board_address(edition))
    return _rule_page(request, edition, form, row)


@require_POST
@selecting
def desk_rule_end(request: ViewerRequest, edition: Edition, position: int) -> HttpResponse:
    try:
        remove_rule(call=_call(edition), position=position, by=request.viewer, at=timezone.now())
    except DomainError as error:
        messages.warning(request, str(error))
    return after_change(request, board_address(edition))


@require_POST
@selecting
def desk_reserve(request: ViewerRequest, edition: Edition) -> HttpResponse:
    form = ReserveForm(request.POST)
    if not form.is_valid():
        messages.warning(request, str(form.errors["count"][0]))
        return after_change(request, board_address(edition))
    try:
        set_reserve_places(
            call=_call(edition), count=form.cleaned_data["count"], by=request.viewer, at=timezone.now()
        )
    except DomainError as error:
        messages.warning(request, str(error))
    return after_change(request, board_address(edition))


def heading(chosen: int, total: int) -> str:
    """The state of the selection as a heading: "Thirty of eighty-four"."""
    told = {"chosen": number_in_words(chosen), "total": number_in_words(total)}
    return capfirst(_("%(chosen)s of %(total)s") % told)


def board_address(edition: Edition) -> str:
    return reverse("admissions:desk_selection", args=[edition.slug])


def _call(edition: Edition) -> Call:
    call = queries.call_to_select(edition)
    if call is None:
        raise Http404
    return call


def _selection(request: ViewerRequest, edition: Edition) -> Selection:
    selection = queries.latest_selection(_call(edition), request.viewer)
    if selection is None:
        raise Http404
    return selection


def _teller(
    decisions: Sequence[SelectionDecision],
    rules: Sequence[Rule],
    applicants: Sequence[Applicant],
    chosen: set[int],
    conflict: Iterable[Mapping[str, Any]],
    also: Iterable[int] = (),
) -> Sentences:
    """Whoever and whatever the sentences of a page name, read in a few queries."""
    mentioned = {key for row in decisions for key in mentioned_in(row.reason)} | set(also)
    mentioned |= {part["application"] for part in conflict if "application" in part}
    names = {row.application_id: queries.name_of(row.application) for row in decisions}
    names |= queries.names_of(mentioned - set(names)) if mentioned - set(names) else {}
    shown = {row.application_id for row in decisions} | chosen
    organisations = {
        value
        for row in applicants
        if row.application_id in shown
        for value in row.values[BalanceAttribute.ORGANISATION]
    }
    organisations |= {rule.value for rule in rules if rule.attribute == BalanceAttribute.ORGANISATION}
    organisations |= {part["value"] for part in conflict if part.get("attribute") == "organisation"}
    return Sentences(lambda key: names.get(key, "—"), ValueNames(organisations))


def mentioned_in(reason: Mapping[str, Any]) -> set[int]:
    return {*reason.get("comes", ()), *reason.get("leaves", ())}


def _told_rules(selection: Selection, teller: Sentences) -> list[tuple[SelectionRule, str, bool]]:
    """Limits and wishes in words, and which of them stand in the conflict."""
    rows = list(selection.rules.order_by("position"))
    in_conflict = {part["rule"] for part in selection.conflict if "rule" in part}
    return [
        (row, capfirst(teller.rule(_as_data(row))), index in in_conflict) for index, row in enumerate(rows)
    ]


def _as_data(row: SelectionRule) -> dict[str, Any]:
    return {
        "attribute": row.attribute,
        "value": row.value,
        "least": row.least,
        "most": row.most,
        "target": row.target,
    }


def _conflict_in_words(part: Mapping[str, Any], teller: Sentences) -> str:
    if "application" in part:
        name = {"name": teller.name_of(part["application"])}
        if part["side"] == HandChoice.PINNED:
            return _("%(name)s is pinned in.") % name
        return _("%(name)s is left out by hand.") % name
    told = capfirst(teller.rule(part))
    if part["side"] == "least":
        return _("%(rule)s: %(there)s applied.") % {"rule": told, "there": number_in_words(part["there"])}
    return f"{told}."


def _profile(
    application_id: int, applicants: Sequence[Applicant], names: ValueNames
) -> list[tuple[str, str]]:
    found = next((row for row in applicants if row.application_id == application_id), None)
    if found is None:
        return []
    return [
        (str(attribute.label), ", ".join(names(attribute, value) for value in found.values[attribute]))
        for attribute in BalanceAttribute
        if attribute != BalanceAttribute.ORGANISATION and found.values[attribute]
    ]


def _rule_form(request: ViewerRequest, edition: Edition, row: SelectionRule | None) -> RuleForm:
    selection = _selection(request, edition)
    applicants = applicants_in(selection)
    organisations = {
        value for applicant in applicants for value in applicant.values[BalanceAttribute.ORGANISATION]
    }
    return RuleForm(
        request.POST or None,
        applicants=applicants,
        names=ValueNames(organisations),
        places=selection.call.places,
        row=row,
    )


def _rule_page(
    request: ViewerRequest, edition: Edition, form: RuleForm, row: SelectionRule | None
) -> HttpResponse:
    context = {"edition": edition, "form": form, "row": row}
    status = 422 if request.method == "POST" else 200
    return panel_page(request, "admissions/desk/selection/rule.html", context, status=status)


def _next_url(show: str, wanted: str, after: int | None) -> str:
    return "" if after is None else "?" + urlencode({"show": show, "q": wanted, "after": after})
