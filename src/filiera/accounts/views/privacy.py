from django.contrib import messages
from django.contrib.auth import logout
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from filiera.accounts import actions
from filiera.accounts.consents import purposes_in_profile
from filiera.accounts.forms import ErasureForm
from filiera.accounts.models import ConsentRecord, DataExport, Person
from filiera.accounts.viewer import ViewerRequest
from filiera.accounts.views.who import confirmed, personal
from filiera.shared.errors import DomainError
from filiera.shared.http import render_page


@require_safe
@personal
def consent_list(request: ViewerRequest, person: Person) -> HttpResponse:
    """What one agreed to, with the words of that day, and what may be taken back."""
    records = list(ConsentRecord.objects.visible_to(request.viewer).order_by("-given_at", "-pk"))
    given = {record.purpose: record for record in records if record.withdrawn_at is None}
    asked = [(purpose, given.get(purpose.code)) for purpose in purposes_in_profile()]
    return render_page(request, "accounts/consents.html", {"asked": asked, "records": records})


@require_POST
@personal
def consent(request: ViewerRequest, person: Person, purpose: str) -> HttpResponse:
    language = get_language() or "en"
    try:
        actions.give_consent(
            person=person, purpose=purpose, by=request.viewer, at=timezone.now(), language=language
        )
    except actions.ConsentUnknown as error:
        raise Http404 from error
    messages.success(request, _("Your consent is on record."))
    return redirect("accounts:consents")


@require_POST
@personal
def consent_withdrawal(request: ViewerRequest, person: Person, purpose: str) -> HttpResponse:
    actions.withdraw_consent(person=person, purpose=purpose, by=request.viewer, at=timezone.now())
    messages.success(request, _("Your consent is taken back."))
    return redirect("accounts:consents")


@require_safe
@personal
def my_data(request: ViewerRequest, person: Person) -> HttpResponse:
    """The archive of one's data, and the way out."""
    return _my_data_page(request, ErasureForm(person=person))


@require_POST
@personal
@confirmed
def data_export(request: ViewerRequest, person: Person) -> HttpResponse:
    try:
        actions.request_data_export(by=request.viewer, at=timezone.now())
    except actions.ExportInTheMaking as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("Your archive is being made; a mail comes when it is ready."))
    return redirect("accounts:my_data")


@require_http_methods(["POST"])
@personal
@confirmed
def erasure(request: ViewerRequest, person: Person) -> HttpResponse:
    """The end of an account, after its address was typed again."""
    form = ErasureForm(request.POST, person=person)
    if not form.is_valid():
        return _my_data_page(request, form, status=422)
    try:
        actions.erase_person(person=person, by=request.viewer, at=timezone.now())
    except DomainError as error:
        form.add_error(None, str(error))
        return _my_data_page(request, form, status=error.status)
    logout(request)
    messages.success(request, _("Your account and your data are removed."))
    return redirect("/")


def _my_data_page(request: ViewerRequest, form: ErasureForm, status: int = 200) -> HttpResponse:
    exports = DataExport.objects.visible_to(request.viewer).fresh(timezone.now()).select_related("archive")
    context = {"form": form, "exports": exports.order_by("-requested_at", "-pk")}
    return render_page(request, "accounts/my_data.html", context, status=status)
