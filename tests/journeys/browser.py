"""Which Chromium the journeys drive, and how it is started.

python -m tests.journeys.browser      finds one or fetches one, and prints which
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Playwright

SIZES = {"phone": (360, 740), "desk": (1280, 900), "wall": (1920, 1080)}
Size = Literal["phone", "desk", "wall"]
VARIABLE = "FILIERA_CHROMIUM"
# The first is the same Chromium without the windows that nobody sees here, and needs less of the machine.
_NAMES = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
_PACKAGES = ("chromium-headless-shell", "chromium")
# Nothing of the browser's own housekeeping may reach the network during a test.
_ARGUMENTS = [
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--no-first-run",
    "--no-default-browser-check",
    "--force-color-profile=srgb",
    "--font-render-hinting=none",
]


def find_chromium() -> str | None:
    """A Chromium that is installed: the named one, the system's, or the one Playwright keeps."""
    named = os.environ.get(VARIABLE)
    if named:
        return named if os.access(named, os.X_OK) else None
    for name in _NAMES:
        found = shutil.which(name)
        if found:
            return found
    kept = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH", Path.home() / ".cache" / "ms-playwright"))
    candidates = [
        *kept.glob("chromium-*/chrome-linux*/chrome"),
        *kept.glob("chromium-*/chrome-mac*/**/Chromium"),
    ]
    return str(max(candidates)) if candidates else None


def fetch_chromium() -> str | None:
    """Install one: from the distribution where we may, else Playwright's own."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}

        def apt(*words: str) -> None:
            subprocess.run(["apt-get", "-qq", *words], env=environment, stdout=sys.stderr, check=False)

        apt("update")
        for package in _PACKAGES:
            if find_chromium() is None:
                apt("install", "-y", "--no-install-recommends", package)
    if find_chromium() is None:
        command = [sys.executable, "-m", "playwright", "install", "chromium"]
        subprocess.run(command, stdout=sys.stderr, check=False)
    return find_chromium()


def launch(playwright: Playwright) -> Browser:
    path = find_chromium()
    if path is None:
        raise RuntimeError("No Chromium is installed: run make test, or name one in FILIERA_CHROMIUM.")
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    return playwright.chromium.launch(executable_path=path, args=[*_ARGUMENTS, *sandbox])


def main() -> int:
    found = find_chromium() or fetch_chromium()
    if found is None:
        sys.stderr.write("No Chromium could be found or installed: name one in FILIERA_CHROMIUM.\n")
        return 1
    version = subprocess.run([found, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    sys.stdout.write(f"Browser: {found} ({version})\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
