"""Pages of the person who is signed in."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from allauth.account.decorators import reauthentication_required
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.views.decorators.cache import never_cache

from filiera.accounts.models import Person
from filiera.accounts.viewer import ViewerRequest

P = ParamSpec("P")


def personal(
    view: Callable[Concatenate[ViewerRequest, Person, P], HttpResponse],
) -> Callable[..., HttpResponse]:
    """Give the view the person who is signed in; ask a visitor to sign in first."""

    @never_cache
    @login_required
    @wraps(view)
    def page(request: ViewerRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        person = request.viewer.person
        assert person is not None
        return view(request, person, *args, **kwargs)

    return page


def confirmed(view: Any) -> Any:
    """Before a change, ask for the password or the passkey again, unless that was a few minutes ago.

    The people of the demonstration have neither, so there nothing is asked.
    """
    return reauthentication_required(view, allow_get=True, enabled=lambda request: not settings.DEMONSTRATION)
