"""Forms of meetings, visits and dinner; a module for each resource."""
