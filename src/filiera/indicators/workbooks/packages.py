"""A workbook as the package of parts that it is: which part holds which sheet, where elements stand.

Parts are changed by cutting and pasting bytes at the places that a parser tells, never by writing them anew:
what is not touched stays as it was to the last byte, also what nobody here knows.
"""

import io
import posixpath
import re
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from xml.parsers import expat

from filiera.shared.tables import UnreadableTable, WorkbookTooLarge

MAXIMUM_UNPACKED_BYTES = 40 * 1024 * 1024
MOST_PARTS = 2_000
_OFFICE_DOCUMENT = "/officeDocument"
_STRICT = b"http://purl.oclc.org/ooxml"
_MARKS = (b"\xff\xfe", b"\xfe\xff")
_TAG = re.compile(rb"""(?:[^"'>]++|"[^"]*+"|'[^']*+')*+>""")

Edit = tuple[int, int, bytes]


@dataclass(slots=True)
class Element:
    """An element of a part: its name as written, its attributes, and the bytes that it takes."""

    name: str
    attributes: dict[str, str]
    start: int
    content_start: int
    content_end: int = -1
    end: int = -1

    @property
    def is_empty_tag(self) -> bool:
        return self.content_end < 0

    @property
    def prefix(self) -> str:
        """What names of its kind begin with, such as "x:"; mostly nothing."""
        before, colon, _name = self.name.rpartition(":")
        return before + colon


class Package:
    """The parts of a workbook by name, in their order."""

    def __init__(self, content: bytes) -> None:
        """Raises UnreadableTable, TableTooLarge."""
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                entries = archive.infolist()
                if len(entries) > MOST_PARTS or sum(e.file_size for e in entries) > MAXIMUM_UNPACKED_BYTES:
                    raise WorkbookTooLarge(MAXIMUM_UNPACKED_BYTES)
                self.parts = {entry.filename: archive.read(entry) for entry in entries if not entry.is_dir()}
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError) as error:
            raise UnreadableTable from error
        if len(self.parts) < sum(not entry.is_dir() for entry in entries):
            # Two parts of one name: which one counts depends on who reads.
            raise UnreadableTable
        self.workbook = self._related("", lambda kind: kind.endswith(_OFFICE_DOCUMENT))
        if _STRICT in self.part(self.workbook)[:4096]:
            raise UnreadableTable

    def part(self, name: str) -> bytes:
        """Raises UnreadableTable."""
        try:
            return self.parts[name]
        except KeyError as error:
            raise UnreadableTable from error

    def sheets(self) -> dict[str, str]:
        """The part of each sheet of cells by the sheet's title."""
        targets = {
            element.attributes.get("Id", ""): self.target_of(self.workbook, element)
            for element in elements_of(self.part(relations_of(self.workbook)), {"Relationship"})
            if element.attributes.get("Type", "").endswith("/worksheet")
        }
        found = {}
        for element in elements_of(self.part(self.workbook), {"sheet"}):
            key = next((value for name, value in element.attributes.items() if name.endswith(":id")), "")
            if key in targets:
                found[element.attributes.get("name", "")] = targets[key]
        return found

    def edit(self, name: str, edits: Iterable[Edit]) -> None:
        """Cut and paste in one part; places are those of the part as it is."""
        content = self.part(name)
        pieces, at = [], 0
        for start, end, replacement in sorted(edits, key=lambda edit: (edit[0], edit[1])):
            pieces += [content[at:start], replacement]
            at = end
        self.parts[name] = b"".join([*pieces, content[at:]])

    def written(self) -> bytes:
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in self.parts.items():
                archive.writestr(name, content)
        return file.getvalue()

    def _related(self, part: str, wanted: Callable[[str], bool]) -> str:
        for element in elements_of(self.part(relations_of(part)), {"Relationship"}):
            if wanted(element.attributes.get("Type", "")):
                return self.target_of(part, element)
        raise UnreadableTable

    @staticmethod
    def target_of(part: str, element: Element) -> str:
        target = element.attributes.get("Target", "")
        if target.startswith("/"):
            return target[1:]
        return posixpath.normpath(posixpath.join(posixpath.dirname(part), target))


def relations_of(part: str) -> str:
    """Where a part's relations stand."""
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def elements_of(content: bytes, names: set[str]) -> list[Element]:
    """The elements with these names, in the order in which they begin, with their places.

    Raises UnreadableTable: no document types, nothing but UTF-8, nothing that is not well formed.
    """
    if content[:2] in _MARKS:
        raise UnreadableTable
    parser = expat.ParserCreate()
    found: list[Element] = []
    stack: list[Element | None] = []

    def begins(name: str, attributes: dict[str, str]) -> None:
        if name.rpartition(":")[2] not in names:
            stack.append(None)
            return
        start = parser.CurrentByteIndex
        if content[start : start + 1] != b"<":
            raise UnreadableTable
        element = Element(name, attributes, start, _tag_end(content, start))
        found.append(element)
        stack.append(element)

    def ends(_name: str) -> None:
        element = stack.pop()
        if element is None:
            return
        if content[element.content_start - 2 : element.content_start] == b"/>":
            element.end = element.content_start
            return
        element.content_end = parser.CurrentByteIndex
        element.end = _tag_end(content, element.content_end)

    def refuses(*_told: Any) -> None:
        raise UnreadableTable

    def declares(_version: str, encoding: str | None, _standalone: int) -> None:
        if encoding is not None and encoding.lower() != "utf-8":
            raise UnreadableTable

    parser.StartElementHandler, parser.EndElementHandler = begins, ends
    parser.StartDoctypeDeclHandler, parser.XmlDeclHandler = refuses, declares
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise UnreadableTable from error
    return found


def _tag_end(content: bytes, start: int) -> int:
    """The place after the tag that begins at `start`; quoted values may hold the sign that ends a tag."""
    found = _TAG.match(content, start)
    if found is None:
        raise UnreadableTable
    return found.end()
