"""What rounds, declared figures, targets and notes hear of people who leave, and tell about them."""

from typing import Any

from django.db import models
from django.db.models import Q, QuerySet

from filiera.accounts import exports
from filiera.accounts.models import Person
from filiera.accounts.signals import person_erased
from filiera.indicators.actions.declaration_owners import forget_owner
from filiera.indicators.models import (
    CollectionComment,
    CollectionFirm,
    CollectionPart,
    CollectionRound,
    Declaration,
    DeclarationRequest,
    DigestRefusal,
    FigureNote,
    FigureTarget,
)
from filiera.indicators.queries.declaration_links import mark_of

# Of each model the columns that say who: they are emptied, and the row stays.
_WHO: tuple[tuple[type[models.Model], tuple[str, ...]], ...] = (
    (CollectionRound, ("created_by", "opened_by", "frozen_by")),
    (CollectionPart, ("submitted_by", "accepted_by")),
    (CollectionComment, ("written_by",)),
    (Declaration, ("declared_by", "confirmed_by", "returned_by")),
    (DeclarationRequest, ("owner", "asked_by")),
    (FigureTarget, ("set_by",)),
    (FigureNote, ("written_by",)),
)


def connect() -> None:
    person_erased.connect(forget_person, dispatch_uid="indicators.rounds.person_erased")
    exports.register("figures told", part_in_figures)


def part_in_figures(person: Person) -> dict[str, Any]:
    """What somebody asked, submitted, declared and wrote, for the archive of their data."""
    return {
        "rounds": list(
            CollectionRound.objects.filter(
                Q(created_by=person) | Q(opened_by=person) | Q(frozen_by=person)
            ).values("organisation__slug", "title", "created_at", "opened_at", "frozen_at")
        ),
        "figures submitted or accepted": list(
            CollectionPart.objects.filter(Q(submitted_by=person) | Q(accepted_by=person)).values(
                "organisation__slug", "submitted_at", "accepted_at"
            )
        ),
        "comments": list(
            CollectionComment.objects.filter(written_by=person).values("code", "text", "written_at")
        ),
        "declared": list(
            Declaration.objects.filter(
                Q(declared_by=person) | Q(confirmed_by=person) | Q(returned_by=person)
            ).values(
                "organisation__slug",
                "code",
                "value",
                "note",
                "declared_at",
                "confirmed_at",
                "returned_at",
                "returned_because",
            )
        ),
        "asked to declare": list(
            DeclarationRequest.objects.filter(Q(owner=person) | Q(asked_by=person)).values(
                "organisation__slug", "code", "due_on", "asked_at"
            )
        ),
        "asked to declare by a link": list(
            _asked_outside(person).values(
                "organisation__slug", "code", "due_on", "asked_at", "owner_name", "owner_email"
            )
        ),
        "declared by a link": list(
            _told_outside(person).values(
                "organisation__slug", "code", "value", "note", "declared_name", "declared_at"
            )
        ),
        "targets": list(
            FigureTarget.objects.filter(set_by=person).values(
                "organisation__slug", "code", "reason", "set_at"
            )
        ),
        "notes": list(
            FigureNote.objects.filter(written_by=person).values(
                "organisation__slug", "code", "text", "written_at"
            )
        ),
        "written to for a firm": list(
            CollectionFirm.objects.filter(email__iexact=person.email)
            .exclude(email="")
            .values("organisation__slug", "round__title", "email", "invited_at", "reminded_at")
        ),
        "digests refused": list(
            DigestRefusal.objects.filter(person=person).values("organisation__slug", "refused_at")
        ),
    }


def forget_person(*, person: Person, **_: Any) -> None:
    """Figures and rounds are the organisations' and stay; who made them is no longer told."""
    for model, columns in _WHO:
        for column in columns:
            model._default_manager.filter(**{column: person}).update(**{column: None})
    DigestRefusal.objects.filter(person=person).delete()
    # Somebody outside the team is known by name and address: both go, and the figure stays.
    for request in _asked_outside(person):
        forget_owner(request)
    _told_outside(person).update(declared_name="", declared_mark="")
    # A firm was written to at the address of its contact; the next round would take it over.
    CollectionFirm.objects.filter(email__iexact=person.email).exclude(email="").update(email="", language="")


def _asked_outside(person: Person) -> QuerySet[DeclarationRequest]:
    return DeclarationRequest.objects.filter(owner_email__iexact=person.email).exclude(owner_email="")


def _told_outside(person: Person) -> QuerySet[Declaration]:
    """Also where the address is gone since: its mark stayed with what was declared."""
    return Declaration.objects.filter(declared_mark=mark_of(person.email))
