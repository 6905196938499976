"""Version 1 of the JSON interface: the same queries and rules as the pages, behind a token or without one."""

from typing import Annotated, Any

from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Path, Query
from ninja.errors import AuthenticationError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.security import HttpBearer

from filiera.accounts.queries import viewer_of_token
from filiera.accounts.scopes import READ
from filiera.accounts.viewer import VISITOR, Viewer
from filiera.api import queries
from filiera.api.paging import DEFAULT_LIMIT, LARGEST_LIMIT
from filiera.api.schemas import (
    EditionOut,
    EditionPage,
    OrganisationOut,
    OrganisationPage,
    PeopleOut,
    Problem,
    SessionOut,
    SessionPage,
    SetDetail,
    SetPage,
    SpeakerPage,
)
from filiera.organisations.models import OrganisationKind
from filiera.shared.errors import DomainError


class Token(HttpBearer):
    """A personal token, or none: without one the API shows what every visitor may see."""

    def __call__(self, request: HttpRequest) -> Any:
        if "Authorization" not in request.headers:
            return VISITOR
        return super().__call__(request)

    def authenticate(self, request: HttpRequest, token: str) -> Viewer | None:
        viewer = viewer_of_token(token, timezone.now())
        return viewer if viewer and READ in (viewer.scopes or ()) else None


class OpenToVisitors(NinjaAPI):
    """Says in its description that the token may be left out."""

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        schema = super().get_openapi_schema(**options)
        for methods in schema["paths"].values():
            for operation in methods.values():
                operation["security"] = [*operation["security"], {}]
        return schema


api = OpenToVisitors(
    title="Filiera",
    version="1.0.0",
    description=(
        "Editions, their published programmes, organisations, and shared sets of indicators. "
        "Times are UTC in ISO 8601."
    ),
    auth=Token(),
    docs_url=None,
    openapi_url="/openapi.json",
    urls_namespace="api-1",
)

Slug = Annotated[str, Path(pattern=r"^[-a-zA-Z0-9_]+$", max_length=80, description="the slug in its address")]
After = Annotated[str | None, Query(None, max_length=600, description="`next` of the page before")]
Limit = Annotated[int, Query(DEFAULT_LIMIT, ge=1, le=LARGEST_LIMIT, description="rows on a page")]
REFUSALS = {400: Problem, 401: Problem, 422: Problem}
REFUSALS_OF_ONE = {**REFUSALS, 404: Problem}


@api.get("/editions", response={200: EditionPage, **REFUSALS}, operation_id="editions", tags=["editions"])
def edition_list(request: HttpRequest, after: After = None, limit: Limit = DEFAULT_LIMIT) -> Any:
    """Editions that are listed, and those that the token's person belongs to."""
    return queries.edition_page(_viewer(request), after=after, limit=limit)


@api.get(
    "/editions/{slug}",
    response={200: EditionOut, **REFUSALS_OF_ONE},
    operation_id="edition",
    tags=["editions"],
)
def edition_detail(request: HttpRequest, slug: Slug) -> Any:
    """One edition with its parts."""
    return queries.edition(_viewer(request), slug)


@api.get(
    "/editions/{slug}/people",
    response={200: PeopleOut, **REFUSALS_OF_ONE},
    operation_id="people",
    tags=["editions"],
)
def people_counts(request: HttpRequest, slug: Slug) -> Any:
    """How many people of an edition are at which point on the way; numbers only."""
    return queries.people_counts(_viewer(request), slug)


@api.get(
    "/editions/{slug}/sessions",
    response={200: SessionPage, **REFUSALS_OF_ONE},
    operation_id="sessions",
    tags=["sessions"],
)
def session_list(request: HttpRequest, slug: Slug, after: After = None, limit: Limit = DEFAULT_LIMIT) -> Any:
    """The published sessions of an edition, by time."""
    # Published data were checked when written; checking fifty rows again costs more than reading them.
    return JsonResponse(queries.session_page(_viewer(request), slug, after=after, limit=limit))


