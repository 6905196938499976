"""What somebody typed while being signed out: kept in the session until they are back."""

from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse, QueryDict
from django.urls import reverse

from filiera.accounts.viewer import ViewerRequest
from filiera.shared.http import send_to

_KEY = "admissions.typed"
# A session lies in the database with every request; longer texts stay in the browser's own memory.
_LONGEST = 60_000
_CODE_KEY = "admissions.code"


def sign_in_and_return(request: ViewerRequest) -> HttpResponse:
    """Lead to the sign-in page and back here; what was sent with the request waits."""
    if request.method == "POST":
        written = request.POST.urlencode()
        if len(written) <= _LONGEST:
            request.session[_KEY] = {"path": request.path, "typed": written}
    address = redirect_to_login(request.get_full_path(), reverse("account_login"))["Location"]
    return send_to(request, address)


def typed_before(request: ViewerRequest) -> QueryDict | None:
    """What was typed at this address before signing in; told once."""
    kept = request.session.get(_KEY)
    if not kept or kept["path"] != request.path or request.method == "POST":
        return None
    del request.session[_KEY]
    return QueryDict(kept["typed"])


def remember_code(request: ViewerRequest, call_id: int, code: str) -> None:
    request.session[_CODE_KEY] = {**request.session.get(_CODE_KEY, {}), str(call_id): code[:40]}


def remembered_code(request: ViewerRequest, call_id: int) -> str:
    return str(request.session.get(_CODE_KEY, {}).get(str(call_id), ""))


def forget_code(request: ViewerRequest, call_id: int) -> None:
    codes = request.session.get(_CODE_KEY, {})
    if codes.pop(str(call_id), None) is not None:
        request.session[_CODE_KEY] = codes
