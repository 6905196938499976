"""Who gets an award and why not; issuing, revoking, putting right."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from filiera.academy.edition_pages import desk_view
from filiera.academy.models import Edition
from filiera.accounts.viewer import ViewerRequest
from filiera.credentials import actions, policies
from filiera.credentials.documents.certificate import certificate_pdf
from filiera.credentials.documents.specimen import specimen_of
from filiera.credentials.exports import europass_table
from filiera.credentials.forms import CorrectionForm, IssueForm, ReplacementForm, RevocationForm
from filiera.credentials.models import Award, Certificate
from filiera.credentials.queries.preview import preview_of
from filiera.credentials.queries.standing import conditions_of
from filiera.credentials.views.cards import card_of
from filiera.shared.errors import DomainError
from filiera.shared.forms import show_refusal
from filiera.shared.http import render_page
from filiera.shared.tables import CSV_TYPE, XLSX_TYPE, as_csv, as_xlsx
from filiera.texts.languages import DEFAULT_LANGUAGE


@require_http_methods(["GET", "HEAD", "POST"])
@desk_view(policies.can_view_certificates)
def desk_award(request: ViewerRequest, edition: Edition, award_id: int) -> HttpResponse:
    """Everybody with a place, what they did and what they miss; a POST issues to those who are ticked."""
    award = _award(request, edition, award_id)
    form = IssueForm(request.POST or None, award=award)
    if request.method == "POST" and form.is_valid():
        try:
            issued = actions.issue_credentials(
                award=award,
                participations=list(form.cleaned_data["chosen"]),
                by=request.viewer,
                at=timezone.now(),
                exception_reason=form.cleaned_data["exception_reason"],
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            _tell_issued(request, len(issued))
            return redirect("credentials:desk_award", edition.slug, award.pk)
    preview = preview_of(award)
    context = {
        "edition": edition,
        "award": award,
        "preview": preview,
        "conditions": conditions_of(award, preview.needs.sessions),
        "form": form,
        "ticked": {str(pk) for pk in request.POST.getlist("chosen")},
        "may_edit": policies.can_edit_awards(request.viewer, edition),
        "may_issue": policies.can_issue(request.viewer, edition),
    }
    status = 422 if request.method == "POST" else 200
    return render_page(request, "credentials/desk/award.html", context, status=status)


@require_POST
@desk_view(policies.can_issue)
def desk_issue_all(request: ViewerRequest, edition: Edition, award_id: int) -> HttpResponse:
    award = _award(request, edition, award_id)
    issued = actions.issue_to_all_qualified(award=award, by=request.viewer, at=timezone.now())
    _tell_issued(request, len(issued))
    return redirect("credentials:desk_award", edition.slug, award.pk)


@require_POST
@desk_view(policies.can_issue)
def desk_badges(request: ViewerRequest, edition: Edition) -> HttpResponse:
    """Sign the badges that could not be signed when their certificates were issued."""
    try:
        signed = actions.sign_badges(edition=edition, by=request.viewer, at=timezone.now())
    except DomainError as error:
        messages.warning(request, str(error))
    else:
        text = ngettext("%(count)s badge signed.", "%(count)s badges signed.", signed)
        messages.success(request, text % {"count": signed})
    return redirect("credentials:desk_certificates", edition.slug)


@require_safe
@desk_view(policies.can_view_certificates)
def desk_specimen(request: ViewerRequest, edition: Edition, award_id: int) -> HttpResponse:
    """How the certificate will look, for nobody."""
    award = _award(request, edition, award_id)
    language = get_language() or DEFAULT_LANGUAGE
    response = HttpResponse(
        certificate_pdf(specimen_of(award, at=timezone.now()), language=language),
        content_type="application/pdf",
    )
    response["Content-Disposition"] = f'inline; filename="specimen-{language}.pdf"'
    return response


@require_safe
@desk_view(policies.can_issue)
def desk_europass_xlsx(request: ViewerRequest, edition: Edition, award_id: int) -> HttpResponse:
    """The holders in a workbook from which the columns of the Europass builder are filled."""
    award = _award(request, edition, award_id)
    content = as_xlsx(_("Holders"), *europass_table(request.viewer, award))
    return _table(content, XLSX_TYPE, f"europass-{edition.slug}.xlsx")


@require_safe
@desk_view(policies.can_issue)
def desk_europass_csv(request: ViewerRequest, edition: Edition, award_id: int) -> HttpResponse:
    award = _award(request, edition, award_id)
    return _table(as_csv(*europass_table(request.viewer, award)), CSV_TYPE, f"europass-{edition.slug}.csv")


@require_safe
@desk_view(policies.can_view_certificates)
def desk_certificate(request: ViewerRequest, edition: Edition, certificate_id: int) -> HttpResponse:
    """One certificate: what it says, what became of it, and what can be done."""
    return _certificate_page(request, edition, _certificate(request, edition, certificate_id))


@require_POST
@desk_view(policies.can_issue)
def desk_revocation(request: ViewerRequest, edition: Edition, certificate_id: int) -> HttpResponse:
    certificate = _certificate(request, edition, certificate_id)
    form = RevocationForm(request.POST)
    if form.is_valid():
        try:
            actions.revoke_certificate(
                certificate=certificate,
                reason=form.cleaned_data["reason"],
                by=request.viewer,
                at=timezone.now(),
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("The certificate is revoked; its code and its badge say so now."))
            return redirect("credentials:desk_certificate", edition.slug, certificate.pk)
    return _certificate_page(request, edition, certificate, revocation=form)


@require_POST
@desk_view(policies.can_issue)
def desk_correction(request: ViewerRequest, edition: Edition, certificate_id: int) -> HttpResponse:
    certificate = _certificate(request, edition, certificate_id)
    form = CorrectionForm(request.POST)
    if form.is_valid():
        try:
            actions.reissue_certificate(
                certificate=certificate,
                holder_name=form.cleaned_data["holder_name"],
                by=request.viewer,
                at=timezone.now(),
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("Written again, with the same code and date."))
            return redirect("credentials:desk_certificate", edition.slug, certificate.pk)
    return _certificate_page(request, edition, certificate, correction=form)


@require_POST
@desk_view(policies.can_issue)
def desk_replacement(request: ViewerRequest, edition: Edition, certificate_id: int) -> HttpResponse:
    certificate = _certificate(request, edition, certificate_id)
    form = ReplacementForm(request.POST)
    if form.is_valid():
        try:
            replacement = actions.supersede_certificate(
                certificate=certificate,
                by=request.viewer,
                at=timezone.now(),
                exception_reason=form.cleaned_data["exception_reason"],
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("A new certificate stands in its place; the old code says so."))
            return redirect("credentials:desk_certificate", edition.slug, replacement.pk)
    return _certificate_page(request, edition, certificate, replacement=form)


def _certificate_page(
    request: ViewerRequest,
    edition: Edition,
    certificate: Certificate,
    *,
    revocation: RevocationForm | None = None,
    correction: CorrectionForm | None = None,
    replacement: ReplacementForm | None = None,
) -> HttpResponse:
    context = {
        "edition": edition,
        "certificate": certificate,
        "card": card_of(certificate),
        "replaced_by": Certificate.objects.filter(supersedes=certificate).first(),
        "revocation": revocation or RevocationForm(),
        "correction": correction or CorrectionForm(initial={"holder_name": certificate.holder_name}),
        "replacement": replacement or ReplacementForm(),
        "may_issue": policies.can_issue(request.viewer, edition),
    }
    status = 422 if request.method == "POST" else 200
    return render_page(request, "credentials/desk/certificate.html", context, status=status)


def _tell_issued(request: ViewerRequest, count: int) -> None:
    text = ngettext("%(count)s certificate issued.", "%(count)s certificates issued.", count)
    messages.success(request, text % {"count": count})


def _table(content: bytes, content_type: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _award(request: ViewerRequest, edition: Edition, award_id: int) -> Award:
    visible = Award.objects.visible_to(request.viewer).select_related(
        "part", "edition__organiser", "edition__host"
    )
    return get_object_or_404(visible, edition=edition, pk=award_id)


def _certificate(request: ViewerRequest, edition: Edition, certificate_id: int) -> Certificate:
    visible = Certificate.objects.visible_to(request.viewer).select_related(
        "award", "edition", "participation__organisation", "issued_by", "revoked_by", "supersedes"
    )
    return get_object_or_404(visible, edition=edition, pk=certificate_id)
