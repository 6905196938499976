"""What an edit changed, word by word."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

_WORDS = re.compile(r"\s+|[^\s]+")
# Beyond this many words the comparison would hold up the page; both texts are shown whole.
_COMPARED_AT_MOST = 3000


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words that stayed, came or went."""

    text: str
    kind: str


KEPT, ADDED, REMOVED = "kept", "added", "removed"


def differences(before: str, after: str) -> list[Piece]:
    """The words of both texts in reading order; joining those kept and added gives the later one."""
    earlier, later = _WORDS.findall(before), _WORDS.findall(after)
    if not earlier or not later or len(earlier) + len(later) > _COMPARED_AT_MOST:
        whole = [Piece(before, REMOVED), Piece(after, ADDED)]
        return [piece for piece in whole if piece.text]
    pieces: list[Piece] = []
    for tag, start, end, new_start, new_end in SequenceMatcher(None, earlier, later, False).get_opcodes():
        if tag == "equal":
            pieces.append(Piece("".join(earlier[start:end]), KEPT))
            continue
        if end > start:
            pieces.append(Piece("".join(earlier[start:end]), REMOVED))
        if new_end > new_start:
            pieces.append(Piece("".join(later[new_start:new_end]), ADDED))
    return pieces
