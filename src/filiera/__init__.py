"""Filiera: academies, networks and indicators for cluster organisations."""

__version__ = "0.1.0"
