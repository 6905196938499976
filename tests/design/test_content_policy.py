"""Templates of all apps keep to the content policy: nothing inline that a browser would refuse."""

import re
from pathlib import Path

import pytest

import filiera

TEMPLATES = sorted(Path(filiera.__file__).parent.glob("*/templates/**/*.html"))
REFUSED = re.compile(
    r"""\sstyle\s*=|\son[a-z]+\s*=|\shx-on|<style|<script(?![^>]*\ssrc=)(?![^>]*application/(?:ld\+)?json)"""
    r"""|hx-vals\s*=\s*["']js:|hx-trigger\s*=\s*["'][^"']*\w\[""",
    re.IGNORECASE,
)
# A mail is no page: its style is written into its elements before it is sent.
MAILS = re.compile(r"/mail/|_mail\.html$|/email/")


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: "/".join(path.parts[-3:]))
def test_template_has_nothing_inline(template: Path):
    if MAILS.search(template.as_posix()):
        pytest.skip("a mail")

    found = REFUSED.findall(template.read_text(encoding="utf-8"))

    assert found == []
