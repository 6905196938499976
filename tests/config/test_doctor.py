"""What the doctor sees in a healthy installation and in an ailing one."""

import pytest

from tests.config.serving import Serving, data_folder, run

pytestmark = pytest.mark.slow


def test_a_healthy_running_installation_needs_nobody() -> None:
    with data_folder(prepared="serve") as folder:
        serving = Serving(folder)

        looked = run("doctor", "--data", folder, "--port", str(serving.port))

        assert looked.returncode == 0, looked.stdout
        assert f"well   Filiera runs at http://localhost:{serving.port}\n" in looked.stdout
        assert "TO DO" not in looked.stdout
        (folder / "keys" / "secret.key").chmod(0o644)

        ailing = run("doctor", "--data", folder, "--port", str(serving.port))

        assert ailing.returncode == 1
        assert f"TO DO  others may read {folder}/keys/secret.key: chmod 600" in ailing.stdout
        serving.stop()


def test_an_administrator_is_invited_where_the_installation_runs() -> None:
    with data_folder(prepared="serve") as folder:
        serving = Serving(folder)

        invited = run("invite", "Ada@example.org", "--administrator", "--data", folder)
        refused = run("invite", "not an address", "--administrator", "--data", folder)

        assert invited.returncode == 0, invited.stderr
        link = invited.stdout.strip().rpartition(" ")[2]
        assert link.startswith(f"http://localhost:{serving.port}/accounts/")
        assert serving.status(link.removeprefix(f"http://localhost:{serving.port}")) == 200
        assert refused.stderr == "filiera: 'not an address' is not an e-mail address.\n"
        first = next(line for line in serving.said if line.startswith("First administrator"))
        first_path = first.strip().rpartition(f"localhost:{serving.port}")[2]
        assert serving.status(first_path) == 200
        serving.stop()
