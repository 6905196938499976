"""Addresses of the programme as files."""

from django.urls import path

from filiera.academy.views import exports

urlpatterns = [
    path("<slug:edition_slug>/schedule.ics", exports.schedule_ics, name="schedule_ics"),
    path("<slug:edition_slug>/schedule.json", exports.schedule_json_file, name="schedule_json"),
    path("<slug:edition_slug>/schedule.xml", exports.schedule_xml_file, name="schedule_xml"),
    path("<slug:edition_slug>/schedule.csv", exports.schedule_csv, name="schedule_csv"),
    path("<slug:edition_slug>/schedule.xlsx", exports.schedule_xlsx, name="schedule_xlsx"),
    path("<slug:edition_slug>/programme.pdf", exports.programme_pdf, name="programme_pdf"),
    path("<slug:edition_slug>/changes.atom", exports.changes_atom, name="changes_atom"),
    path("<slug:edition_slug>/my/<str:token>.ics", exports.my_feed, name="my_feed"),
]