@api.get(
    "/editions/{slug}/sessions/{session}",
    response={200: SessionOut, **REFUSALS_OF_ONE},
    operation_id="session",
    tags=["sessions"],
)
def session_detail(request: HttpRequest, slug: Slug, session: Slug) -> Any:
    """One published session."""
    return queries.session(_viewer(request), slug, session)


@api.get(
    "/editions/{slug}/speakers",
    response={200: SpeakerPage, **REFUSALS_OF_ONE},
    operation_id="speakers",
    tags=["speakers"],
)
def speaker_list(request: HttpRequest, slug: Slug, after: After = None, limit: Limit = DEFAULT_LIMIT) -> Any:
    """The speakers of the published programme, by name; biographies only with their consent."""
    return queries.speaker_page(_viewer(request), slug, after=after, limit=limit)


@api.get(
    "/organisations",
    response={200: OrganisationPage, **REFUSALS},
    operation_id="organisations",
    tags=["organisations"],
)
def organisation_list(
    request: HttpRequest,
    kind: Annotated[OrganisationKind | None, Query(None, description="only this kind")] = None,
    country: Annotated[
        str | None, Query(None, pattern=r"^[A-Z]{2}$", description="ISO 3166-1 alpha-2")
    ] = None,
    after: After = None,
    limit: Limit = DEFAULT_LIMIT,
) -> Any:
    """Organisations of the directory, by name."""
    return queries.organisation_page(_viewer(request), kind=kind, country=country, after=after, limit=limit)


@api.get(
    "/organisations/{slug}",
    response={200: OrganisationOut, **REFUSALS_OF_ONE},
    operation_id="organisation",
    tags=["organisations"],
)
def organisation_detail(request: HttpRequest, slug: Slug) -> Any:
    """One organisation."""
    return queries.organisation(_viewer(request), slug)


@api.get("/sets", response={200: SetPage, **REFUSALS}, operation_id="sets", tags=["sets"])
def set_list(request: HttpRequest, after: After = None, limit: Limit = DEFAULT_LIMIT) -> Any:
    """Shared sets of indicators that every cluster may adopt, the oldest first."""
    return queries.set_page(_viewer(request), after=after, limit=limit)


@api.get("/sets/{set_id}", response={200: SetDetail, **REFUSALS_OF_ONE}, operation_id="set", tags=["sets"])
def set_detail(
    request: HttpRequest,
    set_id: Annotated[int, Path(ge=1, le=2**63 - 1, description="the id that the list gives")],
) -> Any:
    """One shared set with its versions, and the indicators of each by the definition that it means."""
    return queries.indicator_set(_viewer(request), set_id)


@api.exception_handler(DomainError)
def refused(request: HttpRequest, error: DomainError) -> HttpResponse:
    return _problem(request, error.status, error.code, str(error))


@api.exception_handler(ObjectDoesNotExist)
def not_found(request: HttpRequest, error: ObjectDoesNotExist) -> HttpResponse:
    return _problem(request, 404, "not_found", _("There is nothing at this address that you may see."))


@api.exception_handler(AuthenticationError)
def not_authenticated(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    message = _("This token is not valid here: it may have ended, been revoked, or lack the scope to read.")
    return _problem(request, 401, "token_not_valid", message)


@api.exception_handler(ValidationError)
def not_valid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    said = "; ".join(f"{detail['loc'][-1]}: {detail['msg']}" for detail in error.errors)
    return _problem(request, 422, "not_valid", said)


def _problem(request: HttpRequest, status: int, code: str, message: str) -> HttpResponse:
    return api.create_response(request, {"code": code, "message": message}, status=status)


def _viewer(request: HttpRequest) -> Viewer:
    viewer: Viewer = request.auth  # type: ignore[attr-defined]  # set by ninja
    return viewer
