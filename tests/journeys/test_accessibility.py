"""Every public page, both themes, two widths: nothing for axe to report, nothing wider than the screen."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.journeys.accessibility import faults_at

EDITION = "/academy/cba-2-torino/"
MISSING = "/nothing-here/"
PUBLIC = (
    "/",
    "/academy/",
    EDITION,
    f"{EDITION}schedule/",
    f"{EDITION}speakers/",
    f"{EDITION}changes/",
    f"{EDITION}apply/",
    f"{EDITION}groups/",
    "/academy/load-200/schedule/",
    "/directory/",
    "/organisations/mesap/",
    "/verify/",
    "/accounts/login/",
    "/accounts/signup/",
    "/accounts/password/reset/",
    "/design/",
    "/api/docs",
)

DESK = f"{EDITION}desk/"
REGION = "/o/sistema-poli-di-innovazione-piemonte/"
SIGNED_IN = {
    "organiser": (
        "/",
        f"{DESK}certificates/",
        f"{DESK}import/",
        *(f"{DESK}{room}" for room in ("forms/", "forms/new/", "forms/1/", "forms/1/results/", "surveys/")),
        *(f"{DESK}{room}" for room in ("forms/1/preview/?language=it", "forms/2/results/", "surveys/new/")),
    ),
    "participant": (
        "/",
        *(f"{EDITION}{room}" for room in ("my/", "my/certificate/", "surveys/", "schedule/")),
    ),
    "company": ("/", "/o/officina-demo/"),
    "officer": (
        f"{REGION}logic-model/",
        *(
            f"{REGION}impact/{page}"
            for page in ("", "panels/new/", "panels/1/", "panels/1/columns/", "studies/1/")
        ),
    ),
    "administrator": ("/", "/accounts/administration/", "/reference/"),
}


def test_public_pages_are_accessible(open_browser: Callable[..., Page]) -> None:
    page = open_browser()

    assert faults_at(page, PUBLIC) | faults_at(page, [MISSING], status=404) == {}


@pytest.mark.parametrize("role", sorted(SIGNED_IN))
def test_pages_of_each_role_are_accessible(
    open_browser: Callable[..., Page], take_role: Callable[[Page, str], None], role: str
) -> None:
    page = open_browser()
    take_role(page, role)

    assert faults_at(page, SIGNED_IN[role]) == {}
