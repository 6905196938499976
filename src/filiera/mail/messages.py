"""The words of a mail: one plain-text template, whose first line is the subject, gives text and HTML."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.template import Context
from django.template.backends.django import Template
from django.template.loader import get_template, render_to_string
from django.utils import translation

_ADDRESS = re.compile(r"https?://\S+")


@dataclass(frozen=True, slots=True)
class Message:
    subject: str
    text: str
    html: str


def write_message(*, template: str, context: Mapping[str, object], language: str) -> Message:
    """Fill a template in one language.

    The text is the source; paragraphs that are only an address become buttons in the HTML.
    """
    with translation.override(language):
        filled = _fill(template, {"public_url": settings.PUBLIC_URL, **context})
        subject, _line, body = filled.strip().partition("\n")
        paragraphs = [
            " ".join(part.split("\n")) for part in re.split(r"\n\s*\n", body.strip()) if part.strip()
        ]
        html = render_to_string(
            "mail/message.html",
            {
                "subject": " ".join(subject.split()),
                "language": language,
                "paragraphs": [
                    {
                        "text": paragraph.strip(),
                        "is_address": _ADDRESS.fullmatch(paragraph.strip()) is not None,
                    }
                    for paragraph in paragraphs
                ],
            },
        )
    import css_inline  # memory that only mails need

    text = "\n\n".join(part.strip() for part in re.split(r"\n\s*\n", body.strip()) if part.strip())
    return Message(subject=" ".join(subject.split())[:300], text=f"{text}\n", html=css_inline.inline(html))


def _fill(template: str, context: Mapping[str, object]) -> str:
    loaded = get_template(template)
    if not isinstance(loaded, Template):
        raise TypeError("Mails are written with Django's own templates.")
    # Plain text knows no markup to escape; the HTML is made from it with escaping.
    return str(loaded.template.render(Context(dict(context), autoescape=False)))
