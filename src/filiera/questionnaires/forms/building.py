"""Input of the builder."""

import re
from typing import Any

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from filiera.questionnaires.actions.building import (
    Option,
    QuestionDetails,
    QuestionnaireDetails,
)
from filiera.questionnaires.models import (
    KINDS_FOR_CONDITIONS,
    KINDS_WITH_OPTIONS,
    MINIMUM_GROUP,
    Anonymity,
    Audience,
    Question,
    QuestionKind,
    Questionnaire,
)
from filiera.questionnaires.purposes import Purpose
from filiera.questionnaires.sets import all_sets, set_of
from filiera.texts.forms import TranslatedTextField, language_name
from filiera.texts.languages import page_languages, translated

from .answers import choices_of

MORE_OPTIONS = 4
_CODE = re.compile(r"[A-Za-z0-9_-]{1,40}")


def date_input() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class OptionsWidget(forms.Widget):
    """Options as rows: one text per language; the code follows from the first text and then stays."""

    template_name = "questionnaires/options.html"
    is_group = True

    def __init__(self, languages: tuple[str, ...], attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.languages = languages

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        options: list[Option] = list(value or [])
        empty: list[Option] = [
            {"code": "", "label": {}} for _row in range(MORE_OPTIONS if options else MORE_OPTIONS + 1)
        ]
        context["widget"].update(
            languages=[(code, language_name(code)) for code in self.languages],
            rows=[
                {
                    "number": number,
                    "code": row["code"],
                    "labels": [
                        (code, language_name(code), row["label"].get(code, "")) for code in self.languages
                    ],
                }
                for number, row in enumerate([*options, *empty], start=1)
            ],
        )
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[Option]:
        options: list[Option] = []
        number = 1
        while any(f"{name}_{number}_{code}" in data for code in self.languages):
            label = {
                code: data.get(f"{name}_{number}_{code}", "").strip()
                for code in self.languages
                if data.get(f"{name}_{number}_{code}", "").strip()
            }
            if label:
                code = data.get(f"{name}_{number}_code", "") or _new_code(translated(label, "en"), options)
                options.append({"code": code, "label": label})
            number += 1
        return options


def _new_code(label: str, options: list[Option]) -> str:
    stem = slugify(label)[:36] or "option"
    taken = {option["code"] for option in options}
    code, number = stem, 2
    while code in taken:
        code, number = f"{stem}-{number}", number + 1
    return code


class OptionsField(forms.Field):
    def __init__(self, *, languages: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(widget=OptionsWidget(languages), **kwargs)

    def clean(self, value: Any) -> list[Option]:
        options: list[Option] = value or []
        for option in options:
            for text in option["label"].values():
                if len(text) > 200:
                    raise forms.ValidationError(_("An option has at most 200 characters."))
            if not _CODE.fullmatch(option["code"]):
                raise forms.ValidationError(_("An option’s code has letters, figures and hyphens only."))
        return options


class QuestionnaireForm(forms.Form):
    """What a questionnaire is called and how it is answered."""

    title = TranslatedTextField(label=gettext_lazy("Title"))
    introduction = TranslatedTextField(label=gettext_lazy("Introduction"), rich=True, rows=4, required=False)
    thanks = TranslatedTextField(
        label=gettext_lazy("Thanks, shown after it is handed in"), rich=True, rows=2, required=False
    )
    anonymity = forms.ChoiceField(
        label=gettext_lazy("Names"), choices=Anonymity.choices, widget=forms.RadioSelect
    )
    minimum_group = forms.IntegerField(
        label=gettext_lazy("Fewest answers before results are shown"),
        min_value=MINIMUM_GROUP,
        max_value=100,
        help_text=gettext_lazy("Where answers have no name. Never fewer than five."),
    )
    shows_results_while_open = forms.BooleanField(
        label=gettext_lazy("Show results of anonymous answers while more come in"),
        required=False,
        help_text=gettext_lazy(
            "They come in groups, and up to four of the last answers stay out of the figures for good. "
            "Without it results are shown once it is closed, with every answer."
        ),
    )
    delete_answers_on = forms.DateField(
        label=gettext_lazy("All answers are deleted on"),
        required=False,
        widget=date_input(),
        help_text=gettext_lazy("Single questions may have an earlier day."),
    )

    def __init__(
        self, *args: Any, questionnaire: Questionnaire | None = None, is_answered: bool = False, **kwargs: Any
    ) -> None:
        if questionnaire is not None:
            kwargs.setdefault("initial", {name: getattr(questionnaire, name) for name in self.base_fields})
        super().__init__(*args, **kwargs)
        if is_answered:
            self.fields["anonymity"].disabled = True
            self.fields["anonymity"].help_text = _("Fixed: people have answered under this promise.")

    def details(self) -> QuestionnaireDetails:
        return QuestionnaireDetails(**self.cleaned_data, languages=page_languages())


class NewQuestionnaireForm(forms.Form):
    """A new questionnaire, and what it starts from."""

    title = TranslatedTextField(label=gettext_lazy("Title"), required=False)
    purpose = forms.ChoiceField(label=gettext_lazy("What it is for"), widget=forms.RadioSelect)
    start = forms.ChoiceField(label=gettext_lazy("Start from"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, purposes: list[Purpose], **kwargs: Any) -> None:
        initial = kwargs.setdefault("initial", {})
        initial.setdefault("start", "")
        super().__init__(*args, **kwargs)
        purpose: Any = self.fields["purpose"]
        purpose.choices = [(entry.code, entry.name) for entry in purposes]
        start: Any = self.fields["start"]
        start.required = False
        start.choices = [
            ("", _("Nothing: add every question yourself")),
            *((entry.code, f"{translated(entry.title)}: {translated(entry.about)}") for entry in all_sets()),
        ]
        self.fields["title"].help_text = _("Empty: the title of what it starts from.")

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if not values.get("title") and not values.get("start"):
            self.add_error("title", _("Give it a title, or start from ready-made questions."))
        return values

    def details(self) -> QuestionnaireDetails:
        chosen = set_of(self.cleaned_data["start"])
        return QuestionnaireDetails(
            title=self.cleaned_data["title"] or dict(chosen.title if chosen else {}),
            anonymity=chosen.anonymity if chosen else Anonymity.NAMED,
            languages=page_languages(),
        )


class QuestionSetForm(forms.Form):
    chosen = forms.ChoiceField(label=gettext_lazy("Ready-made questions"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["chosen"]
        chosen.choices = [
            (entry.code, f"{translated(entry.title)}: {translated(entry.about)}") for entry in all_sets()
        ]


class QuestionForm(forms.Form):
    """One question; only what its kind needs is asked. Once answered, what is locked says so."""

    label = TranslatedTextField(label=gettext_lazy("Question"), max_length=400)
    help = TranslatedTextField(label=gettext_lazy("Help"), rich=True, rows=2, required=False)
    is_required = forms.BooleanField(label=gettext_lazy("An answer is needed"), required=False)
    minimum = forms.IntegerField(label=gettext_lazy("Least"), required=False)
    maximum = forms.IntegerField(label=gettext_lazy("Most"), required=False)
    minimum_label = TranslatedTextField(
        label=gettext_lazy("Words at the low end"), required=False, max_length=60
    )
    maximum_label = TranslatedTextField(
        label=gettext_lazy("Words at the high end"), required=False, max_length=60
    )
    step = forms.IntegerField(
        label=gettext_lazy("Page"),
        min_value=1,
        max_value=30,
        help_text=gettext_lazy("Questions of one number stand on one page."),
    )
    shown_if = forms.MultipleChoiceField(
        label=gettext_lazy("Shown only if"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Answers of one earlier question; without a tick it is always shown."),
    )
    audience = forms.ChoiceField(
        label=gettext_lazy("Who reads the answers"), choices=Audience.choices, widget=forms.RadioSelect
    )
    is_hidden_in_blind_review = forms.BooleanField(
        label=gettext_lazy("Hidden in blind review"),
        required=False,
        help_text=gettext_lazy("For answers that tell who applies."),
    )
    delete_answers_on = forms.DateField(
        label=gettext_lazy("Answers are deleted on"), required=False, widget=date_input()
    )
    keep_answers_days = forms.IntegerField(
        label=gettext_lazy("or so many days after they were given"),
        required=False,
        min_value=1,
        max_value=3650,
    )
    code = forms.SlugField(
        label=gettext_lazy("Code"),
        max_length=40,
        required=False,
        help_text=gettext_lazy(
            "Results and exports name the question by it: it stays when the words change. "
            "Empty: made from the words."
        ),
    )

    def __init__(
        self,
        *args: Any,
        questionnaire: Questionnaire,
        kind: str,
        question: Question | None = None,
        is_answered: bool = False,
        **kwargs: Any,
    ) -> None:
        self.questionnaire, self.kind, self.question = questionnaire, kind, question
        self.others = list(
            questionnaire.questions.filter(kind__in=KINDS_FOR_CONDITIONS)
            .exclude(pk=question.pk if question else 0)
            .in_order()
        )
        kwargs.setdefault("initial", self._initial())
        super().__init__(*args, **kwargs)
        self._fit_to_kind()
        condition: Any = self.fields.get("shown_if")
        if condition is not None:
            condition.choices = [
                (f"{other.pk}:{value}", f"{translated(other.label)} {said}")
                for other in self.others
                for value, said in choices_of(other)
            ]
            if not condition.choices:
                del self.fields["shown_if"]
        if is_answered and question is not None:
            self._lock(question)

    def clean_shown_if(self) -> list[str]:
        chosen: list[str] = self.cleaned_data["shown_if"]
        if len({entry.partition(":")[0] for entry in chosen}) > 1:
            raise forms.ValidationError(_("Choose answers of one question only."))
        return chosen

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if code:
            return code.lower()
        stem = slugify(translated(self.cleaned_data.get("label") or {}, "en"))[:36].strip("-") or "question"
        taken = set(
            self.questionnaire.questions.exclude(pk=self.question.pk if self.question else 0).values_list(
                "code", flat=True
            )
        )
        code, number = stem, 2
        while code in taken:
            code, number = f"{stem}-{number}", number + 1
        return code

    def details(self) -> QuestionDetails:
        values = self.cleaned_data
        chosen = values.get("shown_if") or []
        keys = [entry.partition(":") for entry in chosen]
        other = next((entry for entry in self.others if keys and str(entry.pk) == keys[0][0]), None)
        return QuestionDetails(
            code=values["code"],
            kind=self.kind,
            label=values["label"],
            help=values["help"],
            step=values["step"],
            is_required=values.get("is_required", False),
            options=values.get("options") or (),
            minimum=values.get("minimum"),
            maximum=values.get("maximum"),
            minimum_label=values.get("minimum_label") or {},
            maximum_label=values.get("maximum_label") or {},
            shown_if=other,
            shown_if_values=[value for _key, _colon, value in keys],
            audience=values.get("audience") or Audience.TEAM,
            is_hidden_in_blind_review=values.get("is_hidden_in_blind_review", False),
            delete_answers_on=values.get("delete_answers_on"),
            keep_answers_days=values.get("keep_answers_days"),
        )

    def _initial(self) -> dict[str, Any]:
        question = self.question
        if question is None:
            last = self.questionnaire.questions.in_order().last()
            ends = {"minimum": 1, "maximum": 5} if self.kind == QuestionKind.SCALE else {}
            return {"step": last.step if last else 1, "audience": Audience.TEAM, **ends}
        same = (
            "label", "help", "is_required", "minimum", "maximum", "minimum_label", "maximum_label", "step",
            "audience", "is_hidden_in_blind_review", "delete_answers_on", "keep_answers_days", "code",
            "options",
        )  # fmt: skip
        initial = {name: getattr(question, name) for name in same}
        initial["shown_if"] = [f"{question.shown_if_id}:{value}" for value in question.shown_if_values]
        return initial

    def _fit_to_kind(self) -> None:
        kind = QuestionKind(self.kind)
        if kind in KINDS_WITH_OPTIONS:
            languages = tuple(self.questionnaire.languages) or page_languages()
            self.fields["options"] = OptionsField(
                label=_("Options"),
                languages=languages,
                required=False,
                help_text=_("One on each line; an empty line is left out."),
            )
            self.order_fields(["label", "help", "options"])
        takes_ends = kind in (QuestionKind.SCALE, QuestionKind.RECOMMENDATION)
        unused = []
        if not takes_ends:
            unused += ["minimum_label", "maximum_label"]
        if kind == QuestionKind.LONG:
            unused += ["minimum"]
            self.fields["maximum"].label = _("At most so many characters")
        elif kind not in (QuestionKind.SCALE, QuestionKind.NUMBER):
            unused += ["minimum", "maximum"]
        if kind == QuestionKind.TEXT:
            self.fields["label"].label = _("Heading")
            self.fields["help"].label = _("Text")
            unused += [
                "is_required", "audience", "is_hidden_in_blind_review", "delete_answers_on",
                "keep_answers_days",
            ]  # fmt: skip
        for name in unused:
            del self.fields[name]

    def _lock(self, question: Question) -> None:
        """Say at the field what answers have fixed; the action refuses it in any case."""
        fixed = _("Fixed: people have answered this question as it stands.")
        for name in ("code", "minimum", "maximum"):
            if name in self.fields:
                self.fields[name].disabled = True
                self.fields[name].help_text = fixed
        if "is_required" in self.fields and not question.is_required:
            self.fields["is_required"].disabled = True
            self.fields["is_required"].help_text = fixed
        notes = {
            "options": _(
                "Options that people were offered stay; their words may change, new ones may be added."
            ),
            "audience": _("It can only become narrower: people answered for this audience."),
            "delete_answers_on": _("It can only become earlier."),
            "keep_answers_days": _("They can only become fewer."),
        }
        for name, note in notes.items():
            if name in self.fields:
                self.fields[name].help_text = note
