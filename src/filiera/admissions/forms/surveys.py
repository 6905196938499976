"""Setting up a survey."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from filiera.academy.models import Edition
from filiera.admissions.actions.surveys import SurveyDetails
from filiera.admissions.models.surveys import Survey, SurveySubject
from filiera.questionnaires.models import Questionnaire
from filiera.texts.languages import translated

from .fields import LocalMomentField, moment_on_clocks, on_clocks


class SurveyForm(forms.Form):
    questionnaire = forms.ChoiceField(label=gettext_lazy("Form"))
    subject = forms.ChoiceField(
        label=gettext_lazy("It asks about"), choices=SurveySubject.choices, widget=forms.RadioSelect
    )
    opens_at = LocalMomentField(
        label=gettext_lazy("Open from"),
        required=False,
        help_text=gettext_lazy("For the edition as a whole. Sessions are asked about from their own end."),
    )
    days_open = forms.IntegerField(label=gettext_lazy("Open for so many days"), min_value=1, max_value=365)

    def __init__(
        self,
        *args: Any,
        edition: Edition,
        questionnaires: list[Questionnaire],
        survey: Survey | None = None,
        **kwargs: Any,
    ) -> None:
        self.edition = edition
        self.questionnaires = {str(entry.pk): entry for entry in questionnaires}
        initial: dict[str, Any] = {"subject": SurveySubject.SESSIONS, "days_open": 7}
        if survey is not None:
            initial = {
                "questionnaire": survey.questionnaire_id,
                "subject": survey.subject,
                "opens_at": on_clocks(survey.opens_at, edition.time_zone),
                "days_open": survey.days_open,
            }
        kwargs.setdefault("initial", initial)
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["questionnaire"]
        choice.choices = [(key, translated(entry.title)) for key, entry in self.questionnaires.items()]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        values["moment"] = moment_on_clocks(self, "opens_at", self.edition.time_zone)
        is_missing = not values.get("opens_at") and "opens_at" not in self.errors
        if values.get("subject") == SurveySubject.EDITION and is_missing:
            self.add_error("opens_at", _("Say from when people are asked about the edition."))
        return values

    def details(self) -> SurveyDetails:
        values = self.cleaned_data
        return SurveyDetails(
            questionnaire=self.questionnaires[values["questionnaire"]],
            subject=values["subject"],
            opens_at=values["moment"],
            days_open=values["days_open"],
        )
