"""The whole command: what starts, what the doctor says, what comes back when killed, what is refused."""

import http.client
import os
import signal
import socket
import ssl
import subprocess
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from filiera.config.database_roles import role_state
from filiera.config.postgres import connect
from filiera.config.supervisor import free_port
from tests.config.serving import Serving, command, data_folder, plain_environment, run

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with data_folder(prepared="serve") as made:
        yield made


@pytest.fixture(scope="module")
def serving(folder: Path) -> Iterator[Serving]:
    started = Serving(folder)
    assert wait_for(lambda: len(started.children()) == 4)
    yield started
    if started.process.poll() is None:
        started.stop()


class Writer:
    """Commits one row after the other and remembers those that the database acknowledged."""

    def __init__(self, parameters: dict[str, str]) -> None:
        self.parameters = parameters
        self.acknowledged: list[int] = []
        self.is_stopping = False
        self.thread = threading.Thread(target=self._write)
        self.thread.start()

    def _write(self) -> None:
        number = 0
        while not self.is_stopping:
            try:
                with connect(self.parameters) as connection:
                    while not self.is_stopping:
                        number += 1
                        connection.execute("INSERT INTO acknowledged VALUES (%s)", [number])
                        self.acknowledged.append(number)
            except psycopg.OperationalError:
                time.sleep(0.02)

    def stop(self) -> None:
        self.is_stopping = True
        self.thread.join()


def wait_for(question: Callable[[], bool], limit_s: float = 30.0) -> bool:
    deadline = time.monotonic() + limit_s
    while time.monotonic() < deadline:
        if question():
            return True
        time.sleep(0.1)
    return False


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


@pytest.mark.parametrize("name", ["web", "push", "worker", "database"])
def test_a_killed_process_comes_back_and_no_acknowledged_write_is_lost(serving: Serving, name: str) -> None:
    with connect(serving.database("owner")) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS acknowledged (number bigint)")
        connection.execute("TRUNCATE acknowledged")
    writer = Writer(serving.database())
    time.sleep(0.5)
    victim = serving.children()[name]

    os.kill(victim, signal.SIGKILL)

    assert wait_for(lambda: serving.children().get(name, victim) != victim)
    assert wait_for(lambda: serving.status("/readyz") == 200)
    time.sleep(0.5)
    writer.stop()
    with connect(serving.database()) as connection:
        kept = {row[0] for row in connection.execute("SELECT number FROM acknowledged").fetchall()}
    assert len(writer.acknowledged) > 100
    assert set(writer.acknowledged) - kept == set()


def test_one_killed_page_worker_does_not_take_the_others_along(serving: Serving) -> None:
    master = serving.children()["web"]
    workers = Path(f"/proc/{master}/task/{master}/children").read_text().split()

    os.kill(int(workers[0]), signal.SIGKILL)

    assert wait_for(lambda: serving.status("/readyz") == 200)
    assert serving.children()["web"] == master


def test_both_names_of_this_machine_answer(serving: Serving) -> None:
    assert f"Filiera is open at http://localhost:{serving.port}\n" in serving.said
    assert serving.status("/healthz") == 200
    with socket.create_connection(("localhost", serving.port), timeout=5):
        pass


def test_the_roles_hold_no_more_than_they_need(serving: Serving) -> None:
    with connect(serving.database("app")) as connection:
        app = role_state(connection)
    with connect(serving.database("owner")) as connection:
        owner = role_state(connection)

    assert (app.is_superuser, app.bypasses_row_security, app.owns_tables) == (False, False, False)
    assert (owner.is_superuser, owner.bypasses_row_security, owner.owns_tables) == (False, False, True)


def test_secrets_are_readable_by_their_owner_alone(serving: Serving) -> None:
    modes = {file.name: oct(file.stat().st_mode & 0o777) for file in (serving.folder / "keys").iterdir()}

    assert modes == {"secret.key": "0o600", "database.json": "0o600"}


def test_a_second_start_on_the_folder_is_refused_with_one_line(serving: Serving) -> None:
    refused = run("serve", "--data", serving.folder, "--port", str(serving.port + 40))

    assert refused.returncode == 1
    assert refused.stderr == (
        f"filiera: A Filiera already runs on {serving.folder} "
        f"(process {serving.process.pid}, http://localhost:{serving.port}).\n"
    )


def test_a_taken_port_is_refused_with_one_line(serving: Serving) -> None:
    with data_folder() as other:
        refused = run("serve", "--data", other, "--port", str(serving.port))

    assert refused.returncode == 1
    assert refused.stderr == (
        f"filiera: Port {serving.port} of 127.0.0.1 is taken: choose another with --port.\n"
    )


def test_an_address_with_a_nul_byte_is_a_bad_request(serving: Serving) -> None:
    assert serving.status("/academy/%00/") == 400
    assert serving.status("/directory/?q=%00") == 400


def test_when_the_supervisor_is_killed_all_end_and_the_next_takes_over_and_stops_without_a_trace(
    serving: Serving, folder: Path
) -> None:
    children = list(serving.children().values())
    serving.kill()

    assert wait_for(lambda: not any(Path(f"/proc/{pid}/exe").exists() for pid in children), limit_s=10)
    successor = Serving(folder, port=serving.port)
    assert successor.opened_after_s < 20
    assert successor.status("/readyz") == 200
    assert wait_for(lambda: len(successor.children()) == 4)
    children = list(successor.children().values())

    assert successor.stop() < 10
    assert successor.process.returncode == 0
    assert [pid for pid in children if Path(f"/proc/{pid}/exe").exists()] == []


