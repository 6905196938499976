"""What an import of people compares with, and what was imported before."""

from collections.abc import Iterable

from filiera.academy.models import Edition
from filiera.accounts.viewer import Viewer
from filiera.admissions.imports.people import Known, word_key
from filiera.admissions.models import PeopleImport
from filiera.reference.models import Country, Ecosystem, Language
from filiera.texts.languages import page_languages

_COUNTRY_WORDS = {
    "uk": "GB", "great britain": "GB", "gran bretagna": "GB", "inghilterra": "GB", "england": "GB",
    "el": "GR", "usa": "US", "stati uniti": "US", "czech republic": "CZ", "repubblica ceca": "CZ",
    "holland": "NL", "olanda": "NL", "the netherlands": "NL",
}  # fmt: skip


def known_words() -> Known:
    """Every word by which a country, an ecosystem or a language of the mails may be called."""
    countries = dict(_COUNTRY_WORDS)
    for country in Country.objects.all():
        for word in (country.code, country.alpha3, country.eurostat_code, *country.names.values()):
            countries.setdefault(word_key(word), country.code)
    ecosystems: dict[str, str] = {}
    for ecosystem in Ecosystem.objects.order_by("position"):
        for word in (ecosystem.code, *ecosystem.names.values(), *ecosystem.aliases):
            ecosystems.setdefault(word_key(word), ecosystem.code)
    languages: dict[str, str] = {}
    for language in Language.objects.all():
        for word in (language.code, language.native_name, *language.names.values()):
            languages.setdefault(word_key(word), language.code)
    return Known(_without_empty(countries), _without_empty(ecosystems), _without_empty(languages))


def remembered_mapping(edition: Edition) -> dict[str, str]:
    """The columns that were chosen at the last import of the edition."""
    last = PeopleImport.objects.filter(edition=edition, imported_at__isnull=False)
    mapping = last.order_by("-imported_at", "-pk").values_list("mapping", flat=True).first()
    return dict(mapping or {})


def earlier_imports(viewer: Viewer, edition: Edition, *, limit: int = 10) -> list[PeopleImport]:
    found = PeopleImport.objects.visible_to(viewer).filter(edition=edition, imported_at__isnull=False)
    return list(found.select_related("uploaded_by").defer("rows").order_by("-imported_at", "-pk")[:limit])


def mail_language(code: str) -> str:
    """A language of the mails, or nothing where the platform does not speak it."""
    return code if code in page_languages() else ""


def _without_empty(words: dict[str, str]) -> dict[str, str]:
    words.pop("", None)
    return words


def as_rows(rows: Iterable[tuple[int, list[str]]]) -> list[list[object]]:
    """Numbered rows as JSON keeps them."""
    return [[number, cells] for number, cells in rows]
