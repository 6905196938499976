"""The mails to many that come with the platform; an edition may have its own words for each."""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class PackagedMail:
    """A mail that nearly every edition sends: its words, and whom it is for."""

    code: str
    name: dict[str, str]
    subject: dict[str, str]
    text: dict[str, str]
    recipients_by: dict[str, str]


@cache
def packaged_mails() -> tuple[PackagedMail, ...]:
    source = files("filiera.admissions") / "data" / "mail_templates.json"
    return tuple(PackagedMail(**mail) for mail in json.loads(source.read_text(encoding="utf-8")))


def packaged_mail(code: str) -> PackagedMail | None:
    return next((mail for mail in packaged_mails() if mail.code == code), None)
