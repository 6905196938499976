"""A mail to many: its words, and for whom it is."""

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from filiera.academy.models import Edition
from filiera.admissions.actions.mailings import MailingDetails, TemplateDetails
from filiera.admissions.models import Mailing
from filiera.admissions.queries.mailings import UsableTemplate
from filiera.admissions.recipients import registered_filters
from filiera.shared.time import local_moment, parse_zone
from filiera.texts.forms import LineField, TranslatedTextField

_BY = "by_"


class RecipientsForm(forms.Form):
    """One choice for each registered filter; what is left open does not narrow."""

    def __init__(self, *args: Any, edition: Edition, asked: dict[str, str], **kwargs: Any) -> None:
        initial = {f"{_BY}{code}": value for code, value in asked.items()}
        kwargs["initial"] = {**kwargs.get("initial", {}), **initial}
        super().__init__(*args, **kwargs)
        for each in registered_filters():
            choices = each.choices(edition)
            if choices:
                self.fields[f"{_BY}{each.code}"] = forms.ChoiceField(
                    label=str(each.label),
                    choices=[("", _("All")), *choices],
                    required=each.code == "state",
                )

    @property
    def recipient_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith(_BY)]

    def asked(self) -> dict[str, str]:
        chosen = {each.code: self.cleaned_data.get(f"{_BY}{each.code}") for each in registered_filters()}
        return {code: value for code, value in chosen.items() if value}


class MailingForm(RecipientsForm):
    subject = TranslatedTextField(label=gettext_lazy("Subject"), max_length=200)
    text = TranslatedTextField(label=gettext_lazy("Text"), rows=12, max_length=10_000)

    def __init__(
        self,
        *args: Any,
        edition: Edition,
        mailing: Mailing | None = None,
        template: UsableTemplate | None = None,
        **kwargs: Any,
    ) -> None:
        source = mailing or template
        self.template = (mailing.template if mailing else template.code if template else "") or ""
        asked = dict(source.recipients_by) if source else {"state": "confirmed"}
        if source is not None:
            kwargs["initial"] = {"subject": source.subject, "text": source.text}
        super().__init__(*args, edition=edition, asked=asked, **kwargs)

    def details(self) -> MailingDetails:
        return MailingDetails(
            subject=self.cleaned_data["subject"],
            text=self.cleaned_data["text"],
            recipients_by=self.asked(),
            template=self.template,
        )


class ScheduleForm(forms.Form):
    """A time on the clocks of the edition."""

    day = forms.DateField(
        label=gettext_lazy("Day"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    send_at = forms.TimeField(
        label=gettext_lazy("Time"),
        initial=time(9, 0),
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
    )

    def moment(self, edition: Edition) -> datetime:
        """The moment meant. Raises DomainError for a time that no clock shows, or shows twice."""
        day: date = self.cleaned_data["day"]
        return local_moment(day, self.cleaned_data["send_at"], parse_zone(edition.time_zone))


class BounceForm(forms.Form):
    note = LineField(label=gettext_lazy("What came back"), max_length=300, required=False)


class TemplateForm(forms.Form):
    name = TranslatedTextField(label=gettext_lazy("Name of the template"), max_length=80)
    subject = TranslatedTextField(label=gettext_lazy("Subject"), max_length=200)
    text = TranslatedTextField(label=gettext_lazy("Text"), rows=12, max_length=10_000)

    def __init__(self, *args: Any, template: UsableTemplate | None = None, **kwargs: Any) -> None:
        if template is not None:
            names = ("name", "subject", "text")
            kwargs.setdefault("initial", {name: getattr(template, name) for name in names})
        super().__init__(*args, **kwargs)

    def details(self) -> TemplateDetails:
        return TemplateDetails(**self.cleaned_data)
