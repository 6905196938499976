"""Addresses of the directory, the public pages and the workspaces."""

from django.urls import path

from filiera.organisations.views import (
    agreements,
    directory,
    history,
    members,
    organisations,
    team,
    workspace,
)

app_name = "organisations"
urlpatterns = [
    path("directory/", directory.directory, name="directory"),
    path("directory/organisations.csv", directory.directory_table, {"form": "csv"}, name="directory_csv"),
    path("directory/organisations.xlsx", directory.directory_table, {"form": "xlsx"}, name="directory_xlsx"),
    path("directory/new/", directory.organisation_create, name="organisation_create"),
    path("directory/import/", directory.organisation_import, name="organisation_import"),
    path("organisations/<slug:slug>/", organisations.organisation, name="organisation"),
    path("o/", workspace.workspaces, name="workspaces"),
    path("o/<slug:slug>/", workspace.workspace, name="workspace"),
    path("o/<slug:slug>/profile/", workspace.profile, name="profile"),
    path("o/<slug:slug>/history/", workspace.history, name="history"),
    path("o/<slug:slug>/fate/", history.fate, name="fate"),
    path("o/<slug:slug>/fate/succession/", history.succession_create, name="succession_create"),
    path("o/<slug:slug>/fate/closing/", history.closing_create, name="closing_create"),
    path("o/<slug:slug>/members/", members.members, name="members"),
    path("o/<slug:slug>/members/new/", members.member_create, name="member_create"),
    path("o/<slug:slug>/members/import/", members.member_import, name="member_import"),
    path("o/<slug:slug>/memberships/", members.memberships, name="memberships"),
    path("o/<slug:slug>/memberships/new/", members.membership_create, name="membership_create"),
    path("o/<slug:slug>/memberships/<int:membership_id>/end/", members.membership_end, name="membership_end"),
    path(
        "o/<slug:slug>/memberships/<int:membership_id>/withdrawal/",
        members.membership_withdraw,
        name="membership_withdraw",
    ),
    path("o/<slug:slug>/agreements/", agreements.agreements, name="agreements"),
    path("o/<slug:slug>/agreements/stages/", agreements.stage_create, name="stage_create"),
    path(
        "o/<slug:slug>/agreements/stages/<int:step_id>/confirmation/",
        agreements.stage_confirm,
        name="stage_confirm",
    ),
    path("o/<slug:slug>/agreements/stages/<int:step_id>/end/", agreements.stage_end, name="stage_end"),
    path("agreements/<int:agreement_id>/", agreements.agreement, name="agreement"),
    path("o/<slug:slug>/team/", team.team, name="team"),
    path("o/<slug:slug>/team/invitations/", team.invitation_create, name="invitation_create"),
    path(
        "o/<slug:slug>/team/invitations/<int:invitation_id>/withdrawal/",
        team.invitation_withdraw,
        name="invitation_withdraw",
    ),
    path("o/<slug:slug>/team/<int:position_id>/", team.position_edit, name="position_edit"),
    path("o/<slug:slug>/team/<int:position_id>/end/", team.position_end, name="position_end"),
]
