"""The participant list and one's own contacts."""

from django.urls import path

from filiera.admissions.views import contacts, people

PEOPLE = "<slug:edition_slug>/people/"

urlpatterns = [
    path(PEOPLE, people.people, name="people"),
    path(f"{PEOPLE}<int:listing_id>/", people.person, name="people_person"),
    path(f"{PEOPLE}me/", people.me, name="people_me"),
    path(f"{PEOPLE}me/listing/", people.listing_create, name="listing_create"),
    path(f"{PEOPLE}me/listing/end/", people.listing_end, name="listing_end"),
    path(f"{PEOPLE}me/card/", people.card, name="contact_card"),
    path(f"{PEOPLE}me/code/", contacts.code, name="people_code"),
    path(f"{PEOPLE}me/code/new/", contacts.code_create, name="people_code_create"),
    path(f"{PEOPLE}codes/<slug:contact_code>/", contacts.contact_code, name="contact_code"),
    path(f"{PEOPLE}contacts/", contacts.contacts, name="contacts"),
    path(f"{PEOPLE}contacts.vcf", contacts.contacts_vcf, name="contacts_vcf"),
    path(f"{PEOPLE}contacts.csv", contacts.contacts_csv, name="contacts_csv"),
    path(f"{PEOPLE}contacts/<int:contact_id>.vcf", contacts.contact_vcf, name="contact_vcf"),
    path(f"{PEOPLE}contacts/<int:contact_id>/note/", contacts.contact_note, name="contact_note"),
    path(f"{PEOPLE}contacts/<int:contact_id>/end/", contacts.contact_end, name="contact_end"),
    path(
        f"{PEOPLE}requests/<int:contact_request_id>/acceptance/",
        contacts.request_acceptance,
        name="contact_request_acceptance",
    ),
    path(
        f"{PEOPLE}requests/<int:contact_request_id>/refusal/",
        contacts.request_refusal,
        name="contact_request_refusal",
    ),
    path(
        f"{PEOPLE}requests/<int:contact_request_id>/withdrawal/",
        contacts.request_withdrawal,
        name="contact_request_withdrawal",
    ),
]
