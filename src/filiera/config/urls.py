"""All addresses of the platform; each app knows its own below the prefix given here."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from filiera.config import health


def _if_built(prefix: str, module: str) -> list[URLPattern | URLResolver]:
    found = find_spec(module)
    return [path(prefix, include(module))] if found and found.origin else []


urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz),
    path("healthz/page", health.bare_page),
    path("readyz", health.readyz),
    *_if_built("", "filiera.home.urls"),
    *_if_built("academy/", "filiera.academy.urls"),
    *_if_built("speaking/", "filiera.academy.speaking_urls"),
    *_if_built("reference/", "filiera.reference.urls"),
    *_if_built("", "filiera.organisations.urls"),
    *_if_built("", "filiera.ledger.urls"),
    *_if_built("accounts/", "filiera.accounts.urls"),
    path("accounts/", include("allauth.urls")),
    *_if_built("files/", "filiera.files.urls"),
    *_if_built("push/", "filiera.push.urls"),
    *_if_built("design/", "filiera.design.urls"),
    *_if_built("api/", "filiera.api.urls"),
]
