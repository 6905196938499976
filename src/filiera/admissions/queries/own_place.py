"""What the page of one place shows."""

from dataclasses import dataclass
from datetime import datetime

from filiera.accounts.viewer import Viewer
from filiera.admissions.models import Call, CallKind, Participation, ParticipationState

from .registration import registration_form


@dataclass(frozen=True)
class PlacePage:
    """Where a place stands, and what its holder can do now."""

    zone: str
    is_open: bool
    is_late: bool
    is_confirmed: bool
    # Whether the team asks for details.
    asks_details: bool
    steps: list[tuple[str, str]]


def place_page(participation: Participation, *, at: datetime) -> PlacePage:
    call = Call.objects.filter(edition=participation.edition, kind=CallKind.PARTICIPANTS).first()
    is_confirmed = participation.state == ParticipationState.CONFIRMED
    asks_details = is_confirmed and registration_form(participation.edition) is not None
    is_offered = participation.state == ParticipationState.OFFERED
    is_late = is_offered and participation.respond_by is not None and participation.respond_by <= at
    return PlacePage(
        zone=call.time_zone if call is not None else participation.edition.time_zone,
        is_open=is_offered and not is_late,
        is_late=is_late,
        is_confirmed=is_confirmed,
        asks_details=asks_details,
        steps=_steps(participation, asks_details=asks_details),
    )


def own_place(viewer: Viewer, edition_slug: str) -> Participation | None:
    """The place of whoever is signed in, in the edition of the address."""
    if viewer.person_id is None:
        return None
    places = Participation.objects.visible_to(viewer).select_related("edition")
    return places.filter(edition__slug=edition_slug, person_id=viewer.person_id).first()


def _steps(participation: Participation, *, asks_details: bool) -> list[tuple[str, str]]:
    """Selected, confirmed, registered: what is done and where the holder stands."""
    done = [
        ("selected", True),
        ("confirmed", participation.confirmed_at is not None and participation.ended_at is None),
    ]
    if asks_details:
        done.append(("registered", participation.registered_at is not None))
    here = next((name for name, is_done in done if not is_done), "")
    return [(name, "done" if is_done else "here" if name == here else "") for name, is_done in done]
