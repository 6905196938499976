"""What the distribution can give to the tests, where we may install it."""

import os
import shutil
import subprocess
import sys

_TIME_LIMIT_S = 420


def install(package: str) -> None:
    """Install a package with apt; nothing happens where there is none or we may not."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for words in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", package]):
        try:
            subprocess.run(
                ["apt-get", *words], env=environment, stdout=sys.stderr, check=False, timeout=_TIME_LIMIT_S
            )
        except subprocess.TimeoutExpired:
            return
