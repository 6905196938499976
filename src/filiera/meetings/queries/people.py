"""Whom to meet: the others of a round, those who fit best first, each with the reason."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from filiera.accounts.viewer import Viewer
from filiera.meetings.models import Attendee, Block, MeetingRound, MeetingWish, WishState
from filiera.texts.languages import translated
from filiera.texts.similarity import similarity
from filiera.texts.sorting import sort_key
from filiera.workshops.models import Challenge

PAGE = 24
# More than all likeness together: whoever asks stands first.
_WANTED = 10.0
_WORD = re.compile(r"\w{5,}")
_LIKE, _ALIKE = 0.1, 0.25
"""From this likeness on two short texts, and two challenges, are said to be about the same."""


@dataclass(frozen=True)
class Profile:
    """What is compared of somebody."""

    attendee: Attendee
    organisation: str
    country: str
    country_code: str
    ecosystem: str
    languages: frozenset[str]
    challenge: str


@dataclass(frozen=True)
class PersonLine:
    """Somebody one could meet, what speaks for it, and what has been said already."""

    profile: Profile
    score: float
    reasons: list[str] = field(default_factory=list)
    wish: MeetingWish | None = None
    received: MeetingWish | None = None

    @property
    def attendee(self) -> Attendee:
        return self.profile.attendee


@dataclass(frozen=True)
class PeoplePage:
    lines: list[PersonLine]
    total: int
    next_start: int | None


def people_to_meet(
    viewer: Viewer, round_: MeetingRound, own: Attendee, *, wanted: str = "", start: int = 0
) -> PeoplePage:
    """The others of a round for one of them, best first; whom they do not want to meet is left out."""
    visible = Attendee.objects.visible_to(viewer).present().filter(round=round_).exclude(pk=own.pk)
    blocked = Block.objects.visible_to(viewer).filter(blocker=own).values("blocked_id")
    others = with_profiles(visible.exclude(pk__in=blocked))
    mine = with_profiles(Attendee.objects.visible_to(viewer).filter(pk=own.pk))[0]
    wishes = {
        wish.wanted_id: wish
        for wish in MeetingWish.objects.visible_to(viewer)
        .filter(wisher=own)
        .exclude(state=WishState.WITHDRAWN)
    }
    received = {
        wish.wisher_id: wish for wish in MeetingWish.objects.visible_to(viewer).standing().filter(wanted=own)
    }
    asked = sort_key(wanted)
    lines = [
        _line(mine, other, wishes, received)
        for other in others
        if not asked or asked in sort_key(_searched(other))
    ]
    lines.sort(key=lambda line: (-line.score, line.attendee.sort_name, line.attendee.pk))
    shown = lines[start : start + PAGE]
    more = start + PAGE if start + PAGE < len(lines) else None
    return PeoplePage(lines=shown, total=len(lines), next_start=more)


def with_profiles(attendees: QuerySet[Attendee]) -> list[Profile]:
    """Two queries: the people with what their places say of them, and their challenges."""
    rows = list(
        attendees.select_related(
            "organisation__country",
            "participation__country",
            "participation__ecosystem",
            "participation__application",
        ).order_by("pk")
    )
    challenges = _challenges(rows)
    return [_profile(attendee, challenges) for attendee in rows]


def _challenges(attendees: Iterable[Attendee]) -> dict[int, str]:
    places = [attendee.participation_id for attendee in attendees if attendee.participation_id]
    told: dict[int, str] = {}
    for challenge in Challenge.objects.filter(owner__in=places).order_by("-created_at", "-pk"):
        if challenge.owner_id is not None:
            told[challenge.owner_id] = f"{challenge.title}. {challenge.statement}"
    return told


def _profile(attendee: Attendee, challenges: Mapping[int, str]) -> Profile:
    place, organisation = attendee.participation, attendee.organisation
    application = place.application if place else None
    country = (place.country if place else None) or (organisation.country if organisation else None)
    challenge = challenges.get(place.pk, "") if place else ""
    if not challenge and application is not None:
        challenge = f"{application.challenge_title}. {application.challenge}"
    return Profile(
        attendee=attendee,
        organisation=organisation.name_here if organisation else attendee.organisation_name,
        country=translated(country.names) if country else "",
        country_code=country.pk if country else "",
        ecosystem=translated(place.ecosystem.names) if place and place.ecosystem else "",
        languages=frozenset(application.languages) if application else frozenset(),
        challenge=challenge.strip(". "),
    )


def _searched(profile: Profile) -> str:
    attendee = profile.attendee
    return " ".join((attendee.name, profile.organisation, profile.country, attendee.offers, attendee.needs))


def _line(
    mine: Profile,
    other: Profile,
    wishes: Mapping[int, MeetingWish],
    received: Mapping[int, MeetingWish],
) -> PersonLine:
    key = other.attendee.pk
    score, reasons = likeness(mine, other)
    wish_of_other = received.get(key)
    if wish_of_other is not None:
        score += _WANTED
        reasons.insert(0, _("Wants to meet you."))
    return PersonLine(other, score, reasons, wish=wishes.get(key), received=wish_of_other)


def likeness(mine: Profile, other: Profile) -> tuple[float, list[str]]:
    """How much speaks for a meeting, and the sentences that say it."""
    reasons: list[str] = []
    gives = similarity(mine.attendee.needs, other.attendee.offers)
    takes = similarity(mine.attendee.offers, other.attendee.needs)
    alike = similarity(mine.challenge, other.challenge)
    score = 2.0 * gives + 2.0 * takes + 1.5 * alike
    told = (
        (gives, _LIKE, _("Offers what you need"), mine.attendee.needs, other.attendee.offers),
        (takes, _LIKE, _("Needs what you offer"), mine.attendee.offers, other.attendee.needs),
        (alike, _ALIKE, _("Works on a challenge like yours"), mine.challenge, other.challenge),
    )
    for likeness_found, least, sentence, one, another in told:
        words = _shared_words(one, another)
        if words and likeness_found >= least:
            reasons.append(f"{sentence}: {', '.join(words)}.")
    if mine.ecosystem and mine.ecosystem == other.ecosystem:
        score += 0.3
        reasons.append(_("The same ecosystem: %(name)s.") % {"name": other.ecosystem})
    if mine.country_code and other.country_code and mine.country_code != other.country_code:
        score += 0.05
    if mine.languages and other.languages and not mine.languages & other.languages:
        score -= 0.5
        reasons.append(_("No language in common was named."))
    return score, reasons


def _shared_words(one: str, other: str) -> list[str]:
    """The words that two texts share, longest first, so that a reason can be checked."""
    left = {sort_key(word) for word in _WORD.findall(one)}
    both = {sort_key(word): word.lower() for word in _WORD.findall(other) if sort_key(word) in left}
    return sorted(both.values(), key=lambda word: (-len(word), word))[:3]
