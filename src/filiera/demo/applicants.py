"""Eighty-four made-up applicants for the academy, the same on every machine."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from filiera.admissions.models import Gender, Maturity
from filiera.demo.people import DOMAIN
from filiera.demo.tables import read
from filiera.organisations.models import OrganisationKind

SEED = 84
COUNT = 84
# How many apply from where: many from the host's country and its neighbours, one or two from far away.
_COUNTRIES = {
    "IT": 13, "ES": 9, "PL": 8, "FR": 6, "RO": 6, "DE": 5, "PT": 5, "BG": 4, "CZ": 4, "HU": 4, "LT": 3,
    "NL": 3, "SE": 3, "FI": 2, "GR": 2, "SI": 2, "UA": 2, "TR": 1, "RS": 1, "NO": 1,
}  # fmt: skip
_LANGUAGES = {
    "IT": "it", "ES": "es", "PL": "pl", "FR": "fr", "RO": "ro", "DE": "de", "PT": "pt", "BG": "bg",
    "CZ": "cs", "HU": "hu", "LT": "lt", "NL": "nl", "SE": "sv", "FI": "fi", "GR": "el", "SI": "sl",
    "UA": "uk", "TR": "tr", "RS": "sr", "NO": "no",
}  # fmt: skip
_THINGS = {
    "AERO": "Aerospace", "AGRI": "Food", "CONS": "Building", "CCI": "Design", "DIGI": "Digital",
    "ELEC": "Electronics", "EII": "Materials", "EREN": "Energy", "HEAL": "Health", "MOBI": "Mobility",
    "PROX": "Social economy", "RETA": "Retail", "TEXT": "Textile", "TOUR": "Tourism",
}  # fmt: skip
_WEIGHTS = {"DIGI": 4, "AGRI": 3, "EREN": 3, "MOBI": 3, "HEAL": 3, "TEXT": 2, "EII": 2}


@dataclass(frozen=True, slots=True)
class Organisation:
    """A made-up applying organisation."""

    slug: str
    name: str
    kind: str
    country: str
    ecosystem: str
    maturity: str


@dataclass(frozen=True, slots=True)
class Applicant:
    """A made-up candidate with what the cohort is balanced by; `quality` steers the reviewers' scores."""

    number: int
    name: str
    organisation: Organisation
    position: str
    gender: str
    languages: tuple[str, ...]
    is_returning: bool
    challenge_title: str
    challenge: str
    quality: float

    @property
    def email(self) -> str:
        return f"applicant-{self.number:02d}@{DOMAIN}"


def made_up_applicants() -> list[Applicant]:
    """In the order of their numbers; some organisations send two or three."""
    chance = random.Random(SEED)  # noqa: S311 - the same data on every machine is the point
    names = _names(chance)
    challenges = read("generated_challenges")
    organisations = _organisations(chance)
    return [
        _applicant(number, name, organisation, challenges, chance)
        for number, (name, organisation) in enumerate(zip(names, organisations, strict=True), start=1)
    ]


def _names(chance: random.Random) -> list[str]:
    parts = read("generated_names")
    every = [f"{first['given']} {second['family']}" for first in parts for second in parts]
    return chance.sample(every, COUNT)


def _organisations(chance: random.Random) -> list[Organisation]:
    """One for each applicant; about one in six sends a second or third candidate."""
    countries = [country for country, count in _COUNTRIES.items() for _ in range(count)]
    chance.shuffle(countries)
    made: list[Organisation] = []
    for number, country in enumerate(countries, start=1):
        siblings = [organisation for organisation in made if organisation.country == country]
        if siblings and chance.random() < 1 / 6:
            made.append(chance.choice(siblings))
            continue
        codes = sorted(_THINGS)
        ecosystem = chance.choices(codes, [_WEIGHTS.get(code, 1) for code in codes])[0]
        kind = chance.choices(
            (OrganisationKind.CLUSTER, OrganisationKind.META_CLUSTER, OrganisationKind.AUTHORITY), (12, 1, 1)
        )[0]
        word = {"cluster": "Cluster", "meta_cluster": "Network", "authority": "Agency"}[kind]
        made.append(
            Organisation(
                slug=f"demo-applicant-{number:02d}",
                name=f"{_THINGS[ecosystem]} {word} {country} {number:02d}",
                kind=kind,
                country=country,
                ecosystem=ecosystem,
                maturity=chance.choices(
                    (Maturity.EMERGING, Maturity.ESTABLISHED, Maturity.MATURE), (4, 5, 3)
                )[0],
            )
        )
    return made


def _applicant(
    number: int,
    name: str,
    organisation: Organisation,
    challenges: Sequence[dict[str, str]],
    chance: random.Random,
) -> Applicant:
    fitting = [row for row in challenges if row["ecosystem"] in ("", organisation.ecosystem)]
    challenge = chance.choice(fitting)
    own = _LANGUAGES[organisation.country]
    more = [language for language in ("fr", "de", "es", "it") if language != own]
    spoken = ("en", own, *chance.sample(more, chance.choice((0, 0, 1))))
    return Applicant(
        number=number,
        name=name,
        organisation=organisation,
        position=chance.choice(("Cluster manager", "Project manager", "Head of services", "Director")),
        gender=chance.choices((Gender.WOMAN, Gender.MAN, Gender.OTHER, ""), (10, 10, 1, 3))[0],
        languages=tuple(dict.fromkeys(spoken)),
        is_returning=chance.random() < 0.15,
        challenge_title=challenge["title"],
        challenge=challenge["text"],
        quality=min(0.97, max(0.2, chance.gauss(0.66, 0.14))),
    )
