"""No model of ours is read without a rule: each has `visible_to`, or is named here with the reason."""

from django.apps import apps

EVERYBODY_MAY_READ = {
    "reference.SourceTable",
    "reference.Country",
    "reference.Language",
    "reference.Region",
    "reference.Activity",
    "reference.Ecosystem",
    "reference.EcosystemMappingVersion",
    "reference.EcosystemActivity",
    "reference.S3Priority",
}
# Streamed to whoever holds a signed token that names the topic; no page reads its rows.
NEVER_READ_FOR_A_PAGE = {
    "push.Event",
    # What jobs compute figures with; the figures themselves have their rule.
    "indicators.CompiledStatement",
    "indicators.FactArrival",
    "indicators.ScopeRow",
    "indicators.SubjectEdition",
}


def own_models():
    return [
        model
        for model in apps.get_models(include_auto_created=False)
        if model.__module__.startswith("filiera.")
    ]


def test_every_model_says_who_may_see_its_rows():
    without = {
        model._meta.label for model in own_models() if not hasattr(model._default_manager, "visible_to")
    }

    assert without == EVERYBODY_MAY_READ | NEVER_READ_FOR_A_PAGE
