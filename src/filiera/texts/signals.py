"""What this room tells those above it."""

from django.dispatch import Signal

language_chosen = Signal()
"""A reader picked a language by a link; carries `request` and `language`."""
