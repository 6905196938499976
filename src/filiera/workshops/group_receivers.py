"""What groups tell a person about themselves, and what becomes of it at an erasure."""

from typing import Any

from filiera.accounts import exports
from filiera.accounts.models import Person
from filiera.accounts.signals import person_erased
from filiera.texts.languages import translated
from filiera.workshops.models import GroupRule, GroupStep, RoundAbsence, Seat, ThemeWish


def connect() -> None:
    person_erased.connect(forget_person, dispatch_uid="workshops.groups.person_erased")
    exports.register("groups", groups_of)


def groups_of(person: Person) -> dict[str, Any]:
    """The groups somebody sat in, and the themes they wished for."""
    seats = Seat.objects.filter(participation__person=person, round__series__published_at__isnull=False)
    return {
        "groups": [
            {
                "edition": seat.round.series.edition.slug,
                "groups": translated(seat.round.series.title),
                "round": seat.round.number,
                "group": seat.group.number,
                "theme": seat.group.theme,
            }
            for seat in seats.select_related("round__series__edition", "group").order_by("pk")
        ],
        "wishes": list(
            ThemeWish.objects.filter(participation__person=person)
            .order_by("series", "rank")
            .values("series__edition__slug", "theme", "rank", "wished_at")
        ),
    }


def forget_person(*, person: Person, **_: Any) -> None:
    """Wishes, rules, absences and steps go; a seat stays with a place that has no name any more."""
    ThemeWish.objects.filter(participation__person=person).delete()
    RoundAbsence.objects.filter(participation__person=person).delete()
    GroupRule.objects.filter(first__person=person).delete()
    GroupRule.objects.filter(second__person=person).delete()
    GroupStep.objects.filter(participation__person=person).delete()
