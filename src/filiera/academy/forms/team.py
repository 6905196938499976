"""Who belongs to an edition, and what they have to do."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from filiera.academy.actions.checklist import TaskDetails
from filiera.academy.models import ChecklistTask, Edition, EditionRole, Part
from filiera.accounts.models import Person
from filiera.accounts.viewer import Viewer
from filiera.organisations.models import Organisation
from filiera.texts.forms import LineField, TranslatedTextField
from filiera.texts.languages import translated

TEAM_ROLES = [
    EditionRole.DIRECTOR,
    EditionRole.PROGRAMME,
    EditionRole.DESK,
    EditionRole.CHECK_IN,
    EditionRole.FACILITATOR,
    EditionRole.REVIEWER,
    EditionRole.HOST,
    EditionRole.KITCHEN,
    EditionRole.VIEWER,
]
"""Roles that a team gives by hand; speakers and participants come by other ways."""


class TeamForm(forms.Form):
    email = forms.EmailField(label=gettext_lazy("E-mail address"), max_length=254)
    role = forms.ChoiceField(
        label=gettext_lazy("Role"), choices=[(role.value, role.label) for role in TEAM_ROLES]
    )
    organisation = forms.ModelChoiceField(
        label=gettext_lazy("For which organisation"), queryset=Organisation.objects.none(), required=False
    )

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        organisation: Any = self.fields["organisation"]
        organisation.queryset = Organisation.objects.visible_to(viewer).order_by("sort_key", "pk")


class TaskForm(forms.Form):
    title = TranslatedTextField(label=gettext_lazy("What has to be done"))
    part = forms.ModelChoiceField(
        label=gettext_lazy("Counted from"), queryset=Part.objects.none(), required=False
    )
    days_before = forms.IntegerField(
        label=gettext_lazy("Days before it starts"),
        min_value=-365,
        max_value=1000,
        initial=7,
        help_text=gettext_lazy("A number below zero means after the start."),
    )
    owner = forms.ModelChoiceField(
        label=gettext_lazy("Who does it"), queryset=Person.objects.none(), required=False
    )

    def __init__(
        self, *args: Any, edition: Edition, task: ChecklistTask | None = None, **kwargs: Any
    ) -> None:
        if task is not None:
            names = ("title", "part", "days_before", "owner")
            kwargs.setdefault("initial", {name: getattr(task, name) for name in names})
        super().__init__(*args, **kwargs)
        part: Any = self.fields["part"]
        part.queryset = Part.objects.filter(edition=edition).order_by("number")
        part.label_from_instance = lambda row: translated(row.title)
        owner: Any = self.fields["owner"]
        team = edition.members.filter(until__isnull=True, role__in=TEAM_ROLES)
        owner.queryset = Person.objects.filter(pk__in=team.values("person")).order_by("sort_name", "pk")

    def details(self) -> TaskDetails:
        return TaskDetails(**self.cleaned_data)


class ShortTalkForm(forms.Form):
    title = LineField(label=gettext_lazy("Title of your talk"), max_length=200)
    minutes = forms.IntegerField(label=gettext_lazy("Minutes"), min_value=1, max_value=30, initial=5)
