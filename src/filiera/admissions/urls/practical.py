"""The practical page, the invitation letter, and both at the desk."""

from django.urls import path

from filiera.admissions.views import practical
from filiera.admissions.views.desk import practical as desk

DESK = "<slug:edition_slug>/desk/practical/"

urlpatterns = [
    path("<slug:edition_slug>/practical/", practical.practical, name="practical"),
    path(
        "<slug:edition_slug>/practical/invitation.pdf", practical.invitation_letter, name="invitation_letter"
    ),
    path(DESK, desk.desk_practical, name="desk_practical"),
    path(f"{DESK}new/", desk.desk_practical_note_new, name="desk_practical_note_new"),
    path(f"{DESK}letter/", desk.desk_invitation_letter, name="desk_invitation_letter"),
    path(f"{DESK}<int:note_id>/", desk.desk_practical_note, name="desk_practical_note"),
    path(
        f"{DESK}<int:note_id>/deletion/",
        desk.desk_practical_note_deletion,
        name="desk_practical_note_deletion",
    ),
]
