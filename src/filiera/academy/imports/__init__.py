"""Programmes from elsewhere, read into one plain form and checked row by row before anything changes."""

from .frab import read_frab
from .programme import ImportedSession, ImportedSpeaker, ProgrammePlace
from .table import read_programme_table

__all__ = ["ImportedSession", "ImportedSpeaker", "ProgrammePlace", "read_frab", "read_programme_table"]
