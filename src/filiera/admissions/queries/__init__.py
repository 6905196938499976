"""Reads from call to certificate, a module for each resource."""
