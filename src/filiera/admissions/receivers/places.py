"""What places tell a person about themselves, and what becomes of them at an erasure.

The place itself stays without name, address and link, so that counts of people, countries and
organisations stay right; a place in an edition that has not begun goes to the reserve list.
"""

from datetime import datetime
from typing import Any

from filiera.accounts import exports
from filiera.accounts.models import Person
from filiera.accounts.signals import person_erased
from filiera.accounts.viewer import SYSTEM
from filiera.admissions.actions.participations import HELD_STATES, beginning_of, cancel_place
from filiera.admissions.models import DayAttendance, DayAttendanceChange, Participation, SessionPlace
from filiera.admissions.queries.registration import respondent_of
from filiera.mail.models import OutgoingMail
from filiera.questionnaires import wall
from filiera.questionnaires.actions.leaving import forget_respondent
from filiera.questionnaires.models import Answer
from filiera.texts.languages import translated


def connect() -> None:
    person_erased.connect(forget_person, dispatch_uid="admissions.places.person_erased")
    exports.register("places", places_of)


def places_of(person: Person) -> dict[str, Any]:
    """What is kept about a person's places, sensitive answers included, for the archive of their data."""
    places = list(Participation.objects.filter(person=person).order_by("pk"))
    with wall.opened_for_jobs():
        answers = list(
            Answer.objects.filter(response__respondent__in=[respondent_of(place) for place in places])
            .select_related("question")
            .order_by("response", "question__step", "question__position")
        )
    return {
        "places": list(
            Participation.objects.filter(person=person)
            .order_by("pk")
            .values(
                "edition__slug", "name", "email", "position", "organisation__name", "organisation_name",
                "country", "ecosystem", "language", "state", "selected_at", "offered_at", "respond_by",
                "confirmed_at", "registered_at", "ended_at",
            )
        ),
        "days": list(
            DayAttendance.objects.filter(participation__person=person)
            .order_by("day__date", "pk")
            .values("participation__edition__slug", "day__date", "mode", "changed_at")
        ),
        "changes of days": list(
            DayAttendanceChange.objects.filter(attendance__participation__person=person)
            .order_by("changed_at", "pk")
            .values("attendance__day__date", "before", "after", "changed_at")
        ),
        "places in sessions": list(
            SessionPlace.objects.filter(participation__person=person)
            .order_by("pk")
            .values("sign_up__session__slug", "state", "asked_at", "taken_at")
        ),
        "details of registrations": [
            {"question": translated(answer.question.label), "answer": answer.value} for answer in answers
        ],
    }  # fmt: skip


def forget_person(*, person: Person, at: datetime, **_: Any) -> None:
    """Take the person out of their places; mails to the address of a place leave with them."""
    for place in Participation.objects.filter(person=person).select_related("edition__organiser"):
        begins_at = beginning_of(place.edition)
        if place.state in HELD_STATES and (begins_at is None or at < begins_at):
            place = cancel_place(participation=place, by=SYSTEM, at=at, writes=False)
        forget_respondent(respondent=respondent_of(place), at=at)
        OutgoingMail.objects.filter(to_address=place.email).exclude(to_address="").delete()
        DayAttendanceChange.objects.filter(attendance__participation=place).delete()
        place.name, place.email, place.position, place.link_seed = "—", "", "", ""
        place.person = None
        place.save()
