"""A mark by which a browser tells one person's pages from another's; nobody reads from it who it is."""

from django.http import HttpRequest
from django.utils.crypto import salted_hmac


def reader_mark(request: HttpRequest) -> str:
    """Empty for a visitor."""
    viewer = getattr(request, "viewer", None)
    person_id = viewer.person_id if viewer is not None else None
    return salted_hmac("filiera.design.reader", str(person_id)).hexdigest()[:16] if person_id else ""
