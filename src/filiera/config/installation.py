"""One installation is one data folder: its keys, its settings, its database, its files.

filiera.toml    what the operator decides          keys/       secrets, readable by us alone
database/       the PostgreSQL cluster             run/        its socket
files/          uploads                            pg/         its programs (only when root)
logs/  mail/    what processes said, file mail     charts/     drawings made once, to be had again
demonstration   marks a folder that `demo` made
"""

import json
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import platformdirs

from filiera.config.database_roles import APP, BACKUP, OWNER
from filiera.config.errors import CannotRun
from filiera.config.operator_settings import OperatorSettings, read_operator_settings
from filiera.config.postgres import SUPERUSER

ROOT_FOLDER = Path("/var/lib/filiera")
FOLDER_VARIABLE = "FILIERA_DATA"
BADGE_KEY = "badges.json"


def default_folder() -> Path:
    if os.geteuid() == 0:
        return ROOT_FOLDER
    return Path(platformdirs.user_data_dir("filiera", appauthor=False))


@dataclass(frozen=True)
class Installation:
    """The data folder and what can be read from it; nothing here starts a process."""

    folder: Path

    @classmethod
    def at(cls, folder: Path | None) -> "Installation":
        """The given folder, else the one of the environment, else the platform's usual place."""
        told = os.environ.get(FOLDER_VARIABLE)
        chosen = folder or (Path(told) if told else default_folder())
        return cls(chosen.expanduser().absolute())

    @property
    def database_folder(self) -> Path:
        return self.folder / "database"

    @property
    def logs(self) -> Path:
        return self.folder / "logs"

    @property
    def build_lock(self) -> Path:
        """Held while static files, translations and machine code are made."""
        return self.folder / "build.lock"

    @property
    def demonstration_mark(self) -> Path:
        return self.folder / "demonstration"

    @property
    def is_demonstration(self) -> bool:
        return self.demonstration_mark.exists()

    @property
    def has_database(self) -> bool:
        return (self.database_folder / "PG_VERSION").exists()

    @cached_property
    def settings(self) -> OperatorSettings:
        """Raises CannotRun."""
        return read_operator_settings(self.folder / "filiera.toml", os.environ)

    @property
    def files_folder(self) -> Path:
        return Path(self.settings.storage.folder or self.folder / "files")

    def make_folders(self) -> None:
        """Make what is missing; what is there keeps its permissions, whoever gave them.

        Raises CannotRun.
        """
        try:
            if not self.folder.exists():
                self.folder.mkdir(mode=0o700, parents=True)
                # The server's own account passes through what root makes; the folders in it are closed.
                self.folder.chmod(0o711 if os.geteuid() == 0 else 0o700)
            for folder in (self.folder / "keys", self.logs, self.folder / "mail", self.files_folder):
                folder.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise CannotRun(f"The data folder {self.folder} cannot be used: {error.strerror}.") from error

    def mark_as_demonstration(self) -> None:
        self.demonstration_mark.write_text("Made by filiera demo: everybody may take every role here.\n")

    def secret_key(self) -> str:
        return self._kept("secret.key", lambda: secrets.token_urlsafe(64))

    def database_passwords(self) -> dict[str, str]:
        """One password for each role, made at the first start."""

        def make() -> str:
            return json.dumps({role: secrets.token_urlsafe(32) for role in (SUPERUSER, OWNER, APP, BACKUP)})

        passwords: dict[str, str] = json.loads(self._kept("database.json", make))
        return passwords

    def _kept(self, name: str, make: Callable[[], str]) -> str:
        file = self.folder / "keys" / name
        try:
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return file.read_text()
        with os.fdopen(descriptor, "w") as new:
            new.write(make())
        return file.read_text()
