"""Filiera: academies, networks and indicators for cluster organisations."""
