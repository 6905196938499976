"""All addresses of the platform; each app knows its own below the prefix given here."""

from django.urls import URLPattern, URLResolver, include, path

from filiera.config import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz),
    path("healthz/page", health.bare_page),
    path("readyz", health.readyz),
    # First what is asked for most: addresses are tried in this order.
    path("academy/", include("filiera.academy.urls")),
    path("", include("filiera.home.urls")),
    path("academy/", include("filiera.credentials.urls")),
    path("academy/", include("filiera.admissions.urls")),
    path("station/", include("filiera.admissions.urls.stations")),
    path("", include("filiera.workshops.urls")),
    path("", include("filiera.meetings.urls")),
    path("", include("filiera.live.urls")),
    path("speaking/", include("filiera.academy.speaking_urls")),
    path("place/", include("filiera.admissions.place_urls")),
    path("verify/", include("filiera.credentials.urls.verify")),
    path("certificate/", include("filiera.credentials.urls.holder")),
    path("credentials/", include("filiera.credentials.urls.badges")),
    path(".well-known/", include("filiera.credentials.urls.well_known")),
    path("reference/", include("filiera.reference.urls")),
    path("", include("filiera.organisations.urls")),
    path("", include("filiera.ledger.urls")),
    path("", include("filiera.indicators.urls")),
    path("accounts/", include("filiera.accounts.urls")),
    path("accounts/", include("allauth.urls")),
    path("files/", include("filiera.files.urls")),
    path("push/", include("filiera.push.urls")),
    path("design/", include("filiera.design.urls")),
    path("api/", include("filiera.api.urls")),
]
