"""The small tables of facts that the demonstration is built from."""

import csv
from importlib.resources import files


def read(name: str) -> list[dict[str, str]]:
    """The rows of one packaged table."""
    text = (files("filiera.demo") / "data" / f"{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def words(row: dict[str, str], field: str) -> dict[str, str]:
    """A text in both languages, as the columns `field_en` and `field_it` give it."""
    return {language: row[f"{field}_{language}"] for language in ("en", "it") if row[f"{field}_{language}"]}


def sources(row: dict[str, str]) -> list[dict[str, str]]:
    """Where a row comes from; a row may name several pages, separated by blanks."""
    return [{"url": url, "note": row.get("source_note", "")} for url in row["source_url"].split()]
