"""One form field as every page shows it: label, help, control and error, tied together."""

from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, Form, HiddenInput, RadioSelect
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from filiera.design.pictures import icon_html


def _described_by(bound: BoundField) -> dict[str, str | bool]:
    identifier = bound.id_for_label or bound.auto_id
    parts = []
    if bound.help_text:
        parts.append(f"{identifier}-help")
    if bound.errors:
        parts.append(f"{identifier}-error")
    attributes: dict[str, str | bool] = {"aria-describedby": " ".join(parts)} if parts else {}
    if bound.errors:
        attributes["aria-invalid"] = "true"
    return attributes


def field(bound: BoundField, label: str = "", classes: str = "", **attributes: str) -> SafeString:
    """Label, help, control and error of one form field, tied together for every reader.

    Further arguments become attributes of the control: `{% field form.name autocomplete="name" %}`.
    """
    control_attributes: dict[str, str | bool] = {
        key.replace("_", "-"): value for key, value in attributes.items()
    }
    widget = bound.field.widget
    if isinstance(widget, HiddenInput):
        return bound.as_widget(attrs=control_attributes)
    identifier = bound.id_for_label or bound.auto_id
    described = _described_by(bound)
    title = label or bound.label
    is_group = isinstance(widget, RadioSelect | CheckboxSelectMultiple) or getattr(widget, "is_group", False)
    optional = (
        SafeString("")
        if bound.field.required or isinstance(widget, CheckboxInput)
        else format_html(' <span class="optional">{}</span>', _("optional"))
    )
    help_text = (
        format_html('<p class="help" id="{}-help">{}</p>', identifier, mark_safe(str(bound.help_text)))
        if bound.help_text
        else SafeString("")
    )
    errors = (
        format_html(
            '<p class="error" id="{}-error">{}<span>{}</span></p>',
            identifier,
            icon_html("alert"),
            format_html_join(mark_safe("<br>"), "{}", ((error,) for error in bound.errors)),
        )
        if bound.errors
        else SafeString("")
    )
    if is_group:
        is_list = hasattr(widget, "option_template_name") and not getattr(widget, "draws_options", False)
        options = _group_options(bound) if is_list else None
        body = options or format_html(
            '<div class="choices">{}</div>', bound.as_widget(attrs=control_attributes)
        )
        described_by = described.get("aria-describedby", "")
        return format_html(
            '<fieldset class="field {}" id="{}-field"{}><legend>{}{}</legend>{}{}{}</fieldset>',
            classes,
            identifier,
            format_html(' aria-describedby="{}"', described_by) if described_by else "",
            title,
            optional,
            help_text,
            body,
            errors,
        )
    control = bound.as_widget(attrs={**described, **control_attributes})
    if isinstance(widget, CheckboxInput):
        return format_html(
            '<div class="field {}"><label class="choice" for="{}">{}<span>{}</span></label>{}{}</div>',
            classes,
            identifier,
            control,
            title,
            help_text,
            errors,
        )
    return format_html(
        '<div class="field {}"><label for="{}">{}{}</label>{}{}{}</div>',
        classes,
        identifier,
        title,
        optional,
        help_text,
        control,
        errors,
    )


def _group_options(bound: BoundField) -> SafeString:
    rows = ((option.id_for_label, option.tag(), option.choice_label) for option in bound)
    return format_html(
        '<div class="choices">{}</div>',
        format_html_join("", '<label class="choice" for="{}">{}<span>{}</span></label>', rows),
    )


def fields(form: Form) -> SafeString:
    """The error summary and every field of a form, in the form's order."""
    parts = [form_errors(form)]
    parts += [field(bound) for bound in form.visible_fields()]
    parts += [bound.as_widget() for bound in form.hidden_fields()]
    return mark_safe("".join(parts))


def form_errors(form: Form) -> SafeString:
    """What must be put right, each point linked to its field."""
    if not form.is_bound or not form.errors:
        return SafeString("")
    items = [format_html("<li>{}</li>", error) for error in form.non_field_errors()]
    items += [
        format_html(
            '<li><a href="#{}">{}</a>: {}</li>', bound.id_for_label or bound.auto_id, bound.label, error
        )
        for bound in form.visible_fields()
        for error in bound.errors
    ]
    items += [format_html("<li>{}</li>", error) for bound in form.hidden_fields() for error in bound.errors]
    return format_html(
        '<div class="error-summary" role="alert"><h2>{}</h2><ul>{}</ul></div>',
        _("Please put this right first"),
        mark_safe("".join(items)),
    )
