"""Form fields for texts: one line, rich text, and both in several languages."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from filiera.texts.languages import page_languages
from filiera.texts.markdown import validate_rich_text

_CONTROL_CHARACTERS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_DIRECTION_OVERRIDES = re.compile(r"[\u202a-\u202e\u2066-\u2069]")

WRITING_LANGUAGES = (
    "bg", "ca", "cs", "da", "de", "el", "en", "es", "et", "eu", "fi", "fr", "ga", "hr", "hu", "is", "it",
    "lt", "lv", "mk", "nb", "nl", "pl", "pt", "ro", "sk", "sl", "sq", "sr", "sv", "tr", "uk",
)  # fmt: skip
"""Languages a text may be written in: those of Europe that the framework can name."""


def validate_characters(value: str) -> None:
    """Refuse characters that cannot be seen but change what is seen or stored.

    Raises ValidationError.
    """
    if _CONTROL_CHARACTERS.search(value) or _DIRECTION_OVERRIDES.search(value):
        raise ValidationError(
            _("This text contains invisible control characters; remove them."), code="control"
        )


class LineField(forms.CharField):
    """One line of plain text."""

    default_validators = [validate_characters]


class RichTextField(forms.CharField):
    """A longer text written in Markdown."""

    widget = forms.Textarea
    default_validators = [validate_characters, validate_rich_text]


class TranslatedTextWidget(forms.Widget):
    """One input per language of the platform, and one for a language of the writer's choice."""

    template_name = "texts/translated_text.html"
    use_fieldset = True
    # Read by the design system: the inputs share one legend.
    is_group = True

    def __init__(self, *, rows: int | None = None, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.rows = rows

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        texts = value if isinstance(value, Mapping) else {}
        codes = [*page_languages(), *sorted(set(texts) - set(page_languages()))]
        identifier = context["widget"]["attrs"].pop("id", f"id_{name}")
        context["widget"].update(
            id=identifier,
            rows=self.rows,
            inputs=[
                {
                    "code": code,
                    "name": f"{name}_{code}",
                    "id": f"{identifier}_{code}",
                    "label": language_name(code),
                    "value": texts.get(code, ""),
                }
                for code in codes
            ],
            others=[(code, language_name(code)) for code in WRITING_LANGUAGES if code not in codes],
        )
        return context

    def use_required_attribute(self, initial: Any) -> bool:
        # One language is enough; the browser would ask for every input.
        return False

    def value_from_datadict(
        self, data: Mapping[str, Any], files: Mapping[str, Any], name: str
    ) -> dict[str, str]:
        texts = {code: data[f"{name}_{code}"] for code in WRITING_LANGUAGES if data.get(f"{name}_{code}")}
        added = data.get(f"{name}_added_language")
        if added in WRITING_LANGUAGES and data.get(f"{name}_added"):
            texts[added] = data[f"{name}_added"]
        return texts

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Mapping[str, Any], name: str) -> bool:
        return not any(f"{name}_{code}" in data for code in WRITING_LANGUAGES)

    def id_for_label(self, id_: str) -> str:
        return f"{id_}_{page_languages()[0]}" if id_ else id_


class TranslatedTextField(forms.Field):
    """A text in several languages; cleans to an object from language to text, without empty ones."""

    widget = TranslatedTextWidget

    def __init__(
        self, *, rich: bool = False, rows: int | None = None, max_length: int | None = 200, **kwargs: Any
    ) -> None:
        kwargs.setdefault("widget", TranslatedTextWidget(rows=rows or (6 if rich else None)))
        for unused in ("encoder", "decoder"):
            kwargs.pop(unused, None)
        super().__init__(**kwargs)
        self.max_length = None if rich else max_length
        self.text_validators: list[Callable[[str], None]] = [validate_characters]
        if rich:
            self.text_validators.append(validate_rich_text)

    def to_python(self, value: Any) -> dict[str, str]:
        texts = value if isinstance(value, Mapping) else {}
        return {code: text.strip() for code, text in texts.items() if text.strip()}

    def validate(self, value: dict[str, str]) -> None:
        super().validate(value)
        errors = [error for code, text in value.items() for error in self._errors_of(code, text)]
        if errors:
            raise ValidationError(errors)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return self.to_python(initial) != self.to_python(data)

    def _errors_of(self, code: str, text: str) -> list[ValidationError]:
        errors = []
        if self.max_length is not None and len(text) > self.max_length:
            errors.append(
                ValidationError(
                    _("%(language)s: at most %(limit)s characters are possible; this has %(length)s."),
                    code="max_length",
                    params={
                        "language": language_name(code),
                        "limit": self.max_length,
                        "length": len(text),
                    },
                )
            )
        for validator in self.text_validators:
            try:
                validator(text)
            except ValidationError as error:
                errors.append(
                    ValidationError(
                        _("%(language)s: %(problem)s"),
                        code=error.code,
                        params={"language": language_name(code), "problem": " ".join(error.messages)},
                    )
                )
        return errors


def language_name(code: str) -> str:
    """A language's name in itself, as its readers know it; the code where nobody named it here."""
    try:
        name: str = _NAMES.get(code) or get_language_info(code)["name_local"]
    except KeyError:
        return code
    return name[:1].upper() + name[1:]


# The framework calls these by their English names.
_NAMES = {"eu": "Euskara"}
