"""The translations of each app: found in its code and templates, compiled, and checked for gaps.

    python -m filiera.config.messages extract [APP …]    bring the .po files up to date
    python -m filiera.config.messages compile            make the .mo files that run
    python -m filiera.config.messages check              exit 1 and name what is missing

English stands in the source; every other language has one file per app.
"""

import argparse
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path

import django
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.template.base import Lexer, TokenType
from django.utils.translation.template import templatize

PACKAGE_DIR = Path(__file__).resolve().parent.parent
LANGUAGES = ("it",)
_KEYWORDS = dict.fromkeys(
    (
        "_",
        *("gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy"),
        *("pgettext", "pgettext_lazy", "npgettext", "npgettext_lazy"),
    )
)
# Names and formats read the same in every language.
_SAME_EVERYWHERE = re.compile(
    r"(?i:filiera|api|atom|csv|cba|e-mail|eur|eupl|frab|html|iban|ics?|icalendar|id|it|en|json(-ld)?|markdown|nace"
    r"|nuts|oidc|pdf|png|qr|rss|svg|totp|url|utc|vat|vcard|xlsx|xml|zip)"
)
# A block may fill in the attributes of an element that another template opens.
_ATTRIBUTES = re.compile(r'(?:\s*[\w-]+="[^"]*"\s*)+')
_SPOKEN_ATTRIBUTES = {"alt", "aria-label", "aria-description", "placeholder", "title"}
_SILENT_ELEMENTS = {"script", "style", "code", "pre", "kbd", "samp"}


@dataclass(frozen=True)
class App:
    """A folder of the package that has words of its own."""

    folder: Path

    @property
    def name(self) -> str:
        return self.folder.name

    def file_of(self, language: str) -> Path:
        return self.folder / "locale" / language / "LC_MESSAGES" / "django.po"

    def code(self) -> Iterator[Path]:
        return (file for file in sorted(self.folder.rglob("*.py")) if "migrations" not in file.parts)

    def templates(self) -> Iterator[Path]:
        folder = self.folder / "templates"
        return (file for file in sorted(folder.rglob("*")) if file.suffix in {".html", ".txt", ".svg"})


def all_apps() -> list[App]:
    return [App(folder) for folder in sorted(PACKAGE_DIR.iterdir()) if (folder / "__init__.py").exists()]


def extracted(app: App) -> Catalog:
    """Everything the app says, in a catalogue without translations."""
    catalog = Catalog(charset="utf-8")
    for file in app.code():
        _add_from(catalog, file.read_text(), file)
    for file in app.templates():
        # In brackets the layout of a page cannot be mistaken for the indentation of Python.
        _add_from(catalog, f"({templatize(file.read_text(), origin=str(file))}\n)", file)
    return catalog


def _add_from(catalog: Catalog, code: str, file: Path) -> None:
    place = file.relative_to(PACKAGE_DIR).as_posix()
    found = extract_python(BytesIO(code.encode()), _KEYWORDS, [], {"encoding": "utf-8"})
    for _line, function, arguments, _comments in found:
        texts = list(arguments) if isinstance(arguments, tuple) else [arguments]
        context = texts.pop(0) if "pgettext" in function else None
        if not texts or not isinstance(texts[0], str) or not texts[0]:
            continue
        plural = texts[1] if "ngettext" in function or "npgettext" in function else None
        catalog.add((texts[0], plural) if plural else texts[0], context=context, locations=[(place, 0)])


def extract(app: App) -> None:
    """Write the app's files anew: translations stay, new sentences come in empty, lost ones leave."""
    template = extracted(app)
    for language in LANGUAGES:
        file = app.file_of(language)
        if not len(template) and not file.exists():
            continue
        catalog = _read(file, language)
        catalog.update(template, no_fuzzy_matching=True)
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("wb") as target:
            _write(target, catalog)


def _read(file: Path, language: str) -> Catalog:
    if not file.exists():
        return Catalog(locale=language, charset="utf-8")
    with file.open("rb") as source:
        return read_po(source, locale=language)


def _write(target: "BytesIO | object", catalog: Catalog) -> None:
    # A head without dates: two people who extract the same words write the same file.
    catalog.header_comment = ""
    catalog.mime_headers = [
        ("Language", str(catalog.locale)),
        ("MIME-Version", "1.0"),
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Transfer-Encoding", "8bit"),
        ("Plural-Forms", catalog.plural_forms),
    ]
    write_po(target, catalog, ignore_obsolete=True, include_lineno=False, sort_output=True, width=110)  # type: ignore[arg-type]


def compile_all() -> int:
    """Compile what is newer than its compiled form; the number of files written."""
    written = 0
    for app in all_apps():
        for language in LANGUAGES:
            source = app.file_of(language)
            target = source.with_suffix(".mo")
            if not source.exists() or (target.exists() and target.stat().st_mtime >= source.stat().st_mtime):
                continue
            with target.open("wb") as compiled:
                write_mo(compiled, _read(source, language))
            written += 1
    return written


