"""What the operator decides in `filiera.toml` or the environment; a wrong word is told with its place."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from filiera.config.errors import CannotRun


def _check_public_url(url: str) -> str:
    parts = urlsplit(url)
    if url and (parts.scheme not in {"http", "https"} or not parts.hostname or parts.path not in {"", "/"}):
        raise ValueError("expected something like https://academy.example.eu")
    return url.rstrip("/")


def _check_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("expected a time zone such as Europe/Rome")
    return name


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class MailSettings(_Section):
    """How mail leaves: into the log, into a folder, or to a server."""

    backend: Literal["console", "file", "smtp"] = "file"
    host: str = "localhost"
    port: int = 587
    user: str = ""
    password: str = ""
    security: Literal["none", "starttls", "tls"] = "starttls"
    sender: str = "Filiera <filiera@localhost>"


class StorageSettings(_Section):
    """Where uploads lie; empty means the `files` folder of the data folder."""

    folder: str = ""


class Provider(_Section):
    """An OpenID Connect provider people may sign in with."""

    id: str
    name: str
    client_id: str
    secret: str
    server_url: str


class OperatorSettings(_Section):
    public_url: Annotated[str, AfterValidator(_check_public_url)] = ""
    trusted_proxies: int = Field(default=0, ge=0, le=10)
    figures_zone: Annotated[str, AfterValidator(_check_zone)] = "Europe/Rome"
    database_url: str = ""
    database_owner_url: str = ""
    database_backup_url: str = ""
    mail: MailSettings = MailSettings()
    storage: StorageSettings = StorageSettings()
    providers: tuple[Provider, ...] = ()

    @property
    def is_https(self) -> bool:
        return self.public_url.startswith("https://")


_SECTIONS: dict[str, type[_Section]] = {"mail": MailSettings, "storage": StorageSettings}


def read_operator_settings(file: Path, environment: Mapping[str, str]) -> OperatorSettings:
    """Read the file, then let the environment have the last word.

    FILIERA_PUBLIC_URL, FILIERA_MAIL_HOST, …; DATABASE_URL goes by its usual name. Raises CannotRun.
    """
    try:
        told = tomllib.loads(file.read_text()) if file.exists() else {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CannotRun(f"{file}: {error}") from error
    told |= _from_environment(OperatorSettings, "", environment)
    for name, section in _SECTIONS.items():
        told[name] = told.get(name, {}) | _from_environment(section, f"{name}_", environment)
    try:
        return OperatorSettings.model_validate(told)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise CannotRun(f"{file}: {place}: {first['msg']}") from error


def _from_environment(section: type[_Section], prefix: str, environment: Mapping[str, str]) -> dict[str, str]:
    found = {}
    for name in section.model_fields:
        variable = f"{prefix}{name}".upper()
        value = environment.get(variable if variable.startswith("DATABASE_") else f"FILIERA_{variable}")
        if value is not None and name not in {"mail", "storage", "providers"}:
            found[name] = value
    return found
