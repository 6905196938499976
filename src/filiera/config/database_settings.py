"""Which database the platform speaks to, and with whose rights."""

import os
from collections.abc import Mapping
from typing import Literal

from psycopg.conninfo import conninfo_to_dict

from filiera.config.database_roles import APP, BACKUP, DATABASE, OWNER
from filiera.config.installation import Installation
from filiera.config.postgres import Binaries, Cluster

Role = Literal["app", "owner", "backup"]
# A page that takes longer is lost on its reader; a job may read much, but never for ever.
_STATEMENT_TIMEOUT = {"web": "15s", "push": "15s", "worker": "10min", "command": "10min", "migrate": "0"}
_LOCK_TIMEOUT = {"web": "5s", "push": "5s", "worker": "30s", "command": "30s", "migrate": "3s"}


def connection_parameters(installation: Installation, role: Role) -> dict[str, str]:
    """How a role reaches the installation's database, in libpq's words."""
    told = installation.settings
    given = {"app": told.database_url, "owner": told.database_owner_url, "backup": told.database_backup_url}
    url = given[role] or told.database_url
    if url:
        return {name: str(value) for name, value in conninfo_to_dict(url).items() if value is not None}
    name = {"app": APP, "owner": OWNER, "backup": BACKUP}[role]
    passwords = installation.database_passwords()
    cluster = Cluster(installation.database_folder, Binaries.of_wheel(), superuser_password="")
    return cluster.dsn(user=name, password=passwords[name], database=DATABASE)


def database_settings(installation: Installation | None, *, process: str) -> dict[str, object]:
    """Django's entry: kept connections with a health check, and limits on time that fit the process."""
    parameters: Mapping[str, str] = {"dbname": "filiera"}
    if installation is not None:
        role: Role = "owner" if process == "migrate" else "app"
        parameters = connection_parameters(installation, role)
    limits = {
        "statement_timeout": _STATEMENT_TIMEOUT.get(process, "15s"),
        "lock_timeout": _LOCK_TIMEOUT.get(process, "5s"),
        "idle_in_transaction_session_timeout": "5min",
    }
    known = {"host", "port", "user", "password", "dbname"}
    return {
        "ENGINE": "filiera.config.postgresql",
        "NAME": parameters["dbname"],
        "HOST": parameters.get("host", ""),
        "PORT": parameters.get("port", ""),
        "USER": parameters.get("user", ""),
        "PASSWORD": parameters.get("password", os.environ.get("PGPASSWORD", "")),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            **{name: value for name, value in parameters.items() if name not in known},
            "application_name": f"filiera-{process}",
            "options": " ".join(f"-c {name}={value}" for name, value in limits.items()),
        },
    }
