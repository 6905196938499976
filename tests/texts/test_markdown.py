"""Rich text: what passes, what does not, and what it costs."""

import time

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from filiera.texts import rich_text
from filiera.texts.markdown import MAX_SOURCE_BYTES, plain_text, validate_rich_text


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("", ""),
        (None, ""),
        ("**bold** and *slanted*", "<p><strong>bold</strong> and <em>slanted</em></p>\n"),
        ("# Heading", "<h2>Heading</h2>\n"),
        ("##### Heading", "<h4>Heading</h4>\n"),
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n"),
        ("<b onclick='x()'>a</b>", "<p>&lt;b onclick='x()'&gt;a&lt;/b&gt;</p>\n"),
        ("[a](javascript:alert(1))", "<p>[a](javascript:alert(1))</p>\n"),
        ("[a](data:text/html,x)", "<p>[a](data:text/html,x)</p>\n"),
        (
            "[a](https://example.org)",
            '<p><a href="https://example.org" rel="noopener noreferrer">a</a></p>\n',
        ),
        (
            "![a](https://example.org/spy.png)",
            '<p>!<a href="https://example.org/spy.png" rel="noopener noreferrer">a</a></p>\n',
        ),
        ("- one\n- two", "<ul>\n<li>one</li>\n<li>two</li>\n</ul>\n"),
    ],
)
def test_markdown_becomes_safe_html(source, shown):
    assert rich_text(source) == shown


@given(st.text(max_size=300))
def test_no_source_brings_a_script_or_a_handler(source):
    shown = rich_text(source).lower()

    assert "<script" not in shown
    assert "<img" not in shown
    assert "<iframe" not in shown


def test_deep_nesting_is_cut_in_a_moment():
    started = time.perf_counter()

    rich_text("> " * 15_000 + "deep")
    rich_text("[" * 30_000)
    rich_text("*a " * 20_000)

    assert time.perf_counter() - started < 5


def test_what_slipped_past_a_form_is_shown_plain():
    source = "<b>" + "x" * MAX_SOURCE_BYTES

    assert rich_text(source) == f"<p>&lt;b&gt;{'x' * MAX_SOURCE_BYTES}</p>"


def test_too_long_a_text_is_refused_by_its_size_in_bytes():
    validate_rich_text("x" * MAX_SOURCE_BYTES)

    with pytest.raises(ValidationError, match="This text has 65 kB; at most 64 kB are possible"):
        validate_rich_text("è" * (MAX_SOURCE_BYTES // 2 + 1))


def test_plain_text_keeps_the_words_only():
    assert (
        plain_text("# Clusters\n\n**bold** & [link](https://example.org) <b>") == "Clusters bold & link <b>"
    )
