"""Addresses of the builder, for a higher app to mount below its own."""

from django.urls import URLPattern, path

from filiera.questionnaires.views import questionnaires, questions, results
from filiera.questionnaires.views.site import Enter

FORM = "<int:questionnaire_id>/"
QUESTION = f"{FORM}questions/<int:question_id>/"


def builder_urls(prefix: str, enter: Enter) -> list[URLPattern]:
    """The pages of the builder below `prefix`; `enter` lets in whoever may and hands each view its `Site`.

    The names are those in the higher app's namespace, such as `admissions:form`.
    """
    return [
        path(prefix, enter(questionnaires.questionnaire_list), name="forms"),
        path(f"{prefix}new/", enter(questionnaires.questionnaire_new), name="form_new"),
        path(f"{prefix}{FORM}", enter(questionnaires.questionnaire_page), name="form"),
        path(f"{prefix}{FORM}settings/", enter(questionnaires.questionnaire_settings), name="form_settings"),
        path(
            f"{prefix}{FORM}ready-made/",
            enter(questionnaires.questionnaire_ready_made),
            name="form_ready_made",
        ),
        path(f"{prefix}{FORM}opening/", enter(questionnaires.opening_create), name="form_opening"),
        path(f"{prefix}{FORM}closing/", enter(questionnaires.closing_create), name="form_closing"),
        path(f"{prefix}{FORM}copies/", enter(questionnaires.copy_create), name="form_copies"),
        path(f"{prefix}{FORM}deletion/", enter(questionnaires.questionnaire_deletion), name="form_deletion"),
        path(f"{prefix}{FORM}preview/", enter(questionnaires.preview), name="form_preview"),
        path(f"{prefix}{FORM}add/<slug:kind>/", enter(questions.question_new), name="form_question_new"),
        path(f"{prefix}{QUESTION}", enter(questions.question_page), name="form_question"),
        path(f"{prefix}{QUESTION}moves/", enter(questions.question_move), name="form_question_moves"),
        path(
            f"{prefix}{QUESTION}deletion/", enter(questions.question_deletion), name="form_question_deletion"
        ),
        path(f"{prefix}{FORM}results/", enter(results.results_page), name="form_results"),
        path(f"{prefix}{FORM}results/count/", enter(results.results_count), name="form_results_count"),
        path(f"{prefix}{FORM}results.csv", enter(results.results_csv), name="form_results_csv"),
        path(f"{prefix}{FORM}results.xlsx", enter(results.results_xlsx), name="form_results_xlsx"),
    ]
