"""The words of decisions, and the last question before they are sent."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from filiera.admissions.queries.decision_texts import (
    Words,
    has_stray_brace,
    missing_in,
    unknown_in,
)
from filiera.texts.forms import TranslatedTextField


class DecisionTextForm(forms.Form):
    """Subject and text in each language; what stands in braces is filled in for each reader."""

    subject = TranslatedTextField(label=gettext_lazy("Subject"))
    body = TranslatedTextField(label=gettext_lazy("Text"), rows=14)

    def __init__(self, *args: Any, decision: str, words: Words, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"subject": dict(words.subject), "body": dict(words.body)})
        super().__init__(*args, **kwargs)
        self.decision = decision

    def clean_subject(self) -> dict[str, str]:
        return self._checked("subject")

    def clean_body(self) -> dict[str, str]:
        texts = self._checked("body")
        for language, text in texts.items():
            missing = missing_in(text, self.decision)
            if missing:
                raise forms.ValidationError(
                    _("The text in %(language)s lacks %(names)s: without it nobody can answer.")
                    % {"language": language, "names": _in_braces(missing)}
                )
        return texts

    def _checked(self, name: str) -> dict[str, str]:
        texts: dict[str, str] = {
            language: text for language, text in self.cleaned_data[name].items() if text.strip()
        }
        for text in texts.values():
            unknown = unknown_in(text, self.decision)
            if unknown:
                raise forms.ValidationError(
                    _("%(names)s means nothing here. Use one of those listed below.")
                    % {"names": _in_braces(unknown)}
                )
            if has_stray_brace(text):
                raise forms.ValidationError(_("A brace is not closed or not opened."))
        return texts


class SendForm(forms.Form):
    """The mark of the mails that were looked at."""

    mark = forms.CharField(max_length=40, widget=forms.HiddenInput)


def _in_braces(names: list[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in names)
