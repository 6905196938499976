"""One's own contacts to take along: vCard 4.0 (RFC 6350) and a table."""

from collections.abc import Iterable, Iterator
from datetime import UTC

from filiera.admissions.queries.people import ContactLine
from filiera.shared.tables import Cell

VCARD_TYPE = "text/vcard; charset=utf-8"
TABLE_HEADER = ["name", "organisation", "email", "phone", "edition", "agreed_on", "note"]
_LINE_BYTES = 75


def vcards(lines: Iterable[ContactLine]) -> bytes:
    """The contacts as one file of cards, with what each person agreed to give."""
    return "".join(_card(line) for line in lines).encode()


def contact_rows(lines: Iterable[ContactLine]) -> Iterator[list[Cell]]:
    for line in lines:
        contact = line.contact
        yield [
            line.name,
            line.organisation,
            line.email,
            line.phone,
            contact.edition.slug,
            contact.agreed_at.date(),
            contact.note,
        ]


def _card(line: ContactLine) -> str:
    contact = line.contact
    properties = [
        ("BEGIN", "VCARD"),
        ("VERSION", "4.0"),
        ("UID", f"urn:uuid:{contact.person.public_id}"),
        ("FN", _escaped(line.name)),
        ("ORG", _escaped(line.organisation)),
        ("EMAIL", _escaped(line.email)),
        ("TEL;VALUE=text", _escaped(line.phone)),
        ("NOTE", _escaped(contact.note)),
        ("REV", contact.agreed_at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")),
        ("END", "VCARD"),
    ]
    return "".join(_folded(f"{name}:{value}") for name, value in properties if value)


def _escaped(text: str) -> str:
    text = text.replace("\\", "\\\\").replace(",", "\\,").replace(";", "\\;")
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\\n")


def _folded(line: str) -> str:
    """A line in pieces of at most 75 bytes, never cut within a character."""
    pieces, piece = [], ""
    for character in line:
        if len((piece + character).encode()) > _LINE_BYTES:
            pieces.append(piece)
            piece = " "
        piece += character
    return "\r\n".join([*pieces, piece]) + "\r\n"
