"""What the preparation for the label hears of people who leave, and what it tells about them."""

from typing import Any

from django.db.models import Q

from filiera.accounts import exports
from filiera.accounts.models import Person
from filiera.accounts.signals import person_erased
from filiera.indicators.models import InterviewNote, LabelEvidence, LabelTarget, PeerConsent


def connect() -> None:
    person_erased.connect(forget_person, dispatch_uid="indicators.readiness.person_erased")
    exports.register("label_preparation", part_in_preparation)


def part_in_preparation(person: Person) -> dict[str, Any]:
    """What somebody added, confirmed, aimed at and wrote, for the archive of their data."""
    touched = Q(added_by=person) | Q(confirmed_by=person) | Q(removed_by=person)
    return {
        "evidence": list(
            LabelEvidence.objects.filter(touched).values(
                "organisation__slug", "code", "kind", "title", "url", "added_at", "confirmed_at", "removed_at"
            )
        ),
        "targets": list(
            LabelTarget.objects.filter(set_by=person).values("organisation__slug", "code", "value", "set_at")
        ),
        "consents": list(
            PeerConsent.objects.filter(Q(given_by=person) | Q(withdrawn_by=person)).values(
                "organisation__slug", "given_at", "withdrawn_at"
            )
        ),
        "interview": list(
            InterviewNote.objects.filter(written_by=person).values(
                "organisation__slug", "code", "text", "written_at"
            )
        ),
    }


def forget_person(*, person: Person, **_: Any) -> None:
    """The binder is the cluster's and stays; who added and who confirmed is no longer told."""
    for name in ("added_by", "confirmed_by", "removed_by"):
        LabelEvidence.objects.filter(**{name: person}).update(**{name: None})
    LabelTarget.objects.filter(set_by=person).update(set_by=None)
    InterviewNote.objects.filter(written_by=person).update(written_by=None)
    for name in ("given_by", "withdrawn_by"):
        PeerConsent.objects.filter(**{name: person}).update(**{name: None})
