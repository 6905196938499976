from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from filiera.academy.models import Session
from tests.academy.factories import PartFactory
from tests.academy.test_programme_import import GOOD, HEAD


def page(edition):
    return reverse("academy:desk_import", args=[edition.slug])


def upload(content, name="programme.csv"):
    return SimpleUploadedFile(name, content.encode(), content_type="text/csv")


def test_a_dry_run_shows_what_would_happen(editor_client, edition):
    PartFactory(edition=edition)

    answer = editor_client.post(page(edition), {"file": upload(GOOD), "dry_run": "on"})

    assert (answer.status_code, len(answer.context["report"].sessions), Session.objects.count()) == (
        200,
        3,
        0,
    )


def test_a_right_file_is_taken_over(editor_client, edition):
    PartFactory(edition=edition)

    answer = editor_client.post(page(edition), {"file": upload(GOOD)})

    assert (answer.status_code, Session.objects.count()) == (200, 3)


def test_a_wrong_row_is_shown_with_its_place(editor_client, edition):
    PartFactory(edition=edition)

    answer = editor_client.post(page(edition), {"file": upload(HEAD + "someday,09:00,10:00,T,,lesson,,,,\n")})

    [problem] = answer.context["problems"]
    assert (answer.status_code, problem.row, problem.column, problem.value) == (422, 2, "date", "someday")


def test_a_file_of_another_kind_is_refused_at_its_field(editor_client, edition):
    PartFactory(edition=edition)

    answer = editor_client.post(page(edition), {"file": upload("x", "programme.docx")})

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["file"])


def test_a_participant_may_not_import(member_client, edition):
    assert member_client.post(page(edition), {"file": upload(GOOD)}).status_code == 403


def test_a_visitor_is_asked_to_sign_in(client, edition):
    assert client.get(page(edition)).status_code == 302
