"""Apache Spark for the test that engines agree: its Java and its Python package.

python -m tests.indicators.spark      finds or fetches both, and prints what is here; never fails
"""

import importlib.util
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.indicators.distribution import install

LEAST_JAVA = 17
_LOCKED = Path(__file__).resolve().parents[2] / "requirements" / "spark.txt"


def java_version() -> int:
    """The version of the Java that is found first; 0 where there is none."""
    java = shutil.which("java")
    if java is None:
        return 0
    told = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    found = re.search(r'version "(\d+)', told)
    return int(found.group(1)) if found else 0


def main() -> int:
    if java_version() < LEAST_JAVA:
        install(f"openjdk-{LEAST_JAVA}-jre-headless")
    if java_version() >= LEAST_JAVA and importlib.util.find_spec("pyspark") is None:
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
        subprocess.run([*pip, "--require-hashes", "--requirement", str(_LOCKED)], check=False)
        importlib.invalidate_caches()
    is_here = java_version() >= LEAST_JAVA and importlib.util.find_spec("pyspark") is not None
    sys.stdout.write(f"Apache Spark: {'here' if is_here else 'not here; the test with it is not run'}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
