"""What the translation check finds, and what it leaves in peace."""

from pathlib import Path

import pytest

from filiera.config import messages

CODE = """
from django.utils.translation import gettext_lazy as _, ngettext, pgettext
greeting = _("Good morning, %(name)s")
places = ngettext("%(count)s place", "%(count)s places", 2)
month = pgettext("month", "May")
"""
TEMPLATE = """{% load i18n %}
<h1>{% translate "Programme" %}</h1>
   <p title="{% translate 'Open' %}">
    {% blocktranslate count number=days %}One day{% plural %}{{ number }} days{% endblocktranslate %}
 </p>{% include "button.html" with label=_("Send") %}
"""


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> messages.App:
    monkeypatch.setattr(messages, "PACKAGE_DIR", tmp_path)
    folder = tmp_path / "garden"
    (folder / "templates" / "garden").mkdir(parents=True)
    (folder / "__init__.py").write_text("")
    (folder / "views.py").write_text(CODE)
    (folder / "templates" / "garden" / "page.html").write_text(TEMPLATE)
    return messages.App(folder)


def test_code_and_templates_are_read(app: messages.App) -> None:
    found = {(message.id, message.context) for message in messages.extracted(app) if message.id}

    assert found == {
        ("Good morning, %(name)s", None),
        (("%(count)s place", "%(count)s places"), None),
        ("May", "month"),
        ("Programme", None),
        ("Open", None),
        (("One day", "%(number)s days"), None),
        ("Send", None),
    }


def test_extraction_keeps_translations_and_drops_what_is_no_longer_said(app: messages.App) -> None:
    messages.extract(app)
    file = app.file_of("it")
    file.write_text(file.read_text().replace('msgid "Send"\nmsgstr ""', 'msgid "Send"\nmsgstr "Invia"'))
    template = app.folder / "templates" / "garden" / "page.html"
    template.write_text(TEMPLATE.replace("Programme", "Programme of the day"))

    messages.extract(app)

    kept = file.read_text()
    assert 'msgid "Send"\nmsgstr "Invia"' in kept
    assert 'msgid "Programme of the day"\nmsgstr ""' in kept
    assert 'msgid "Programme"\n' not in kept


def test_every_kind_of_gap_is_named(app: messages.App) -> None:
    messages.extract(app)
    file = app.file_of("it")
    text = file.read_text().replace('msgid "Send"\nmsgstr ""', 'msgid "Send"\nmsgstr "Invia"')
    text = text.replace(
        '"Good morning, %(name)s"\nmsgstr ""', '"Good morning, %(name)s"\nmsgstr "Buongiorno"'
    )
    text = text.replace(
        'msgctxt "month"\nmsgid "May"\nmsgstr ""', '#, fuzzy\nmsgctxt "month"\nmsgid "May"\nmsgstr "Maggio"'
    )
    text = text.replace('msgid "Open"\nmsgstr ""\n', "")
    file.write_text(text + '\nmsgid "Gone"\nmsgstr "Andato"\n')

    assert sorted(messages.faults(app)) == [
        "garden (it): fuzzy: 'May'",
        "garden (it): missing: 'Open'",
        "garden (it): no longer said: 'Gone'",
        "garden (it): not translated: '%(count)s place'",
        "garden (it): not translated: 'One day'",
        "garden (it): not translated: 'Programme'",
        "garden (it): other placeholders than the English: 'Good morning, %(name)s'",
    ]


def test_compiled_words_are_those_of_the_file(app: messages.App) -> None:
    messages.extract(app)
    file = app.file_of("it")
    file.write_text(file.read_text().replace('msgid "Send"\nmsgstr ""', 'msgid "Send"\nmsgstr "Invia"'))

    assert messages.compile_all() == 1
    assert messages.compile_all() == 0
    assert b"Invia" in file.with_suffix(".mo").read_bytes()


@pytest.mark.parametrize(
    ("template", "found"),
    [
        ("<p>{% translate 'Hello' %}</p>", []),
        ("<p>Hello {{ name }}</p>", ["Hello \N{OBJECT REPLACEMENT CHARACTER}"]),
        ('<img alt="A tree">', ["A tree"]),
        ('<a class="button is-quiet" href="/x/">{{ label }}</a>', []),
        ("{% blocktranslate %}Good day{% endblocktranslate %}{% comment %}Bad day{% endcomment %}", []),
        ('{% block more %}{% if now %} data-now="{{ now }}"{% endif %}{% endblock %}', []),
        ("<abbr>PDF</abbr> <code>filiera serve</code> 12 / 24", []),
    ],
)
def test_bare_words_in_templates_are_found(template: str, found: list[str]) -> None:
    assert messages.bare_texts(template) == found


def test_two_apps_that_read_a_word_differently_are_named(app: messages.App, tmp_path: Path) -> None:
    other = messages.App(tmp_path / "orchard")
    other.folder.mkdir()
    (other.folder / "__init__.py").write_text("")
    (other.folder / "views.py").write_text(
        "from django.utils.translation import gettext as _\na = _('Open')\n"
    )
    for each, words in ((app, "Aperto"), (other, "Apri")):
        messages.extract(each)
        file = each.file_of("it")
        file.write_text(
            file.read_text().replace('msgid "Open"\nmsgstr ""', f'msgid "Open"\nmsgstr "{words}"')
        )

    assert list(messages.disagreements([app, other])) == [
        "it: 'Open' is read differently: 'Aperto' in garden; 'Apri' in orchard"
    ]


def test_a_plural_and_a_plain_word_are_two_messages(app: messages.App, tmp_path: Path) -> None:
    other = messages.App(tmp_path / "orchard")
    other.folder.mkdir()
    (other.folder / "__init__.py").write_text("")
    (other.folder / "views.py").write_text(
        "from django.utils.translation import ngettext\na = ngettext('Open', 'Open ones', 2)\n"
    )
    for each, before, after in (
        (app, 'msgid "Open"\nmsgstr ""', 'msgid "Open"\nmsgstr "Aperto"'),
        (other, 'msgstr[0] ""\nmsgstr[1] ""', 'msgstr[0] "Aperto"\nmsgstr[1] "Aperti"'),
    ):
        messages.extract(each)
        file = each.file_of("it")
        file.write_text(file.read_text().replace(before, after))
        assert after in file.read_text()

    assert list(messages.disagreements([app, other])) == []