def test_a_folder_that_the_databases_account_cannot_reach_is_named() -> None:
    if os.geteuid() != 0:
        pytest.skip("only root starts the database as somebody else")
    with data_folder() as inside:
        closed = inside.parent
        closed.chmod(0o700)

        refused = run("serve", "--data", inside)

        assert refused.returncode == 1
        assert refused.stderr.splitlines()[-1] == (
            f"filiera: The database runs as filiera-db, who may not pass through {closed}: "
            "choose another folder with --data, or open that one to it."
        )
        assert closed.stat().st_mode & 0o777 == 0o700


def test_serve_refuses_a_demonstrations_folder() -> None:
    with data_folder() as made:
        made.mkdir()
        (made / "demonstration").write_text("")

        refused = run("serve", "--data", made)

        assert refused.returncode == 1
        assert refused.stderr.startswith(f"filiera: {made} holds a demonstration")


def test_demo_refuses_a_real_installations_folder(folder: Path) -> None:
    refused = run("demo", "--data", folder)

    assert refused.returncode == 1
    assert refused.stderr.startswith(f"filiera: {folder} holds a real installation")


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ("public_url = 'academy.example.eu'", "public_url: Value error, expected something like https://"),
        ("colour = 'blue'", "colour: Extra inputs are not permitted"),
        ("[mail]\nbackend = 'pigeon'", "mail.backend: Input should be 'console', 'file' or 'smtp'"),
        ("public_url = ", "Invalid value"),
    ],
)
def test_a_wrong_setting_is_told_with_its_place(told: str, said: str) -> None:
    with data_folder() as made:
        made.mkdir()
        (made / "filiera.toml").write_text(told)

        refused = run("serve", "--data", made)

    assert refused.returncode == 1
    assert said in refused.stderr
    assert len(refused.stderr.splitlines()) == 1


def test_wrong_usage_is_exit_code_2() -> None:
    assert run("serve", "--port", "99999999").returncode == 2
    assert run("dance").returncode == 2


def test_behind_https_the_deployment_check_has_nothing_to_say() -> None:
    with data_folder() as made:
        made.mkdir()
        (made / "keys").mkdir()
        checked = subprocess.run(
            [*command()[:1], "-m", "django", "check", "--deploy", "--fail-level", "WARNING"],
            env=plain_environment(
                DJANGO_SETTINGS_MODULE="filiera.config.settings",
                FILIERA_DATA=str(made),
                FILIERA_PUBLIC_URL="https://academy.example.eu",
                FILIERA_TRUSTED_PROXIES="1",
                DATABASE_URL="postgresql://nobody@localhost/none",
            ),
            capture_output=True,
            text=True,
            check=False,
        )

    assert checked.stderr == ""
    assert checked.stdout == "System check identified no issues (0 silenced).\n"


def test_open_to_the_network_it_warns_and_with_a_certificate_of_its_own_it_is_secure() -> None:
    with data_folder(prepared="serve") as made:
        certificate, key = made / "certificate.pem", made / "key.pem"
        request = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
        subprocess.run(
            [*request, "-subj", "/CN=localhost", "-keyout", str(key), "-out", str(certificate)],
            check=True,
            capture_output=True,
        )
        port = free_port("127.0.0.1")
        encrypted = ("--tls-cert", str(certificate), "--tls-key", str(key))
        serving = Serving(made, port=port, more=("--host", "0.0.0.0", *encrypted))
        context = ssl.create_default_context(cafile=str(certificate))

        with urllib.request.urlopen(f"https://localhost:{port}/accounts/login/", context=context) as answer:
            headers = answer.headers
        serving.stop()

    assert serving.said[0].startswith("Warning: open to the network without a public address")
    assert f"Filiera is open at https://localhost:{port}\n" in serving.said
    assert headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
    assert "Secure" in headers["Set-Cookie"]


def test_behind_a_trusted_proxy_plain_requests_are_sent_to_https() -> None:
    with data_folder(prepared="serve") as made:
        serving = Serving(made, FILIERA_PUBLIC_URL="https://academy.example.eu", FILIERA_TRUSTED_PROXIES="1")
        connection = http.client.HTTPConnection("127.0.0.1", serving.port, timeout=10)
        asked: dict[str, tuple[int, str | None]] = {}
        for name, path, scheme in (
            ("plain", "/accounts/login/", "http"),
            ("encrypted", "/accounts/login/", "https"),
            ("health", "/healthz", "http"),
        ):
            headers = {"Host": "academy.example.eu", "X-Forwarded-Proto": scheme}
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            answer.read()
            asked[name] = (answer.status, answer.headers["Location"])
        connection.close()
        serving.stop()

    assert asked == {
        "plain": (301, "https://academy.example.eu/accounts/login/"),
        "encrypted": (200, None),
        "health": (200, None),
    }
    assert "Filiera is open at https://academy.example.eu\n" in serving.said
