"""Putting a refusal where the mistake was made."""

from django import forms

from filiera.shared.errors import DomainError


def show_refusal(form: forms.Form, error: DomainError) -> None:
    """At the field it names, or above the form."""
    field = getattr(error, "field", "")
    form.add_error(field if field in form.fields else None, str(error))
