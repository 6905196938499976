"""Reads of the API: the same rows and rules as the pages, in the API's shape."""

from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from filiera.academy.models import (
    Edition,
    EditionState,
    Part,
    ProgrammeVersion,
    PublishedSession,
    PublishedSpeaker,
)
from filiera.accounts.viewer import Viewer
from filiera.admissions.queries.counts import Counts, counts_of
from filiera.api.paging import cursor, key_after
from filiera.api.schemas import SessionOut
from filiera.indicators.models import IndicatorSet, SetItem, SetVersion
from filiera.indicators.queries.definitions import pinned_definition
from filiera.organisations.models import Organisation

JsonPage = dict[str, Any]
SESSION_FIELDS = tuple(SessionOut.model_fields)


def edition_page(viewer: Viewer, *, after: str | None, limit: int) -> JsonPage:
    """Listed editions and those the viewer belongs to, by slug. Raises InvalidCursor."""
    listed = Q(state=EditionState.PUBLIC)
    if viewer.person_id:
        listed |= Q(members__person_id=viewer.person_id, members__until__isnull=True)
    rows = _editions(viewer).filter(listed)
    if after:
        rows = rows.filter(slug__gt=key_after(after, str)[0])
    found = list(rows.order_by("slug").distinct()[: limit + 1])
    return _page(found, limit, [_edition(row) for row in found[:limit]], lambda row: cursor(row.slug))


def edition(viewer: Viewer, slug: str) -> dict[str, Any]:
    """One edition. Raises Edition.DoesNotExist."""
    return _edition(_editions(viewer).get(slug=slug))


def session_page(viewer: Viewer, slug: str, *, after: str | None, limit: int) -> JsonPage:
    """The published sessions of an edition by time. Raises Edition.DoesNotExist, InvalidCursor."""
    rows = PublishedSession.objects.filter(version=_current_version(viewer, slug))
    if after:
        rows = rows.filter(position__gt=key_after(after, int)[0])
    found = list(rows.order_by("position").values_list("position", "data")[: limit + 1])
    items = [{name: data[name] for name in SESSION_FIELDS} for _position, data in found[:limit]]
    return _page(found, limit, items, lambda row: cursor(row[0]))


def session(viewer: Viewer, edition_slug: str, slug: str) -> dict[str, Any]:
    """One published session. Raises Edition.DoesNotExist, PublishedSession.DoesNotExist."""
    version = _current_version(viewer, edition_slug)
    data: dict[str, Any] = PublishedSession.objects.values_list("data", flat=True).get(
        version=version, slug=slug
    )
    return data


def speaker_page(viewer: Viewer, slug: str, *, after: str | None, limit: int) -> JsonPage:
    """The published speakers of an edition by name. Raises Edition.DoesNotExist, InvalidCursor."""
    rows = PublishedSpeaker.objects.filter(version=_current_version(viewer, slug))
    if after:
        rows = rows.filter(position__gt=key_after(after, int)[0])
    found = list(rows.order_by("position").values_list("position", "data")[: limit + 1])
    items = [
        {**data, "sessions": [session["slug"] for session in data["sessions"]]}
        for _position, data in found[:limit]
    ]
    return _page(found, limit, items, lambda row: cursor(row[0]))


def organisation_page(
    viewer: Viewer, *, kind: str | None, country: str | None, after: str | None, limit: int
) -> JsonPage:
    """Organisations by name. Raises InvalidCursor."""
    rows = _organisations(viewer)
    if kind:
        rows = rows.filter(kind=kind)
    if country:
        rows = rows.filter(country_id=country)
    if after:
        name, key = key_after(after, str, int)
        rows = rows.filter(Q(sort_key__gt=name) | Q(sort_key=name, pk__gt=key))
    found = list(rows.order_by("sort_key", "pk")[: limit + 1])
    items = [_organisation(row) for row in found[:limit]]
    return _page(found, limit, items, lambda row: cursor(row.sort_key, row.pk))


def organisation(viewer: Viewer, slug: str) -> dict[str, Any]:
    """One organisation. Raises Organisation.DoesNotExist."""
    return _organisation(_organisations(viewer).get(slug=slug))


def people_counts(viewer: Viewer, slug: str) -> Counts:
    """The counts of an edition's people. Raises Edition.DoesNotExist."""
    return counts_of(_editions(viewer).get(slug=slug))


