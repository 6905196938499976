"""Reports: what a section says, the packaged ones that one starts from, and a report filled with figures."""