def faults(app: App) -> Iterator[str]:
    """What a reader of another language would miss in this app."""
    template = extracted(app)
    for language in LANGUAGES:
        file = app.file_of(language)
        catalog = _read(file, language)
        place = f"{app.name} ({language})"
        for message in template:
            if message.id:
                yield from _faults_of(message, catalog, place)
        for message in catalog:
            if message.id and template.get(message.id, message.context) is None:
                yield f"{place}: no longer said: {_singular(message)!r}"
        yield from (f"{place}: obsolete: {_singular(message)!r}" for message in catalog.obsolete.values())
    for file in app.templates():
        where = file.relative_to(PACKAGE_DIR)
        yield from (f"{where}: not marked for translation: {text!r}" for text in bare_texts(file.read_text()))


def _faults_of(message: Message, catalog: Catalog, place: str) -> Iterator[str]:
    known = catalog.get(message.id, message.context)
    if known is None:
        yield f"{place}: missing: {_singular(message)!r}"
    elif not all(known.string if isinstance(known.string, tuple) else [known.string]):
        yield f"{place}: not translated: {_singular(message)!r}"
    elif known.fuzzy:
        yield f"{place}: fuzzy: {_singular(message)!r}"
    else:
        yield from (f"{place}: {error}: {_singular(message)!r}" for error in known.check(catalog))
        if _names_in(message) != _names_in(known, translated=True):
            yield f"{place}: other placeholders than the English: {_singular(message)!r}"


_PLACEHOLDER = re.compile(r"%\((\w+)\)|(?<!\{)\{(\w+)\}")


def _names_in(message: Message, *, translated: bool = False) -> set[str]:
    text = message.string if translated else message.id
    texts = text if isinstance(text, (tuple, list)) else [text]
    return {"".join(found) for part in texts for found in _PLACEHOLDER.findall(part or "")}


def _singular(message: Message) -> str:
    return message.id[0] if isinstance(message.id, (tuple, list)) else message.id


def bare_texts(template: str) -> list[str]:
    """The words of a template that no translation can reach."""
    reader = _BareTextReader()
    reader.feed(_without_template_language(template))
    reader.close()
    return reader.found


def _without_template_language(template: str) -> str:
    """The page as every language shares it: tags, variables and translated blocks taken out."""
    kept: list[str] = []
    block_end = ""
    for token in Lexer(template).tokenize():
        name = token.contents.split(maxsplit=1)[0] if token.token_type == TokenType.BLOCK else ""
        if block_end:
            block_end = "" if name == block_end else block_end
        elif name in {"blocktranslate", "blocktrans", "comment"}:
            block_end = f"end{name}"
        elif token.token_type == TokenType.TEXT:
            kept.append(token.contents)
        else:
            kept.append("\N{OBJECT REPLACEMENT CHARACTER}" if token.token_type == TokenType.VAR else " ")
    return "".join(kept)


class _BareTextReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in _SILENT_ELEMENTS
        for name, value in attrs:
            if name in _SPOKEN_ATTRIBUTES and value:
                self._notice(value)

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in _SILENT_ELEMENTS

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self._notice(data)

    def _notice(self, text: str) -> None:
        words = re.findall(r"[^\W\d_][^\W_]+(?:-[^\W_]+)*", text)
        is_attributes = _ATTRIBUTES.fullmatch(text)
        if not is_attributes and not all(_SAME_EVERYWHERE.fullmatch(word) for word in words):
            self.found.append(" ".join(text.split()))


def disagreements(apps: Iterable[App]) -> Iterator[str]:
    """Words that apps translate differently: all catalogues become one, in which only one of them is read."""
    for language in LANGUAGES:
        said: dict[tuple[str | None, str, bool], dict[str, list[str]]] = {}
        for app in apps:
            for message in _read(app.file_of(language), language):
                if message.id:
                    forms = [message.string] if isinstance(message.string, str) else message.string or ()
                    words = " | ".join(forms)
                    # "day" and "day, days" are two messages of a catalogue, each with its own words.
                    key = (message.context, _singular(message), message.pluralizable)
                    said.setdefault(key, {}).setdefault(words, []).append(app.name)
        for (_context, text, _counted), readings in said.items():
            if len(readings) > 1:
                told = "; ".join(f"{words!r} in {', '.join(apps)}" for words, apps in readings.items())
                yield f"{language}: {text!r} is read differently: {told}"


def check_all() -> list[str]:
    found = [fault for app in all_apps() for fault in faults(app)]
    return [*found, *disagreements(all_apps())]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m filiera.config.messages", description=__doc__)
    parser.add_argument("task", choices=["extract", "compile", "check"])
    parser.add_argument("apps", nargs="*", help="names of apps; none means all")
    chosen = parser.parse_args()
    if not settings.configured:
        settings.configure(USE_I18N=True)
        django.setup()
    apps = [app for app in all_apps() if not chosen.apps or app.name in chosen.apps]
    if chosen.task == "extract":
        for app in apps:
            extract(app)
    elif chosen.task == "compile":
        compile_all()
    else:
        found = [fault for app in apps for fault in faults(app)]
        found += disagreements(all_apps())
        sys.stderr.writelines(f"{fault}\n" for fault in found)
        return 1 if found else 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