def set_page(viewer: Viewer, *, after: str | None, limit: int) -> JsonPage:
    """Published sets of indicators that everybody may read, the oldest first. Raises InvalidCursor."""
    rows = _sets(viewer)
    if after:
        rows = rows.filter(pk__gt=key_after(after, int)[0])
    last = SetVersion.objects.visible_to(viewer).published()
    # Of each set the last version alone, however many there were.
    last = last.order_by("indicator_set_id", "-number").distinct("indicator_set_id")
    rows = rows.prefetch_related(Prefetch("versions", last, to_attr="published"))
    found: list[Any] = list(rows.order_by("pk")[: limit + 1])
    items = [_set(row, row.published[0]) for row in found[:limit]]
    return _page(found, limit, items, lambda row: cursor(row.pk))


def indicator_set(viewer: Viewer, set_id: int) -> dict[str, Any]:
    """One set with every published version. Raises IndicatorSet.DoesNotExist."""
    row = _sets(viewer).get(pk=set_id)
    versions = list(
        SetVersion.objects.visible_to(viewer)
        .published()
        .filter(indicator_set=row)
        .order_by("-number")
        .prefetch_related(Prefetch("items", SetItem.objects.visible_to(viewer).in_order()))
    )
    return {**_set(row, versions[0]), "versions": [_set_version(version) for version in versions]}


def _page(found: list[Any], limit: int, items: list[Any], key: Any) -> JsonPage:
    return {"items": items, "next": key(found[limit - 1]) if len(found) > limit else None}


def _editions(viewer: Viewer) -> QuerySet[Edition]:
    return (
        Edition.objects.visible_to(viewer)
        .filter(is_template=False)
        .select_related("series", "organiser", "host", "current_version")
        .prefetch_related(Prefetch("parts", Part.objects.order_by("number")))
    )


def _current_version(viewer: Viewer, slug: str) -> ProgrammeVersion | None:
    edition = (
        Edition.objects.visible_to(viewer)
        .select_related("current_version")
        .defer("current_version__data", "current_version__changes")
        .get(slug=slug)
    )
    return edition.current_version


def _edition(row: Edition) -> dict[str, Any]:
    version = row.current_version
    return {
        "slug": row.slug,
        "series": row.series.slug,
        "number": row.number,
        "name": row.name,
        "headline": row.headline,
        "summary": row.summary,
        "organiser": row.organiser.slug,
        "host": row.host.slug if row.host else None,
        "zone": row.time_zone,
        "version": version.number if version else None,
        "published_at": version.published_at if version else None,
        "is_demonstration": row.is_demonstration,
        "parts": [
            {
                "slug": part.slug,
                "title": part.title,
                "mode": part.mode,
                "starts_on": part.starts_on,
                "ends_on": part.ends_on,
                "zone": part.time_zone,
            }
            for part in row.parts.all()
        ],
    }


def _organisations(viewer: Viewer) -> QuerySet[Organisation]:
    return Organisation.objects.visible_to(viewer).prefetch_related("ecosystems", "s3_priorities")


def _organisation(row: Organisation) -> dict[str, Any]:
    return {
        "slug": row.slug,
        "kind": row.kind,
        "name": row.name,
        "names": row.names,
        "description": row.description,
        "country": row.country_id,
        "region": row.region_id,
        "city": row.city,
        "website": row.website,
        "ecosystems": sorted(ecosystem.pk for ecosystem in row.ecosystems.all()),
        "s3_priorities": sorted(priority.pk for priority in row.s3_priorities.all()),
        "source_url": row.source_url,
        "is_demonstration": row.is_demonstration,
    }


def _sets(viewer: Viewer) -> QuerySet[IndicatorSet]:
    return IndicatorSet.objects.visible_to(viewer).open_to_everybody().select_related("organisation")


def _set(row: IndicatorSet, last: SetVersion) -> dict[str, Any]:
    return {
        "id": row.pk,
        "organisation": row.organisation.slug,
        "name": last.name,
        "purpose": last.purpose,
        "version": last.number,
        "published_at": last.published_at,
        "is_demonstration": row.is_demonstration,
    }


def _set_version(version: SetVersion) -> dict[str, Any]:
    return {
        "number": version.number,
        "name": version.name,
        "purpose": version.purpose,
        "published_at": version.published_at,
        "items": [
            {
                "code": item.code,
                "definition_version": item.definition.version,
                "name": pinned_definition(item.definition).names,
                "note": item.note,
            }
            for item in version.items.all()
        ],
    }
