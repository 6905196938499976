"""Workbooks of others: shown as tables, and filled cell by cell so that everything else stays as it was."""
