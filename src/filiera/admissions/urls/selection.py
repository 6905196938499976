"""Addresses of the selection at the desk: the board, its limits and versions."""

from django.urls import path

from filiera.admissions.views.desk import decisions, selection, selection_versions

SELECTION = "<slug:edition_slug>/desk/selection/"

urlpatterns = [
    path(SELECTION, selection.desk_selection, name="desk_selection"),
    path(f"{SELECTION}beginning/", selection.desk_selection_begin, name="desk_selection_begin"),
    path(f"{SELECTION}proposals/", selection.desk_proposal_new, name="desk_proposal_new"),
    path(f"{SELECTION}runs/<int:run_id>/cancellation/", selection.desk_run_cancel, name="desk_run_cancel"),
    path(f"{SELECTION}steps/undone/", selection.desk_selection_undo, name="desk_selection_undo"),
    path(f"{SELECTION}applications/<int:application_id>/", selection.desk_decision, name="desk_decision"),
    path(f"{SELECTION}rules/new/", selection.desk_rule_new, name="desk_rule_new"),
    path(f"{SELECTION}rules/<int:position>/", selection.desk_rule, name="desk_rule"),
    path(f"{SELECTION}rules/<int:position>/deletion/", selection.desk_rule_end, name="desk_rule_end"),
    path(f"{SELECTION}reserve/", selection.desk_reserve, name="desk_reserve"),
    path(f"{SELECTION}versions/", selection_versions.desk_selection_versions, name="desk_selection_versions"),
    path(f"{SELECTION}versions/new/", selection_versions.desk_version_keep, name="desk_version_keep"),
    path(
        f"{SELECTION}versions/<int:number>/return/",
        selection_versions.desk_version_return,
        name="desk_version_return",
    ),
    path(f"{SELECTION}mails/", decisions.desk_decision_mails, name="desk_decision_mails"),
    path(f"{SELECTION}mails/words/<slug:decision>/", decisions.desk_decision_text, name="desk_decision_text"),
    path(
        f"{SELECTION}mails/words/<slug:decision>/deletion/",
        decisions.desk_decision_text_end,
        name="desk_decision_text_end",
    ),
    path(f"{SELECTION}mails/<int:application_id>/", decisions.desk_decision_mail, name="desk_decision_mail"),
    path(f"{SELECTION}mails/sending/", decisions.desk_sending, name="desk_sending"),
]
