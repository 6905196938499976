"""What a participant takes home."""

from django.urls import path

from filiera.workshops.views import dossier

_MY = "academy/<slug:edition_slug>/my/dossier"
urlpatterns = [
    path(f"{_MY}/", dossier.my_dossier, name="my_dossier"),
    path(f"{_MY}.pdf", dossier.my_dossier_pdf, name="my_dossier_pdf"),
    path(f"{_MY}.docx", dossier.my_dossier_docx, name="my_dossier_docx"),
]
