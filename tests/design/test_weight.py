"""The first view of a page must stay light: fonts and pictures aside, at most 100 kB in all."""

import gzip
from pathlib import Path

import filiera.design

STATIC = Path(filiera.design.__file__).parent / "static"


def compressed(*paths: str) -> int:
    return sum(len(gzip.compress((STATIC / path).read_bytes(), 6)) for path in paths)


def test_style_of_a_schedule_page_is_light():
    names = ("fonts", "tokens", "base", "components", "schedule")

    assert compressed(*(f"design/css/{name}.css" for name in names)) < 14_000


def test_own_scripts_are_light():
    names = ("theme", "interface", "clock")

    assert compressed(*(f"design/js/{name}.js" for name in names)) < 12_000


def test_htmx_is_the_size_it_was_measured_with():
    assert compressed("vendor/htmx.min.js") < 17_500
