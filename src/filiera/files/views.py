from uuid import UUID

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase, HttpResponseNotModified
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from filiera.files import policies
from filiera.files.models import StoredFile
from filiera.shared.viewing import OnlookerRequest


@require_safe
def file_download(request: OnlookerRequest, uuid: UUID) -> HttpResponseBase:
    """Send a file as an attachment to whom its policy lets read it; others are not told that it exists."""
    # The one place that finds a row without `visible_to`: the policy stored with the file decides.
    stored_file = get_object_or_404(StoredFile, uuid=uuid)
    if not policies.can_read(request.viewer, stored_file):
        raise Http404
    etag = f'"{stored_file.sha256}"'
    response: HttpResponse | FileResponse
    if request.headers.get("If-None-Match") == etag:
        response = HttpResponseNotModified()
    else:
        response = FileResponse(
            default_storage.open(stored_file.path),
            as_attachment=True,
            filename=stored_file.name,
            content_type=stored_file.content_type,
        )
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
