"""Which LibreOffice opens the workbooks that are written here.

python -m tests.indicators.office      finds one or fetches one, and prints which; never fails
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.indicators.distribution import install

VARIABLE = "FILIERA_OFFICE"


def find_office() -> str | None:
    """The named one, or the system's."""
    named = os.environ.get(VARIABLE)
    if named:
        return named if os.access(named, os.X_OK) else None
    return shutil.which("soffice") or shutil.which("libreoffice")


def fetch_office() -> str | None:
    """Install its tables alone from the distribution where we may; nothing where that does not work."""
    install("libreoffice-calc")
    return find_office()


def as_csv(office: str, workbook: Path, sheet: int = 1) -> str:
    """One sheet of a workbook as LibreOffice reads it: comma, quotes, UTF-8, values as they are stored."""
    folder = workbook.parent
    filter_ = f"csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,{sheet}"
    subprocess.run(
        [
            office,
            f"-env:UserInstallation={(folder / 'office-profile').as_uri()}",
            "--headless",
            "--convert-to",
            filter_,
            "--outdir",
            str(folder),
            str(workbook),
        ],
        check=True,
        capture_output=True,
        timeout=180,
    )
    made = next(iter(sorted(folder.glob(f"{workbook.stem}*.csv"))))
    text = made.read_text(encoding="utf-8")
    made.unlink()
    return text


def main() -> int:
    found = find_office() or fetch_office()
    sys.stdout.write(f"LibreOffice: {found or 'not here; tests with it are not run'}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
