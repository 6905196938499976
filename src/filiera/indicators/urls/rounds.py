"""Addresses of collection rounds, and of the link by which a firm answers."""

from django.urls import path

from filiera.indicators.views import round_answers, round_firms, round_parts, rounds

_ROUNDS = "o/<slug:slug>/indicators/rounds/"
_ONE = f"{_ROUNDS}<int:collection_id>/"
_PART = f"{_ONE}parts/<int:asked_id>/"

urlpatterns = [
    path(_ROUNDS, rounds.round_list, name="rounds"),
    path(f"{_ROUNDS}new/", rounds.round_create, name="round_create"),
    path(_ONE, rounds.round_page, name="round"),
    path(f"{_ONE}settings/", rounds.round_edit, name="round_edit"),
    path(f"{_ONE}questions/", rounds.question_create, name="round_question_create"),
    path(
        f"{_ONE}questions/<int:asked_question_id>/removal/",
        rounds.question_remove,
        name="round_question_remove",
    ),
    path(f"{_ONE}opening/", rounds.opening_create, name="round_opening"),
    path(f"{_ONE}reminders/", rounds.reminders_create, name="round_reminders"),
    path(f"{_ONE}freezing/", rounds.freezing_create, name="round_freezing"),
    path(f"{_ONE}deletion/", rounds.round_deletion, name="round_deletion"),
    path(f"{_ONE}report/", rounds.report, name="round_report"),
    path(f"{_ONE}report.csv", rounds.report_csv, name="round_report_csv"),
    path(f"{_ONE}firms/", round_firms.firm_list, name="round_firms"),
    path(f"{_ONE}firms.csv", round_firms.firms_csv, name="round_firms_csv"),
    path(f"{_ONE}firms/addresses/", round_firms.addresses_create, name="round_addresses"),
    path(f"{_ONE}firms/<int:firm_id>/address/", round_firms.address_edit, name="round_firm_address"),
    path(_PART, round_parts.part, name="round_part"),
    path(f"{_PART}submission/", round_parts.submission_create, name="round_submission"),
    path(f"{_PART}acceptance/", round_parts.acceptance_create, name="round_acceptance"),
    path(f"{_PART}comments/<slug:indicator>/", round_parts.comment_create, name="round_comment"),
    path("indicators/rounds/<str:token>/", round_answers.answer, name="round_answer"),
    path("indicators/rounds/<str:token>/stopping/", round_answers.stopping, name="round_stopping"),
]
