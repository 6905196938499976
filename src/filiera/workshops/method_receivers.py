"""What methods tell a person about themselves, and what becomes of it at an erasure.

What a circle wrote together stays as its result; the names of who wrote, voted and placed go.
"""

from typing import Any

from filiera.accounts import exports
from filiera.accounts.models import Person
from filiera.accounts.signals import person_erased
from filiera.workshops.models import BoardMember, Dot, Method, MethodCard, MethodMove, Placing


def connect() -> None:
    person_erased.connect(forget_person, dispatch_uid="workshops.methods.person_erased")
    exports.register("methods", work_of)


def work_of(person: Person) -> dict[str, Any]:
    """What somebody wrote, how they voted and placed, and which roles they took."""
    return {
        "boards": list(
            BoardMember.objects.filter(person=person)
            .order_by("pk")
            .values("board__run__edition__slug", "board__run__title", "board__name", "role", "joined_at")
        ),
        "cards": list(
            MethodCard.objects.filter(author=person)
            .order_by("written_at", "pk")
            .values("board__run", "step", "area", "text", "written_at", "removed_at")
        ),
        "dots": list(
            Dot.objects.filter(person=person)
            .order_by("pk")
            .values("board__run", "step", "card__text", "pile__title", "put_at")
        ),
        "places": list(
            Placing.objects.filter(person=person)
            .order_by("pk")
            .values("board__run", "step", "card__text", "pile__title", "across", "upwards", "placed_at")
        ),
    }


def forget_person(*, person: Person, **_: Any) -> None:
    BoardMember.objects.filter(person=person).delete()
    # With the name goes what told this person's pages apart from others'.
    MethodCard.objects.filter(author=person).update(author=None, client_key="")
    Dot.objects.filter(person=person).update(person=None)
    Placing.objects.filter(person=person).update(person=None)
    MethodMove.objects.filter(made_by=person).update(made_by=None)
    Method.objects.filter(created_by=person).update(created_by=None)
