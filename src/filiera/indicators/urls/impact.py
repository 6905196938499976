"""Addresses of the logic model and of studies of impact."""

from django.urls import path

from filiera.indicators.views import impact, logic_model

urlpatterns = [
    path("o/<slug:slug>/logic-model/", logic_model.logic_model, name="logic_model"),
    path("o/<slug:slug>/impact/", impact.studies, name="impact"),
    path("o/<slug:slug>/impact/panels/new/", impact.panel_new, name="impact_panel_new"),
    path("o/<slug:slug>/impact/panels/<int:panel_id>/", impact.panel, name="impact_panel"),
    path(
        "o/<slug:slug>/impact/panels/<int:panel_id>/columns/",
        impact.panel_columns,
        name="impact_panel_columns",
    ),
    path(
        "o/<slug:slug>/impact/panels/<int:panel_id>/deletion/",
        impact.panel_deletion,
        name="impact_panel_deletion",
    ),
    path("o/<slug:slug>/impact/studies/<int:study_id>/", impact.study, name="impact_study"),
    path(
        "o/<slug:slug>/impact/studies/<int:study_id>/deletion/",
        impact.study_deletion,
        name="impact_study_deletion",
    ),
    path(
        "o/<slug:slug>/impact/studies/<int:study_id>/showing/",
        impact.study_showing,
        name="impact_study_showing",
    ),
]
