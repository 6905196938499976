"""Tags: what they write, and that they write it safely."""

import pytest
from django import forms
from django.template import Context, Template, TemplateSyntaxError
from django.utils import translation

from filiera.design.fields import field, form_errors
from filiera.design.pictures import avatar, icon_html, icon_names


class PlaceForm(forms.Form):
    name = forms.CharField(label="Name", help_text="As on the door.")
    floor = forms.IntegerField(label="Floor", required=False)
    kind = forms.ChoiceField(label="Kind", choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)
    step_free = forms.BooleanField(label="Step-free", required=False)


def render(source: str, **context: object) -> str:
    return Template("{% load design %}" + source).render(Context(context))


def test_icon_is_hidden_from_screen_readers():
    assert icon_html("star") == (
        '<svg class="icon" aria-hidden="true"><use href="/static/design/icons.svg#star"/></svg>'
    )


def test_icon_with_a_label_is_a_picture_with_a_name():
    assert render('{% icon "warning" label=label %}', label='"Full"') == (
        '<svg class="icon" role="img" aria-label="&quot;Full&quot;">'
        '<use href="/static/design/icons.svg#warning"/></svg>'
    )


def test_a_line_that_wraps_never_begins_with_the_dot():
    assert render("MESAP{% dot %}2025") == "MESAP\N{NO-BREAK SPACE}· 2025"


def test_an_address_breaks_before_its_at_and_is_escaped():
    assert render("{{ told|email_address }}", told="<a>@north.example") == "&lt;a&gt;<wbr>@north.example"


def test_unknown_icon_is_refused_when_the_template_is_read():
    with pytest.raises(TemplateSyntaxError, match="no icon 'starr'"):
        Template('{% load design %}{% icon "starr" %}')


def test_icons_of_one_name_stand_once():
    assert {"star", "close", "menu", "warning", "academy", "language"} <= icon_names()


def test_field_ties_help_and_control_together():
    assert field(PlaceForm()["name"]) == (
        '<div class="field "><label for="id_name">Name</label>'
        '<p class="help" id="id_name-help">As on the door.</p>'
        '<input type="text" name="name" aria-describedby="id_name-help" required id="id_name"></div>'
    )


def test_field_says_that_it_is_optional():
    with translation.override("en"):
        assert field(PlaceForm()["floor"]) == (
            '<div class="field "><label for="id_floor">Floor <span class="optional">optional</span></label>'
            '<input type="number" name="floor" id="id_floor"></div>'
        )


def test_field_with_an_error_names_it_to_every_reader():
    form = PlaceForm({"floor": "<b>"})

    html = field(form["floor"])

    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_floor-error"' in html
    assert 'value="&lt;b&gt;"' in html
    assert '<p class="error" id="id_floor-error">' in html


def test_radio_buttons_are_one_group_with_a_legend():
    assert field(PlaceForm()["kind"]) == (
        '<fieldset class="field " id="id_kind-field"><legend>Kind</legend><div class="choices">'
        '<label class="choice" for="id_kind_0">'
        '<input type="radio" name="kind" value="a" id="id_kind_0" required><span>A</span></label>'
        '<label class="choice" for="id_kind_1">'
        '<input type="radio" name="kind" value="b" id="id_kind_1" required><span>B</span></label>'
        "</div></fieldset>"
    )


def test_checkbox_stands_before_its_words():
    assert field(PlaceForm()["step_free"]) == (
        '<div class="field "><label class="choice" for="id_step_free">'
        '<input type="checkbox" name="step_free" id="id_step_free"><span>Step-free</span></label></div>'
    )


def test_error_summary_leads_to_the_fields():
    form = PlaceForm({"kind": "a"})

    with translation.override("en"):
        assert form_errors(form) == (
            '<div class="error-summary" role="alert"><h2>Please put this right first</h2>'
            '<ul><li><a href="#id_name">Name</a>: This field is required.</li></ul></div>'
        )


def test_untouched_form_has_no_error_summary():
    assert form_errors(PlaceForm()) == ""


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("Anna Kowalska", "AK"),
        ("Γιώργος Παπαδόπουλος", "ΓΠ"),
        ("Cher", "C"),
        ("Jean-Luc de la Tour", "JT"),
        ("", "?"),
        ("<script>", "?"),
    ],
)
def test_avatar_without_picture_shows_initials(name, initials):
    assert f'data-initials="{initials}"></span>' in avatar(name)


def test_avatar_picture_address_is_escaped():
    assert avatar("A", '/files/"><script>') == (
        '<img class="avatar " src="/files/&quot;&gt;&lt;script&gt;" alt="" loading="lazy">'
    )


def test_breadcrumbs_end_with_the_page_itself():
    with translation.override("en"):
        html = render('{% breadcrumbs "Academies" "/academy/" title %}', title="<i>Torino</i>")

    assert html == (
        '<nav class="breadcrumbs no-print" aria-label="You are here"><ol>'
        '<li><a href="/academy/">Academies</a></li>'
        '<li aria-current="page">&lt;i&gt;Torino&lt;/i&gt;</li></ol></nav>'
    )


@pytest.mark.parametrize(("share", "name"), [(0.0, "w-0"), (0.415, "w-42"), (1.7, "w-100"), (None, "w-0")])
def test_share_becomes_a_class(share, name):
    assert render("{{ share|percent_class }}", share=share) == name
