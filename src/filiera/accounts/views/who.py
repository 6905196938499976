"""Pages of the person who is signed in."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from allauth.account.decorators import reauthentication_required
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


def confirmed(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Before a change, ask for the password or the passkey again, unless that was a few minutes ago.

    Who has neither (the people of the demonstration) is not asked.
    """
    guarded: Callable[..., HttpResponse] = reauthentication_required(view, allow_get=True)
    return guarded
