"""Preparing for the label: all indicators, one with its binder, gaps, interview, exports."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from filiera.accounts.viewer import ViewerRequest
from filiera.indicators import policies
from filiera.indicators.actions import binder
from filiera.indicators.actions import readiness as actions
from filiera.indicators.documents.readiness import readiness_pdf, readiness_zip
from filiera.indicators.forms.readiness import EvidenceForm, InterviewForm, TargetForm
from filiera.indicators.label import label_catalogue
from filiera.indicators.models import EvidenceKind, LabelEvidence
from filiera.indicators.queries.readiness import Readiness, ReadinessLine, readiness_of, records_to_choose
from filiera.organisations.models import Organisation
from filiera.shared.errors import DomainError
from filiera.shared.forms import show_refusal
from filiera.shared.http import render_page, tried

from .common import workspace_view
from .years import year_asked, years_to_choose


@require_safe
@workspace_view(policies.can_see_readiness)
def readiness(request: ViewerRequest, organisation: Organisation) -> HttpResponse:
    return _page(request, organisation, "list")


@require_safe
@workspace_view(policies.can_see_readiness)
def gaps(request: ViewerRequest, organisation: Organisation) -> HttpResponse:
    return _page(request, organisation, "gaps")


@require_safe
@workspace_view(policies.can_see_readiness)
def interview(request: ViewerRequest, organisation: Organisation) -> HttpResponse:
    return _page(request, organisation, "interview")


@require_safe
@workspace_view(policies.can_see_readiness)
def label_indicator(request: ViewerRequest, organisation: Organisation, label_code: str) -> HttpResponse:
    return _one(request, organisation, label_code)


@require_POST
@workspace_view(policies.can_prepare_readiness)
def target_edit(
    request: ViewerRequest, organisation: Organisation, label_code: str, indicator: str
) -> HttpResponse:
    line = _line(_readiness(request, organisation), label_code)
    serving = next((each for each in line.figures if each.figure.code == indicator), None)
    if serving is None:
        raise Http404
    form = TargetForm(request.POST, serving=serving)
    if form.is_valid():
        try:
            actions.set_label_target(
                organisation=organisation,
                code=indicator,
                value=form.cleaned_data["value"],
                reach_on=form.cleaned_data["reach_on"],
                by=request.viewer,
                at=timezone.now(),
            )
        except DomainError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The target is kept."))
            return _back(organisation, label_code)
    return _one(request, organisation, label_code, target_form=form, status=422)


@require_POST
@workspace_view(policies.can_prepare_readiness)
def evidence_create(request: ViewerRequest, organisation: Organisation, label_code: str) -> HttpResponse:
    line = _line(_readiness(request, organisation), label_code)
    form = EvidenceForm(request.POST, request.FILES, records=records_to_choose(request.viewer, line))
    if form.is_valid():
        given = form.cleaned_data
        try:
            binder.add_evidence(
                organisation=organisation,
                code=label_code,
                kind=EvidenceKind(given["kind"]),
                title=given["title"],
                upload=given["upload"],
                url=given["url"],
                record=form.record_key,
                valid_until=given["valid_until"],
                by=request.viewer,
                at=timezone.now(),
            )
        except DomainError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("It is in the binder. It counts when a second person confirms it."))
            return _back(organisation, label_code)
    return _one(request, organisation, label_code, evidence_form=form, status=422)


@require_POST
@workspace_view(policies.can_prepare_readiness)
def evidence_confirm(
    request: ViewerRequest, organisation: Organisation, label_code: str, evidence_id: int
) -> HttpResponse:
    evidence = _evidence(request, organisation, evidence_id)
    tried(
        request,
        lambda: binder.confirm_evidence(evidence=evidence, by=request.viewer, at=timezone.now()),
        _("It is confirmed."),
    )
    return _back(organisation, label_code)


@require_POST
@workspace_view(policies.can_prepare_readiness)
def evidence_remove(
    request: ViewerRequest, organisation: Organisation, label_code: str, evidence_id: int
) -> HttpResponse:
    evidence = _evidence(request, organisation, evidence_id)
    tried(
        request,
        lambda: binder.remove_evidence(evidence=evidence, by=request.viewer, at=timezone.now()),
        _("It is out of the binder."),
    )
    return _back(organisation, label_code)


@require_POST
@workspace_view(policies.can_prepare_readiness)
def note_edit(request: ViewerRequest, organisation: Organisation, label_code: str) -> HttpResponse:
    form = InterviewForm(request.POST)
    if form.is_valid():
        try:
            actions.write_interview_note(
                organisation=organisation,
                code=label_code,
                text=form.cleaned_data["text"],
                by=request.viewer,
                at=timezone.now(),
            )
        except binder.UnknownLabelIndicator as refusal:
            raise Http404 from refusal
        messages.success(request, _("Your words are kept."))
        return _back(organisation, label_code)
    return _one(request, organisation, label_code, note_form=form, status=422)


@never_cache
@require_safe
@workspace_view(policies.can_see_readiness)
def document(request: ViewerRequest, organisation: Organisation) -> HttpResponse:
    """The whole preparation as one PDF with the list of its annexes."""
    told = _readiness(request, organisation)
    content = readiness_pdf(told, language=request.LANGUAGE_CODE, at=timezone.now())
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{_name(told)}.pdf"'},
    )


@never_cache
@require_safe
@workspace_view(policies.can_see_readiness)
def archive(request: ViewerRequest, organisation: Organisation) -> FileResponse:
    """The PDF with all annexes beside it."""
    told = _readiness(request, organisation)
    file = readiness_zip(told, language=request.LANGUAGE_CODE, at=timezone.now())
    return FileResponse(
        file, as_attachment=True, filename=f"{_name(told)}.zip", content_type="application/zip"
    )


def _readiness(request: ViewerRequest, organisation: Organisation) -> Readiness:
    at = timezone.now()
    return readiness_of(request.viewer, organisation, year_asked(request, at), timezone.localdate(at))


def _page(request: ViewerRequest, organisation: Organisation, part: str) -> HttpResponse:
    context = _context(request, organisation, _readiness(request, organisation))
    return render_page(request, f"indicators/readiness/{part}.html", {**context, "part": part})


def _one(
    request: ViewerRequest,
    organisation: Organisation,
    label_code: str,
    *,
    target_form: TargetForm | None = None,
    evidence_form: EvidenceForm | None = None,
    note_form: InterviewForm | None = None,
    status: int = 200,
) -> HttpResponse:
    told = _readiness(request, organisation)
    line = _line(told, label_code)
    codes = list(label_catalogue().indicators)
    place = codes.index(label_code)
    asked = target_form.serving.figure.code if target_form else ""
    forms = [
        (each, target_form if each.figure.code == asked else TargetForm(serving=each))
        for each in line.figures
    ]
    note = {"text": line.note.text if line.note else ""}
    context = {
        **_context(request, organisation, told),
        "line": line,
        "figures": forms,
        "evidence_form": evidence_form or EvidenceForm(records=records_to_choose(request.viewer, line)),
        "note_form": note_form or InterviewForm(initial=note),
        "former": codes[place - 1] if place else "",
        "following": codes[place + 1] if place + 1 < len(codes) else "",
    }
    return render_page(request, "indicators/readiness/one.html", context, status=status)


def _context(request: ViewerRequest, organisation: Organisation, told: Readiness) -> dict[str, Any]:
    return {
        "organisation": organisation,
        "readiness": told,
        "years": years_to_choose(timezone.now()),
        "source": label_catalogue().source,
        "can_prepare": policies.can_prepare_readiness(request.viewer, organisation),
    }


def _line(told: Readiness, label_code: str) -> ReadinessLine:
    """Raises Http404."""
    for line in told.lines:
        if line.indicator.code == label_code:
            return line
    raise Http404


def _evidence(request: ViewerRequest, organisation: Organisation, evidence_id: int) -> LabelEvidence:
    """Raises Http404."""
    visible = LabelEvidence.objects.visible_to(request.viewer).select_related("organisation")
    return get_object_or_404(visible, pk=evidence_id, organisation=organisation)


def _back(organisation: Organisation, label_code: str) -> HttpResponse:
    return redirect("indicators:label_indicator", organisation.slug, label_code)


def _name(told: Readiness) -> str:
    return f"{told.organisation.slug}-readiness-{told.period.code}"
