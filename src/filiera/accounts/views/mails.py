from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_safe

from filiera.accounts.models import Person
from filiera.accounts.viewer import ViewerRequest
from filiera.accounts.views.who import personal
from filiera.mail.models import OutgoingMail
from filiera.shared.http import render_page

PAGE_LENGTH = 50


@require_safe
@personal
def mail_list(request: ViewerRequest, person: Person) -> HttpResponse:
    """Every mail the platform wrote to one, newest first, paged by key."""
    mails = OutgoingMail.objects.filter(to_person=person).order_by("-pk").defer("text", "html")
    before = request.GET.get("before", "")
    if before.isascii() and before.isdigit() and len(before) < 19:
        mails = mails.filter(pk__lt=int(before))
    found = list(mails[: PAGE_LENGTH + 1])
    shown = found[:PAGE_LENGTH]
    older = f"{reverse('accounts:mails')}?before={shown[-1].pk}" if len(found) > PAGE_LENGTH else ""
    return render_page(request, "accounts/mails.html", {"mails": shown, "older": older})


@require_safe
@personal
def mail(request: ViewerRequest, person: Person, mail_id: int) -> HttpResponse:
    shown = get_object_or_404(OutgoingMail.objects.filter(to_person=person), pk=mail_id)
    return render_page(request, "accounts/mail.html", {"mail": shown})
