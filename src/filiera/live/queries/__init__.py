"""Reads of the room, for telephones, screens and moderators."""
