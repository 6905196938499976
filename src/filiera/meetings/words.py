"""Tables and links as people say them."""

from django.utils.translation import gettext as _

from filiera.meetings.models import MeetingTable, TableKind
from filiera.texts.languages import translated


def table_words(table: MeetingTable) -> str:
    """Table 7, Aula Magna; or Video link 2."""
    if table.kind == TableKind.LINK:
        return _("Video link %(number)d") % {"number": table.number}
    said = _("Table %(number)d") % {"number": table.number}
    return f"{said}, {translated(table.room.name)}" if table.room else said
