"""A table of people whose columns nobody promised: which column is what, and what each row says."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from filiera.shared.errors import DomainError
from filiera.shared.tables import RowProblem, read_lines
from filiera.texts.sorting import sort_key

# What a column can be, with the words that its heading may have in English and Italian.
FIELDS: dict[str, tuple[str, ...]] = {
    "name": (
        "name", "nome e cognome", "cognome e nome", "full name", "nominativo", "participant", "partecipante",
        "nome completo", "attendee",
    ),
    "first_name": ("first name", "nome", "given name", "forename", "vorname", "prenom"),
    "last_name": ("last name", "surname", "cognome", "family name", "nachname", "nom de famille"),
    "email": (
        "email", "e mail", "mail", "e mail address", "email address", "indirizzo e mail", "indirizzo email",
        "posta elettronica", "contact email",
    ),
    "position": ("position", "role", "job title", "ruolo", "qualifica", "incarico", "funzione", "title"),
    "organisation": (
        "organisation", "organization", "organizzazione", "ente", "company", "azienda", "cluster", "polo",
        "affiliation", "istituzione", "organisation name", "impresa",
    ),
    "country": ("country", "paese", "nazione", "stato", "land", "pays", "nation", "country code"),
    "ecosystem": ("ecosystem", "ecosistema", "industrial ecosystem", "ecosistema industriale", "settore"),
    "language": ("language", "lingua", "preferred language", "lingua preferita", "langue"),
}  # fmt: skip
LABELS = {
    "name": gettext_lazy("Name in one column"),
    "first_name": gettext_lazy("First name"),
    "last_name": gettext_lazy("Last name"),
    "email": gettext_lazy("E-mail address"),
    "position": gettext_lazy("Role there"),
    "organisation": gettext_lazy("Organisation"),
    "country": gettext_lazy("Country"),
    "ecosystem": gettext_lazy("Industrial ecosystem"),
    "language": gettext_lazy("Language of the mails"),
}
_LONGEST = {"name": 200, "position": 200, "organisation": 200}
_UNREADABLE = "\ufffd"

# "name" alone is the whole name unless another column holds the last name.
Mapped = Mapping[str, str]


class NoRows(DomainError):
    message = gettext_lazy("This file has headings but no rows below them, or no headings at all.")


class NameColumnMissing(DomainError):
    message = gettext_lazy("Say which column holds the name: one for all of it, or first and last name.")


class ColumnUnknown(DomainError):
    message = gettext_lazy("One of the chosen columns is not in this file.")


@dataclass(frozen=True)
class PeopleTable:
    """The headings, each one different, and the rows with the numbers a spreadsheet shows."""

    headings: list[str]
    rows: list[tuple[int, list[str]]]


@dataclass(frozen=True, kw_only=True)
class ImportedPerson:
    """One row in which nothing is wrong; what is empty was not said."""

    row: int
    name: str
    email: str = ""
    position: str = ""
    organisation: str = ""
    country: str = ""
    ecosystem: str = ""
    language: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """By what somebody without an address is known again."""
        return sort_key(self.name), sort_key(self.organisation)


@dataclass(frozen=True)
class Known:
    """Codes by each word that stands for them."""

    countries: Mapping[str, str]
    ecosystems: Mapping[str, str]
    languages: Mapping[str, str]


def read_people_table(content: bytes, name: str, *, encoding: str = "") -> PeopleTable:
    """Headings are the first line with two filled cells: files often have a title above them.

    Raises NoRows, UnreadableTable, TableTooLarge.
    """
    lines = read_lines(content, name, encoding=encoding)
    filled = [sum(bool(cell) for cell in cells) for _number, cells in lines]
    wanted = 2 if any(count > 1 for count in filled) else 1
    at = next((index for index, count in enumerate(filled) if count >= wanted), None)
    if at is None or at + 1 >= len(lines):
        raise NoRows
    width = max(len(cells) for _number, cells in lines[at:])
    headings = _distinct([*lines[at][1], *[""] * (width - len(lines[at][1]))])
    return PeopleTable(headings, lines[at + 1 :])


def guessed_mapping(headings: Sequence[str], remembered: Mapped | None = None) -> dict[str, str]:
    """A heading for each field: the one that was chosen last time, else the one that says so."""
    mapping = {field: heading for field, heading in (remembered or {}).items() if heading in headings}
    if mapping:
        return mapping
    by_words = {word_key(heading): heading for heading in reversed(headings)}
    for field, names in FIELDS.items():
        found = next((by_words[name] for name in names if name in by_words), None)
        if found is not None and found not in mapping.values():
            mapping[field] = found
    if "first_name" in mapping and "last_name" not in mapping:
        # An Italian "Nome" with no "Cognome" beside it is the whole name.
        mapping.setdefault("name", mapping.pop("first_name"))
    if "last_name" in mapping and "first_name" not in mapping and "name" in mapping:
        mapping["first_name"] = mapping.pop("name")
    if "last_name" in mapping and "first_name" in mapping:
        mapping.pop("name", None)
    return mapping


def read_people(
    table: PeopleTable, mapping: Mapped, known: Known
) -> tuple[list[ImportedPerson], list[RowProblem]]:
    """Read and check every row; the people are of use only when there is no problem.

    Raises NameColumnMissing, ColumnUnknown.
    """
    mapping = {field: heading for field, heading in mapping.items() if heading}
    if set(mapping.values()) - set(table.headings):
        raise ColumnUnknown
    if not mapping.keys() & {"name", "first_name", "last_name"}:
        raise NameColumnMissing
    places = {field: table.headings.index(heading) for field, heading in mapping.items()}
    people: list[ImportedPerson] = []
    problems: list[RowProblem] = []
    rows_of_email: dict[str, int] = {}
    rows_of_key: dict[tuple[str, str], int] = {}
    rows_without_email: dict[tuple[str, str], int] = {}
    for number, cells in table.rows:
        values = {field: cells[at] if at < len(cells) else "" for field, at in places.items()}
        reader = _RowReader(number, values, mapping, known)
        person = reader.person()
        problems += reader.problems
        if person is None:
            continue
        same = rows_of_email.get(person.email) if person.email else rows_of_key.get(person.key)
        same = same or (rows_without_email.get(person.key) if person.email else None)
        if same is not None:
            column = mapping.get("email") if person.email else mapping.get("name")
            expected = _("somebody else than in row %(row)s") % {"row": same}
            problems.append(RowProblem(number, column or _("Name"), person.email or person.name, expected))
            continue
        if person.email:
            rows_of_email[person.email] = number
        else:
            rows_without_email[person.key] = number
        rows_of_key.setdefault(person.key, number)
        people.append(person)
    return people, problems


class _RowReader:
    """Reads one row and remembers what was wrong in it."""

    def __init__(self, number: int, values: dict[str, str], mapping: Mapped, known: Known) -> None:
        self.number, self.values, self.mapping, self.known = number, values, mapping, known
        self.problems: list[RowProblem] = []

    def person(self) -> ImportedPerson | None:
        for field, value in self.values.items():
            if _UNREADABLE in value:
                self._problem(field, _("letters that can be read: choose another encoding"))
        name = self._name()
        email = self._email()
        told = {
            "position": self._line("position"),
            "organisation": self._line("organisation"),
            "country": self._code("country", self.known.countries, _("a country, by name or code")),
            "ecosystem": self._code("ecosystem", self.known.ecosystems, _("an industrial ecosystem")),
            "language": self._code("language", self.known.languages, _("a language, by name or code")),
        }
        if self.problems:
            return None
        return ImportedPerson(row=self.number, name=name, email=email, **told)

    def _name(self) -> str:
        parts = [self.values.get(field, "") for field in ("name", "first_name", "last_name")]
        name = " ".join(" ".join(parts).split())
        field = next(field for field in ("name", "last_name", "first_name") if field in self.mapping)
        if not name:
            self._problem(field, _("a name"))
        elif len(name) > _LONGEST["name"]:
            self._problem(field, _("at most %(limit)s characters") % {"limit": _LONGEST["name"]})
        return name

    def _email(self) -> str:
        address = self.values.get("email", "").removeprefix("mailto:").strip().lower()
        if address:
            try:
                validate_email(address)
            except ValidationError:
                self._problem("email", _("one e-mail address, such as name@example.org"))
        return address

    def _line(self, field: str) -> str:
        value = " ".join(self.values.get(field, "").split())
        if len(value) > _LONGEST[field]:
            self._problem(field, _("at most %(limit)s characters") % {"limit": _LONGEST[field]})
        return value

    def _code(self, field: str, known: Mapping[str, str], expected: str) -> str:
        value = self.values.get(field, "")
        if not value:
            return ""
        code = known.get(word_key(value), "")
        if not code:
            self._problem(field, expected)
        return code

    def _problem(self, field: str, expected: str) -> None:
        told = RowProblem(self.number, self.mapping.get(field, field), self.values.get(field, ""), expected)
        self.problems.append(told)


def word_key(text: str) -> str:
    """How a word of a table is compared: without accents, capitals and marks."""
    return " ".join(re.sub(r"[^\w]+|_", " ", sort_key(text)).split())


def _distinct(headings: Sequence[str]) -> list[str]:
    """Each heading with a name of its own, also where a file leaves one out or says one twice."""
    named: list[str] = []
    for number, heading in enumerate(headings, start=1):
        text = heading or _("Column %(number)s") % {"number": number}
        named.append(text if text not in named else f"{text} ({number})")
    return named
