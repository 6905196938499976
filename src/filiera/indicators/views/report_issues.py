"""What recipients of a report open without an account: the file, and the way to have no more of them."""

from uuid import UUID

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from filiera.accounts.viewer import ViewerRequest
from filiera.indicators.actions import report_mail
from filiera.indicators.models import ReportIssue
from filiera.shared.http import render_page


@never_cache
@require_safe
def report_issue(request: ViewerRequest, public_id: UUID) -> HttpResponseBase:
    """The file of a report that was sent; its address is known only to whom it was sent, and runs out."""
    # Found without `visible_to`: whoever has the address may read it, as the organisation decided.
    issue = ReportIssue.objects.filter(public_id=public_id).select_related("file").first()
    if issue is None or not issue.opens(timezone.now()):
        raise Http404
    return FileResponse(
        default_storage.open(issue.file.path),
        filename=issue.file.name,
        content_type=issue.file.content_type,
        headers={
            "X-Content-Type-Options": "nosniff",
            "X-Robots-Tag": "noindex",
            "Referrer-Policy": "no-referrer",
        },
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def report_stop(request: ViewerRequest, token: str) -> HttpResponse:
    """Whoever got a report by mail ends it here; asked first, because programs open links, too."""
    try:
        if request.method == "POST":
            address = report_mail.stop_sending_to(token=token)
        else:
            _key, address = report_mail.read_stop_token(token)
    except report_mail.UnknownLink as error:
        raise Http404 from error
    context = {"address": address, "is_done": request.method == "POST"}
    return render_page(request, "indicators/reports/stop.html", context)
