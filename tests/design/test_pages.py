"""The page of components, the error pages and the choice of theme."""

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.utils import translation

ERROR_PAGES = ("400", "403", "403_csrf", "404", "410", "429", "500", "503")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "heading"),
    [("en", "Everything a page is made of"), ("it", "Tutto ciò di cui è fatta una pagina")],
)
def test_components_page_in_both_languages(client: Client, language, heading, django_assert_num_queries):
    with django_assert_num_queries(0):
        response = client.get("/design/", {"lang": language}, follow=True)

    assert response.status_code == 200
    assert f"<h1>{heading}</h1>" in response.content.decode()
    assert f'<html lang="{language}"' in response.content.decode()


@pytest.mark.parametrize("name", ERROR_PAGES)
@pytest.mark.parametrize("language", ["en", "it"])
def test_error_page_stands_without_request_and_database(name, language):
    with translation.override(language):
        html = render_to_string(f"{name}.html")

    assert f'<html lang="{language}">' in html
    assert html.count("<h1>") == 1


def test_error_pages_differ_by_language():
    def heading(name: str, language: str) -> str:
        with translation.override(language):
            return render_to_string(f"{name}.html").partition("<h1>")[2].partition("</h1>")[0]

    same = [name for name in ERROR_PAGES if heading(name, "en") == heading(name, "it")]

    assert same == []


@pytest.mark.django_db
def test_chosen_theme_is_remembered_and_shown(client: Client):
    response = client.get("/design/theme/", {"theme": "dark", "next": "/design/?a=1"})

    assert (response.status_code, response["Location"]) == (302, "/design/?a=1")
    assert client.cookies["filiera_theme"].value == "dark"
    assert ' data-theme="dark">' in client.get("/design/").content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""])
def test_theme_never_leads_to_another_site(client: Client, address):
    response = client.get("/design/theme/", {"theme": "light", "next": address})

    assert response["Location"] == "/"


@pytest.mark.django_db
def test_unknown_theme_changes_nothing(client: Client):
    response = client.get("/design/theme/", {"theme": "pink"})

    assert response.status_code == 302
    assert "filiera_theme" not in client.cookies


@pytest.mark.django_db
def test_desk_shows_its_places_and_counts(client: Client, django_assert_num_queries):
    with django_assert_num_queries(0):
        html = client.get("/design/desk/").content.decode()

    assert 'href="/design/desk/" aria-current="page"' in html
    assert '<span class="count">14 / 22</span>' in html
