"""What the doctor sees in a healthy installation and in an ailing one."""

from collections.abc import Iterator

import pytest

from tests.config.serving import Serving, data_folder, run

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def serving() -> Iterator[Serving]:
    with data_folder(prepared="serve") as folder:
        started = Serving(folder)
        yield started
        started.stop()


def test_a_healthy_running_installation_needs_nobody(serving: Serving) -> None:
    looked = run("doctor", "--data", serving.folder, "--port", str(serving.port))

    assert looked.returncode == 0, looked.stdout
    assert f"well   Filiera runs at http://localhost:{serving.port}\n" in looked.stdout
    assert "TO DO" not in looked.stdout


def test_an_ailing_one_is_told_what_to_do(serving: Serving) -> None:
    key = serving.folder / "keys" / "secret.key"
    key.chmod(0o644)

    looked = run("doctor", "--data", serving.folder, "--port", str(serving.port))

    key.chmod(0o600)
    assert looked.returncode == 1
    assert f"TO DO  others may read {key}: chmod 600" in looked.stdout


def test_an_administrator_is_invited_where_the_installation_runs(serving: Serving) -> None:
    invited = run("invite", "Ada@example.org", "--administrator", "--data", serving.folder)
    refused = run("invite", "not an address", "--administrator", "--data", serving.folder)

    assert invited.returncode == 0, invited.stderr
    link = invited.stdout.strip().rpartition(" ")[2]
    assert link.startswith(f"http://localhost:{serving.port}/accounts/")
    assert serving.status(link.removeprefix(f"http://localhost:{serving.port}")) == 200
    assert refused.stderr == "filiera: 'not an address' is not an e-mail address.\n"
    first = next(line for line in serving.said if line.startswith("First administrator"))
    first_path = first.strip().rpartition(f"localhost:{serving.port}")[2]
    assert serving.status(first_path) == 200
