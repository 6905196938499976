"""Speakers as the desk sees them: who has answered, and what is still owed."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from filiera.academy.models import (
    Contribution,
    Edition,
    EditionMember,
    EditionRole,
    Material,
    Session,
    Speaker,
)
from filiera.texts.languages import translated

CHASE_DAYS = 14
"""Slides are asked for from this many days before they are due."""


class Owed(StrEnum):
    """What a speaker may still owe."""

    ANSWER = "answer"
    CONSENT = "consent"
    BIOGRAPHY = "biography"
    PHOTO = "photo"
    SLIDES = "slides"


OWED_NAMES = {
    Owed.ANSWER: _("answer"),
    Owed.CONSENT: _("consent to publish"),
    Owed.BIOGRAPHY: _("biography"),
    Owed.PHOTO: _("photograph"),
    Owed.SLIDES: _("slides"),
}


@dataclass
class SpeakerLine:
    """One speaker with their sessions and what is missing."""

    speaker: Speaker
    titles: list[str] = field(default_factory=list)
    missing: list[Owed] = field(default_factory=list)

    @property
    def missing_names(self) -> list[str]:
        return [str(OWED_NAMES[what]) for what in self.missing]


def speaker_lines(edition: Edition, today: date) -> list[SpeakerLine]:
    """All speakers of an edition by name, in a fixed number of queries."""
    titles: dict[int, list[str]] = defaultdict(list)
    contributions = Contribution.objects.filter(session__edition=edition).order_by("during", "pk")
    for speaker_id, title in contributions.values_list("speaker_id", "session__title"):
        titles[speaker_id].append(translated(title))
    with_slides = set(
        Material.objects.filter(session__edition=edition, speaker__isnull=False).values_list(
            "speaker_id", flat=True
        )
    )
    speakers = (
        Speaker.objects.filter(edition=edition)
        .select_related("organisation", "country", "photo", "edition", "person")
        .order_by("name", "pk")
    )
    return [
        SpeakerLine(speaker, titles[speaker.pk], _missing(speaker, speaker.pk in with_slides, today))
        for speaker in speakers
    ]


def missing_of(edition: Edition, today: date) -> list[tuple[Speaker, list[str]]]:
    """Every speaker with what is still owed, in words that wait for their reader's language."""
    return [
        (line.speaker, [OWED_NAMES[what] for what in line.missing])  # type: ignore[misc]
        for line in speaker_lines(edition, today)
    ]


def _missing(speaker: Speaker, has_slides: bool, today: date) -> list[Owed]:
    if speaker.declined_at is not None:
        return []
    due = speaker.slides_due_on
    owed = {
        Owed.ANSWER: speaker.confirmed_at is None,
        Owed.CONSENT: speaker.consented_at is None,
        Owed.BIOGRAPHY: not any(speaker.biography.values()),
        Owed.PHOTO: speaker.photo_id is None,
        Owed.SLIDES: due is not None and not has_slides and (due - today).days <= CHASE_DAYS,
    }
    return [what for what, is_owed in owed.items() if is_owed]


def sessions_of(speaker: Speaker) -> QuerySet[Session]:
    return (
        Session.objects.filter(contributions__speaker=speaker)
        .select_related("part", "room")
        .order_by("during", "pk")
    )


@dataclass(frozen=True)
class Audience:
    """Who will be there, as counts only: a speaker learns nobody's name."""

    people: int
    countries: list[tuple[str, int]]
    ecosystems: list[tuple[str, int]]


def audience_of(edition: Edition) -> Audience:
    """Participants by country and ecosystem of their organisation, largest first."""
    members = EditionMember.objects.filter(
        edition=edition, role=EditionRole.PARTICIPANT, until__isnull=True
    ).select_related("organisation__country")
    countries: dict[str, int] = defaultdict(int)
    ecosystems: dict[str, int] = defaultdict(int)
    rows = list(members.prefetch_related("organisation__ecosystems"))
    for member in rows:
        if member.organisation is None:
            continue
        if member.organisation.country is not None:
            countries[translated(member.organisation.country.names)] += 1
        for ecosystem in member.organisation.ecosystems.all():
            ecosystems[translated(ecosystem.names)] += 1
    return Audience(people=len(rows), countries=_ranked(countries), ecosystems=_ranked(ecosystems))


def _ranked(counts: dict[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))
