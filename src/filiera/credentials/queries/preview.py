"""Who gets an award and why not, before anything is issued."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time

from django.db.models import QuerySet

from filiera.accounts.models import PersonKey
from filiera.admissions.models import Participation
from filiera.credentials.models import Award, Certificate
from filiera.credentials.queries.attendance import Attendance, attendance_in, held_minutes
from filiera.credentials.queries.standing import Needs, Standing, standing_of
from filiera.ledger.models import Fact
from filiera.texts.sorting import sort_key


@dataclass(frozen=True, slots=True)
class PreviewLine:
    """One participant: how far they are, and the certificate that stands."""

    participation: Participation
    attendance: Attendance
    standing: Standing
    certificate: Certificate | None


@dataclass(frozen=True, slots=True)
class Preview:
    """Everybody with a confirmed place, by name."""

    needs: Needs
    lines: Sequence[PreviewLine]

    @property
    def ready(self) -> list[PreviewLine]:
        """Those who qualify and have no certificate yet."""
        return [line for line in self.lines if line.standing.qualifies and line.certificate is None]

    @property
    def short(self) -> list[PreviewLine]:
        """Those who miss something and have no certificate."""
        return [line for line in self.lines if not line.standing.qualifies and line.certificate is None]

    @property
    def issued(self) -> list[PreviewLine]:
        return [line for line in self.lines if line.certificate is not None]


def preview_of(award: Award) -> Preview:
    """The same number of questions to the database whatever the number of participants."""
    needs = Needs.of(award, held_minutes(award.edition, award.part))
    attended = attendance_in(award.edition, award.part)
    participations = list(
        candidates(award).select_related("organisation__region", "country", "person", "ecosystem")
    )
    facts = _facts_of(award, participations)
    standing = Certificate.objects.filter(award=award).standing()
    certificates = {certificate.participation_id: certificate for certificate in standing}
    lines = []
    for participation in sorted(participations, key=lambda row: (sort_key(row.name), row.pk)):
        attendance = attended.get(participation.pk, Attendance())
        told = standing_of(needs, attendance, facts.get(participation.pk, frozenset()))
        lines.append(PreviewLine(participation, attendance, told, certificates.get(participation.pk)))
    return Preview(needs, lines)


def candidates(award: Award) -> "QuerySet[Participation]":
    """Those whose presence may lead to this award."""
    return Participation.objects.confirmed().filter(edition_id=award.edition_id)


def _facts_of(award: Award, participations: Sequence[Participation]) -> dict[int, frozenset[str]]:
    """The needed kinds that stand recorded of each participant since the edition began."""
    if not award.needed_facts:
        return {}
    people = {row.person_id: row.pk for row in participations if row.person_id is not None}
    keys = dict(PersonKey.objects.filter(person__in=people).values_list("key", "person_id"))
    first_day = award.edition.parts.order_by("starts_on").values_list("starts_on", flat=True).first()
    told = Fact.objects.filter(kind__in=award.needed_facts, person__in=keys)
    if first_day is not None:
        told = told.filter(happened_at__gte=datetime.combine(first_day, time.min, UTC))
    sums: dict[tuple[int, str], int] = {}
    for person, kind, reverses in told.values_list("person", "kind", "reverses"):
        if person is not None:
            place = (people[keys[person]], kind)
            sums[place] = sums.get(place, 0) + (1 if reverses is None else -1)
    found: dict[int, set[str]] = {}
    for (participation_id, kind), count in sums.items():
        if count > 0:
            found.setdefault(participation_id, set()).add(kind)
    return {key: frozenset(kinds) for key, kinds in found.items()}
