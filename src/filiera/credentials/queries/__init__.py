"""Reads of awards and certificates."""
