"""What people say about themselves, as action and as page."""

import io
from dataclasses import replace

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from filiera.accounts import actions
from filiera.accounts.models import ProfileField, default_visibility
from filiera.accounts.viewer import VISITOR
from filiera.files.models import StoredFile
from tests.accounts.factories import NOW, PersonFactory, viewer_of

pytestmark = pytest.mark.django_db

PROFILE = actions.Profile(
    name="Ada Rossi",
    country="IT",
    languages=["it", "en"],
    biography={"it": "Chimica"},
    links=["https://example.org/"],
    visibility=default_visibility(),
)


@pytest.fixture(autouse=True)
def _files_in_a_temporary_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def photograph():
    written = io.BytesIO()
    Image.new("RGB", (300, 200)).save(written, format="JPEG")
    return SimpleUploadedFile("me.jpg", written.getvalue(), "image/jpeg")


def test_edit_profile_keeps_everything():
    person = PersonFactory()

    actions.edit_profile(person=person, profile=PROFILE, by=viewer_of(person), at=NOW)

    person.refresh_from_db()
    kept = actions.Profile(
        person.name, person.country, person.languages, person.biography, person.links, person.visibility
    )
    assert (kept, person.sort_name) == (PROFILE, "ada rossi")


def test_new_photograph_replaces_the_old_file():
    person = PersonFactory()
    by = viewer_of(person)
    actions.edit_profile(person=person, profile=PROFILE, photo=photograph(), by=by, at=NOW)
    first = actions.edit_profile(person=person, profile=PROFILE, by=by, at=NOW).photo

    second = actions.edit_profile(person=person, profile=PROFILE, photo=photograph(), by=by, at=NOW).photo

    assert (first == second, list(StoredFile.objects.all())) == (False, [second])


def test_photograph_can_be_removed():
    person = PersonFactory()
    actions.edit_profile(person=person, profile=PROFILE, photo=photograph(), by=viewer_of(person), at=NOW)

    actions.edit_profile(person=person, profile=PROFILE, remove_photo=True, by=viewer_of(person), at=NOW)

    assert StoredFile.objects.count() == 0


@pytest.mark.parametrize(("circle", "status"), [("public", 200), ("network", 404)])
def test_photograph_is_as_visible_as_its_person_decided(client, circle, status):
    person = PersonFactory()
    profile = replace(PROFILE, visibility={**default_visibility(), "name": "public", "photo": circle})
    person = actions.edit_profile(
        person=person, profile=profile, photo=photograph(), by=viewer_of(person), at=NOW
    )

    answer = client.get(reverse("files:file", args=[person.photo.uuid]))

    assert answer.status_code == status
    answer.close()


def test_edit_profile_refuses_others():
    person = PersonFactory()

    for by in (VISITOR, viewer_of(PersonFactory()), viewer_of(person, scopes=frozenset({"read"}))):
        with pytest.raises(PermissionDenied):
            actions.edit_profile(person=person, profile=PROFILE, by=by, at=NOW)
        with pytest.raises(PermissionDenied):
            actions.set_preferences(person=person, language="it", time_zone="", theme="dark", by=by)


def typed(**values):
    told = {
        "name": "Ada Rossi",
        "country": "IT",
        "languages": ["it"],
        "biography_en": "Chemist",
        "biography_it": "Chimica",
        "links": "https://example.org/",
        **{f"visibility_{part}": "network" for part in ProfileField.values},
    }
    return {**told, **values}


def test_profile_page_keeps_what_was_typed(signed_in, person):
    answer = signed_in.post(reverse("accounts:profile"), typed(photo=photograph()))

    person.refresh_from_db()
    assert (answer.status_code, answer["Location"]) == (302, reverse("accounts:profile"))
    assert (person.biography, person.links, person.country, person.photo.name) == (
        {"en": "Chemist", "it": "Chimica"},
        ["https://example.org/"],
        "IT",
        "me.jpg",
    )


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "A" * 201}, "name"),
        ({"name": "Ada\x00"}, "name"),
        ({"name": "Ada\u202eissoR"}, "name"),
        ({"country": "XX"}, "country"),
        ({"languages": ["tlh"]}, "languages"),
        ({"links": "javascript:alert(1)"}, "links"),
        ({"links": "\n".join(["https://example.org/"] * 7)}, "links"),
        ({"links": "https://example.org/" + "a" * 300}, "links"),
        ({"visibility_email": "everyone"}, "visibility_email"),
        ({"biography_en": "x" * 70_000}, "biography"),
        ({"biography_it": "a\x00b"}, "biography"),
        ({"photo": SimpleUploadedFile("me.gif", b"GIF89a")}, "photo"),
        ({"photo": SimpleUploadedFile("me.jpg", b"<script>")}, "photo"),
    ],
)
def test_profile_page_tells_what_is_wrong_at_the_field(signed_in, values, field):
    answer = signed_in.post(reverse("accounts:profile"), typed(**values))

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    if field != "name":
        assert 'value="Ada Rossi"' in answer.content.decode()


def test_biography_of_ten_megabytes_is_refused(signed_in):
    answer = signed_in.post(reverse("accounts:profile"), typed(biography_en="x" * 10_000_000))

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["biography"])


def test_name_with_markup_is_shown_as_text(signed_in):
    signed_in.post(reverse("accounts:profile"), typed(name="<b onclick=x>Ada</b>"))

    page = signed_in.get(reverse("accounts:profile")).content.decode()

    assert "&lt;b onclick=x&gt;Ada&lt;/b&gt;" in page
    assert "<b onclick" not in page


def test_preferences_are_kept_and_obeyed(signed_in, person):
    signed_in.post(
        reverse("accounts:preferences"), {"language": "it", "time_zone": "Europe/Helsinki", "theme": "dark"}
    )

    page = signed_in.get(reverse("accounts:preferences"), headers={"Accept-Language": "en"})
    person.refresh_from_db()
    assert (person.language, person.time_zone, person.theme) == ("it", "Europe/Helsinki", "dark")
    assert (page["Content-Language"], signed_in.cookies["filiera_theme"].value) == ("it", "dark")


@pytest.mark.parametrize(
    "values", [{"language": "xx"}, {"time_zone": "Mars/Olympus"}, {"theme": "pink"}, {"theme": ""}]
)
def test_preferences_refuse_the_unknown(signed_in, values):
    told = {"language": "it", "time_zone": "", "theme": "dark", **values}

    answer = signed_in.post(reverse("accounts:preferences"), told)

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, list(values))


def test_language_link_becomes_the_preference(signed_in, person):
    signed_in.get(reverse("accounts:profile"), {"lang": "it"})

    person.refresh_from_db()
    assert person.language == "it"


@pytest.mark.parametrize(
    "name", ["accounts:profile", "accounts:preferences", "accounts:tokens", "accounts:mails"]
)
def test_visitor_is_asked_to_sign_in(client, name):
    answer = client.get(reverse(name))

    assert (answer.status_code, answer["Location"]) == (302, f"/accounts/login/?next={reverse(name)}")
