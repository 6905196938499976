"""Meetings of two, places of laboratory visits, seats at dinner; a module for each resource."""
