"""Addresses of forms and surveys at an edition's desk."""

from filiera.admissions.views.desk_forms import enter
from filiera.questionnaires.urls import builder_urls

urlpatterns = builder_urls("<slug:edition_slug>/desk/forms/", enter)
