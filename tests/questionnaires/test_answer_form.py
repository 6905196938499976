"""The form of a step: fields by kind, conditions without script, what is kept of a wrong form."""

from decimal import Decimal

from django.http import QueryDict
from django.template.loader import render_to_string

from filiera.questionnaires.actions import answering
from filiera.questionnaires.forms.answers import AnswerForm
from filiera.questionnaires.models import QuestionKind
from tests.organisations.factories import OrganisationFactory
from tests.questionnaires.factories import NOW, QuestionFactory


def data(**values):
    made = QueryDict(mutable=True)
    for code, value in values.items():
        made.setlist(f"q-{code.replace('_', '-')}", value if isinstance(value, list) else [value])
    return made


def form_of(questionnaire, by, values=None, **more):
    response = answering.start_response(questionnaire=questionnaire, by=by, at=NOW)
    return AnswerForm(questionnaire, response, values, by=by, **more)


def test_every_kind_becomes_a_value_that_is_kept(questionnaire, member):
    organisation = OrganisationFactory()
    options = [{"code": code, "label": {"en": code}} for code in ("a", "b", "c")]
    kinds = {
        "short": {"kind": "short"},
        "long": {"kind": "long"},
        "one": {"choice": True},
        "some": {"choices": True, "options": options},
        "agree": {"yes_no": True},
        "grade": {"scale": True},
        "nps": {"recommendation": True},
        "days": {"kind": "number"},
        "share": {"kind": "number"},
        "day": {"kind": "date"},
        "who": {"kind": "organisation"},
        "consent": {"kind": "consent"},
        "empty": {"kind": "short"},
    }
    for code, traits in kinds.items():
        QuestionFactory(questionnaire=questionnaire, code=code, **traits)

    form = form_of(
        questionnaire,
        member,
        data(
            short="one", long="two\nlines", one="online", some=["a", "c"], agree="no", grade="4", nps="0",
            days="3", share="0.5", day="2026-03-02", who=str(organisation.pk), consent="on",
        ),
    )  # fmt: skip

    assert form.is_valid(), form.errors
    assert form.answers() == {
        "short": "one",
        "long": "two\nlines",
        "one": "online",
        "some": ["a", "c"],
        "agree": False,
        "grade": 4,
        "nps": 0,
        "days": 3,
        "share": float(Decimal("0.5")),
        "day": "2026-03-02",
        "who": organisation.pk,
        "consent": True,
        "empty": None,
    }
    answering.submit_response(response=form.response, answers=form.answers(), by=member, at=NOW)
    again = AnswerForm(questionnaire, form.response, by=member)
    assert again["q-agree"].initial == "no"
    assert again["q-grade"].initial == 4


def conditional(questionnaire):
    mode = QuestionFactory(questionnaire=questionnaire, code="mode", choice=True)
    QuestionFactory(
        questionnaire=questionnaire,
        code="nights",
        kind=QuestionKind.NUMBER,
        is_required=True,
        shown_if=mode,
        shown_if_values=["in-person"],
    )


def test_what_is_not_asked_cannot_be_wrong(questionnaire, member):
    conditional(questionnaire)

    form = form_of(questionnaire, member, data(mode="online", nights="many"))

    assert form.is_valid()
    assert form.answers() == {"mode": "online"}


def test_what_is_asked_is_checked(questionnaire, member):
    conditional(questionnaire)

    form = form_of(questionnaire, member, data(mode="in-person", nights="many"))

    assert list(form.errors) == ["q-nights"]
    assert form["q-nights"].value() == "many"
    assert form.typed() == {"mode": "in-person"}


def test_a_condition_looks_at_answers_of_earlier_steps(questionnaire, member):
    conditional(questionnaire)
    questionnaire.questions.filter(code="nights").update(step=2)
    response = answering.start_response(questionnaire=questionnaire, by=member, at=NOW)
    answering.save_draft(response=response, answers={"mode": "in-person"}, by=member, at=NOW)

    form = AnswerForm(questionnaire, response, data(nights="2"), by=member, step=2)

    assert form.is_valid()
    assert (form.answers(), form.is_last_step) == ({"nights": 2}, True)


def test_the_include_shows_question_help_condition_and_error(questionnaire, member):
    conditional(questionnaire)
    QuestionFactory(
        questionnaire=questionnaire, code="grade", scale=True, minimum_label={"en": "Poor"},
        maximum_label={"en": "Great"}, help={"en": "Be *frank*."},
    )  # fmt: skip
    form = form_of(questionnaire, member, data(mode="in-person"))

    page = render_to_string("questionnaires/_answer_form.html", {"form": form, "draft_url": "/draft/"})

    for words in (
        'data-draft-url="/draft/"',
        'data-shown-if="q-mode" data-shown-if-values="in-person"',
        "Only if “Label of mode” is “In person”",
        "<em>frank</em>",
        "Poor",
        "Great",
        "This field is required.",
    ):
        assert words in page


def test_labels_follow_the_language(questionnaire, member):
    QuestionFactory(questionnaire=questionnaire, code="mode", choice=True, label={"en": "How", "it": "Come"})

    form = form_of(questionnaire, member, language="it")

    assert form.fields["q-mode"].label == "Come"
    assert list(form.fields["q-mode"].choices) == [("online", "Online"), ("in-person", "In presenza")]
