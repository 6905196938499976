"""What a dump of the whole database holds, to be searched for what must be gone."""

import subprocess

from django.db import connection

from filiera.config.postgres import Binaries
from filiera.questionnaires.wall_setting import EVERYTHING, SETTING


def dump() -> str:
    """Everything a dump holds; the owner sees behind the wall only because the setting says so."""
    told = connection.settings_dict
    done = subprocess.run(
        [Binaries.of_wheel().program("pg_dump"), "--enable-row-security", f"--dbname={told['NAME']}"],
        env={
            "PGHOST": told["HOST"],
            "PGPORT": told["PORT"],
            "PGUSER": told["USER"],
            "PGPASSWORD": told["PASSWORD"],
            "PGOPTIONS": f"-c {SETTING}={EVERYTHING}",
        },
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout
