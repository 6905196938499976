"""Reads that pages and other apps share; `figures` is the interface that the rooms above rely on."""
