"""What people tell about figures."""

from .definitions import DefinitionForm

__all__ = ["DefinitionForm"]
