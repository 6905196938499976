"""Mails to many at the desk: written, looked at, sent, and what became of each."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from filiera.academy.edition_pages import for_those_who
from filiera.academy.models import Edition
from filiera.accounts.viewer import ViewerRequest
from filiera.admissions.actions import mailings as actions
from filiera.admissions.forms.mailings import BounceForm, MailingForm, ScheduleForm, TemplateForm
from filiera.admissions.models import Mailing, MailingRecipient, MailingState, Participation
from filiera.admissions.placeholders import PLACEHOLDERS
from filiera.admissions.policies.people import can_send_mails
from filiera.admissions.queries.mailings import (
    PAGE_LENGTH,
    mailings_for_list,
    not_reached,
    outcome,
    reachable,
    recipient_rows,
    usable_template,
    usable_templates,
    without_address,
    written_for,
)
from filiera.admissions.recipients import in_words
from filiera.shared.errors import DomainError
from filiera.shared.forms import show_refusal
from filiera.shared.http import render_page

sending = for_those_who(can_send_mails)


@require_safe
@sending
def desk_mailings(request: ViewerRequest, edition: Edition) -> HttpResponse:
    """Every mail to many of the edition, the newest first, paged by key."""
    before = request.GET.get("before", "")
    is_key = before.isascii() and before.isdigit() and len(before) < 19
    found = mailings_for_list(request.viewer, edition, before=int(before) if is_key else None)
    shown = found[:PAGE_LENGTH]
    context = {
        "edition": edition,
        "mailings": shown,
        "templates": usable_templates(request.viewer, edition),
        "next_url": f"?before={shown[-1].pk}" if len(found) > PAGE_LENGTH else "",
        "waiting": sum(mailing.state == MailingState.SCHEDULED for mailing in shown),
    }
    return render_page(request, "admissions/mailings/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@sending
def desk_mailing_new(request: ViewerRequest, edition: Edition) -> HttpResponse:
    template = usable_template(request.viewer, edition, request.GET.get("template", "blank"))
    return _edit(
        request, edition, None, MailingForm(request.POST or None, edition=edition, template=template)
    )


@require_http_methods(["GET", "HEAD", "POST"])
@sending
def desk_mailing_edit(request: ViewerRequest, edition: Edition, mailing_id: int) -> HttpResponse:
    mailing = _find(request, edition, mailing_id)
    return _edit(
        request, edition, mailing, MailingForm(request.POST or None, edition=edition, mailing=mailing)
    )


@require_safe
@sending
def desk_mailing(request: ViewerRequest, edition: Edition, mailing_id: int) -> HttpResponse:
    """One mailing: its recipients by name, and what one of them would read."""
    return _mailing_page(request, edition, _find(request, edition, mailing_id))


@require_POST
@sending
def desk_mailing_check(request: ViewerRequest, edition: Edition, mailing_id: int) -> HttpResponse:
    mailing = _find(request, edition, mailing_id)
    return _change(
        request,
        mailing,
        lambda: actions.check_mailing(mailing=mailing, by=request.viewer, at=timezone.now()),
        _("The mail is checked. Nothing has been sent yet."),
    )


@require_POST
@sending
def desk_mailing_sending(request: ViewerRequest, edition: Edition, mailing_id: int) -> HttpResponse:
    mailing = _find(request, edition, mailing_id)
    return _change(
        request,
        mailing,
        lambda: actions.send_mailing(mailing=mailing, by=request.viewer, at=timezone.now()),
        _("The mail is on its way."),
    )


@require_POST
@sending
def desk_mailing_schedule(request: ViewerRequest, edition: Edition, mailing_id: int) -> HttpResponse:
    mailing = _find(request, edition, mailing_id)
    form = ScheduleForm(request.POST)
    if form.is_valid():
        try:
            actions.schedule_mailing(
                mailing=mailing, send_at=form.moment(edition), by=request.viewer, at=timezone.now()
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("The mail is scheduled. Until then you can cancel it."))
            return redirect("admissions:desk_mailing", edition.slug, mailing.pk)
    return _mailing_page(request, edition, mailing, schedule=form, status=422)


@require_POST
@sending
def desk_mailing_cancellation(request: ViewerRequest, edition: Edition, mailing_id: int) -> HttpResponse:
    mailing = _find(request, edition, mailing_id)
    return _change(
        request,
        mailing,
        lambda: actions.cancel_mailing(mailing=mailing, by=request.viewer, at=timezone.now()),
        _("The mail is cancelled and will not be sent."),
    )


@require_POST
@sending
def desk_mailing_resending(request: ViewerRequest, edition: Edition, mailing_id: int) -> HttpResponse:
    mailing = _find(request, edition, mailing_id)
    try:
        count = actions.resend_mailing(mailing=mailing, by=request.viewer, at=timezone.now())
        said = ngettext(
            "It is sent again to %(count)s person.", "It is sent again to %(count)s people.", count
        )
        messages.success(request, said % {"count": count})
    except DomainError as error:
        messages.warning(request, str(error))
    return redirect("admissions:desk_mailing", edition.slug, mailing.pk)


@require_POST
@sending
def desk_mailing_bounce(
    request: ViewerRequest, edition: Edition, mailing_id: int, recipient_id: int
) -> HttpResponse:
    mailing = _find(request, edition, mailing_id)
    visible = MailingRecipient.objects.visible_to(request.viewer).select_related("mailing__edition")
    recipient = get_object_or_404(visible, mailing=mailing, pk=recipient_id)
    form = BounceForm(request.POST)
    note = form.cleaned_data["note"] if form.is_valid() else ""
    actions.note_bounce(recipient=recipient, note=note, by=request.viewer, at=timezone.now())
    messages.success(request, _("Noted. You can send the mail again to those it did not reach."))
    return redirect("admissions:desk_mailing", edition.slug, mailing.pk)


@require_safe
@sending
def desk_mail_templates(request: ViewerRequest, edition: Edition) -> HttpResponse:
    context = {"edition": edition, "templates": usable_templates(request.viewer, edition)}
    return render_page(request, "admissions/mailings/templates.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@sending
def desk_mail_template_new(request: ViewerRequest, edition: Edition) -> HttpResponse:
    return _template_form(request, edition, "", TemplateForm(request.POST or None))


@require_http_methods(["GET", "HEAD", "POST"])
@sending
def desk_mail_template(request: ViewerRequest, edition: Edition, template_code: str) -> HttpResponse:
    template = usable_template(request.viewer, edition, template_code)
    if template is None:
        return redirect("admissions:desk_mail_templates", edition.slug)
    return _template_form(
        request, edition, template_code, TemplateForm(request.POST or None, template=template)
    )


@require_POST
@sending
def desk_mail_template_deletion(request: ViewerRequest, edition: Edition, template_code: str) -> HttpResponse:
    actions.drop_template(edition=edition, code=template_code, by=request.viewer, at=timezone.now())
    messages.success(request, _("The edition’s own words are gone."))
    return redirect("admissions:desk_mail_templates", edition.slug)


def _edit(
    request: ViewerRequest, edition: Edition, mailing: Mailing | None, form: MailingForm
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            saved = actions.save_mailing(
                edition=edition,
                mailing=mailing,
                details=form.details(),
                by=request.viewer,
                at=timezone.now(),
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("The draft is saved. Look at it before you send it."))
            return redirect("admissions:desk_mailing", edition.slug, saved.pk)
    context = {
        "edition": edition,
        "mailing": mailing,
        "form": form,
        "placeholders": [(f"{{{name}}}", placeholder.label) for name, placeholder in PLACEHOLDERS.items()],
        "templates": usable_templates(request.viewer, edition) if mailing is None else [],
    }
    status = 422 if request.method == "POST" else 200
    return render_page(request, "admissions/mailings/edit.html", context, status=status)


def _mailing_page(
    request: ViewerRequest,
    edition: Edition,
    mailing: Mailing,
    *,
    schedule: ScheduleForm | None = None,
    status: int = 200,
) -> HttpResponse:
    at = edition.clock_at or timezone.now()
    if mailing.state == MailingState.DRAFT:
        rows: list[tuple[MailingRecipient, str]] = []
        people = list(reachable(edition, mailing.recipients_by))
        missing = without_address(edition, mailing.recipients_by)
    else:
        found = recipient_rows(request.viewer, mailing)
        rows = [(row, outcome(row)) for row in found]
        people = [row.participation for row in found]
        missing = []
    reader = _reader(request, people)
    written = written_for(mailing, reader, at=at) if reader else None
    context = {
        "edition": edition,
        "mailing": mailing,
        "filters": in_words(edition, mailing.recipients_by),
        "people": people,
        "rows": rows,
        "missing": missing,
        "reader": reader,
        "written": written,
        "paragraphs": [part for part in written.text.split("\n\n") if part.strip()] if written else [],
        "schedule": schedule or ScheduleForm(initial={"day": timezone.now().date()}),
        "not_reached": not_reached(mailing).count() if mailing.state == MailingState.SENT else 0,
        "same_writer": mailing.checked_by_id is not None and mailing.checked_by_id == mailing.written_by_id,
    }
    return render_page(request, "admissions/mailings/mailing.html", context, status=status, partial="preview")


def _reader(request: ViewerRequest, people: list[Participation]) -> Participation | None:
    """Through whose eyes the mail is shown."""
    asked = request.GET.get("as", "")
    return next((place for place in people if str(place.pk) == asked), people[0] if people else None)


def _template_form(request: ViewerRequest, edition: Edition, code: str, form: TemplateForm) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            actions.save_template(
                edition=edition, code=code, details=form.details(), by=request.viewer, at=timezone.now()
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("The template is saved."))
            return redirect("admissions:desk_mail_templates", edition.slug)
    context = {
        "edition": edition,
        "form": form,
        "template": usable_template(request.viewer, edition, code) if code else None,
        "placeholders": [(f"{{{name}}}", placeholder.label) for name, placeholder in PLACEHOLDERS.items()],
    }
    status = 422 if request.method == "POST" else 200
    return render_page(request, "admissions/mailings/template.html", context, status=status)


def _change(
    request: ViewerRequest, mailing: Mailing, change: Callable[[], Mailing], said: str
) -> HttpResponse:
    try:
        change()
        messages.success(request, said)
    except DomainError as error:
        messages.warning(request, str(error))
    return redirect("admissions:desk_mailing", mailing.edition.slug, mailing.pk)


def _find(request: ViewerRequest, edition: Edition, mailing_id: int) -> Mailing:
    visible = Mailing.objects.visible_to(request.viewer).select_related("edition", "written_by", "checked_by")
    return get_object_or_404(visible, edition=edition, pk=mailing_id)
