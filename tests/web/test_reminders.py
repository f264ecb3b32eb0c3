"""Reminders by e-mail: chosen and confirmed on a page, written once, and handed over to a mail server that is real.

The mail server is another process. What it has taken is counted there, and not by what the service believes.
"""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from email import message_from_string, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.log.database import reading
from tests.unit.intake.files import row, write
from web.app import create_app
from web.auth.accounts import account_named
from web.auth.roles import Role
from web.auth.trail.access import Deed
from web.auth.viewer import EVERYTHING
from web.exports.mails import digest_text
from web.operations.mailing import MailRound, period_of, send_mails
from web.queries.improvement.calendar.calendar import CalendarResult
from web.queries.improvement.calendar.due import KINDS, PARTIES, DueItem
from web.queries.improvement.reminders import OutboxMail, OutboxQuery, outbox, reminder_of
from web.services import Services
from web.settings import (
    MAIL_FROM,
    ORIGIN,
    SMTP_HOST,
    SMTP_PASSWORD,
    SMTP_PORT,
    SMTP_SECURITY,
    SMTP_USER,
    MailServer,
    Settings,
)

from .browser import Person, a_person, access_trail, an_account, without_a_server
from .conftest import CommandLine
from .http import asker
from .mail_server import PASSWORD, USER

HOME = Path(__file__).parents[2]
ADDRESS = "cara@council.example"
WORDS = "Read each plan with Jo Bloggs"


@dataclass
class Post:
    """The mail server of a test."""

    port: int
    file: Path

    @property
    def taken(self) -> list[EmailMessage]:
        lines = self.file.read_text().splitlines() if self.file.exists() else []
        return [message_from_string(json.loads(one)["content"], policy=policy.default) for one in lines]


def running(file: Path, *certificate: Path) -> Iterator[Post]:
    command = [sys.executable, "-m", "tests.web.mail_server", str(file), *map(str, certificate)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=HOME)
    assert process.stdout
    try:
        yield Post(int(process.stdout.readline()), file)
    finally:
        process.kill()
        process.wait(10)
        process.stdout.close()


@pytest.fixture(scope="module")
def mail_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Post]:
    yield from running(tmp_path_factory.mktemp("post") / "taken")


@pytest.fixture
def post(mail_server: Post) -> Post:
    mail_server.file.unlink(missing_ok=True)
    return mail_server


def settings_of(port: int, **more: str) -> dict[str, str]:
    its = {SMTP_HOST: "127.0.0.1", SMTP_PORT: str(port), SMTP_SECURITY: "none", MAIL_FROM: "recount@council.example"}
    return {**its, ORIGIN: "http://localhost:8000", **more}


@dataclass
class Office:
    """The service over one agency's January, whose later files are overdue by now; Cara signs in, who is of it."""

    app: Flask
    recount: CommandLine
    cara: Person

    @property
    def services(self) -> Services:
        its: Services = self.app.extensions["recount"]
        return its

    @property
    def server(self) -> MailServer:
        its = self.services.settings.mail_server
        assert its
        return its

    def send(self, at: datetime) -> MailRound:
        return send_mails(self.services, self.server, at)

    @property
    def mails(self) -> list[OutboxMail]:
        with self.services.snapshot() as snapshot:
            return outbox(snapshot, EVERYTHING, OutboxQuery()).mails

    def choose(self, status: int = 303, **fields: str) -> str:
        fields = {"address": ADDRESS, "often": "weekly", "kinds": "file"} | fields
        answer = self.cara.post("/reminders", "/reminders", **fields)
        assert answer.status_code == status, answer.get_data(as_text=True)
        return answer.get_data(as_text=True)

    def confirm(self, post: Post, at: datetime) -> None:
        """Choose, get the link by mail, and confirm it."""
        self.choose()
        assert self.send(at) == MailRound(1, 1, 0)
        assert self.cara.post("/reminders/confirm", "/reminders", word=word_of(post.taken[-1])).status_code == 303
        post.file.unlink()


@pytest.fixture
def office(recount: CommandLine, post: Post) -> Iterator[Office]:
    recount.settings |= settings_of(post.port)
    recount("submit", write(recount.folder, [row()]), "--received-on", "2017-02-10")
    app = create_app(Settings.from_environment(recount.settings), TESTING=True)
    an_account(app, "Cara", Role.PROVIDER, "H0001")
    yield Office(app, recount, a_person(app, "Cara"))
    app.extensions["recount"].close()


def word_of(message: EmailMessage) -> str:
    return str(message.get_content()).partition("?word=")[2].split()[0]


def soon() -> datetime:
    """The next noon: far from the hour at which another day of the mails begins."""
    return (datetime.now(UTC) + timedelta(hours=12)).replace(hour=12, minute=0)


# ---- choosing


@without_a_server
def test_nothing_is_sent_before_the_address_is_confirmed(office: Office, post: Post) -> None:
    at = soon()
    office.choose()
    assert office.send(at) == MailRound(1, 1, 0)
    assert office.send(at + timedelta(days=3)) == MailRound()
    [link] = post.taken
    assert (link["To"], link["From"]) == (ADDRESS, "recount@council.example")
    assert "cara@council.example is not confirmed yet" in text_of(office.cara, "/reminders")

    opened = text_of(office.cara, f"/reminders/confirm?word={word_of(link)}")
    assert "Is cara@council.example yours" in opened
    assert office.send(at + timedelta(days=3)) == MailRound(), "a program that opens links confirms nothing"
    assert office.cara.post("/reminders/confirm", "/reminders", word=word_of(link)).status_code == 303
    assert "which you have confirmed" in text_of(office.cara, "/reminders")
    assert office.send(at) == MailRound(1, 1, 0)

    digest = post.taken[-1]
    assert str(digest["Subject"]).startswith("Recount: 1 overdue")
    assert "Monthly file of H0001" in digest.get_content()
    assert "http://localhost:8000/reminders" in digest.get_content()
    deeds = [one.deed for one in access_trail(office.app)]
    assert deeds[:2] == [Deed.ADDRESS_CONFIRMED, Deed.REMINDERS_CHOSEN]
    assert ADDRESS not in str(access_trail(office.app))


@without_a_server
def test_a_link_confirms_one_choice_of_one_account(office: Office, post: Post) -> None:
    office.choose()
    office.send(soon())
    word = word_of(post.taken[-1])
    an_account(office.app, "Dan")
    dan = a_person(office.app, "Dan")
    assert dan.post("/reminders/confirm", "/reminders", word=word).status_code == 422
    office.choose(address="other@council.example")
    assert office.cara.post("/reminders/confirm", "/reminders", word=word).status_code == 422
    assert "confirms no address" in text_of(office.cara, f"/reminders/confirm?word={word}")
    assert "confirms no address" in text_of(office.cara, "/reminders/confirm?word=x")


@without_a_server
def test_another_address_has_to_be_confirmed_again(office: Office, post: Post) -> None:
    at = soon()
    office.confirm(post, at)
    office.choose(address="other@council.example")
    assert office.send(at + timedelta(days=2)) == MailRound(1, 1, 0)
    assert [one["To"] for one in post.taken] == ["other@council.example"]
    assert post.taken[0]["Subject"] == "Recount: confirm your e-mail address"


@without_a_server
def test_what_cannot_be_chosen_is_refused_and_stays_in_the_form(office: Office) -> None:
    nobodys = ("", "nobody", "a b@council.example", "a@x.example\nBcc: b@x.example", "ü@council.example")
    for address in (*nobodys, "a:b;@council.example", "a,b@council.example", "=?utf-8?q?a=0AB?=@council.example"):
        page = office.choose(422, address=address)
        assert "There is a problem" in page
    assert 'value="nobody"' in office.choose(422, address="nobody")
    assert "at least one kind" in office.choose(422, kinds="none of them")
    office.choose(often="off", address="")
    assert "You get no mails." in text_of(office.cara, "/reminders")
    assert office.mails == []


@without_a_server
def test_nobody_fills_a_letter_box(office: Office, post: Post) -> None:
    for number in range(5):
        office.choose(address=f"victim{number}@council.example")
        office.send(datetime.now(UTC))
    assert "Five links were sent today" in office.choose(422)
    assert len(post.taken) == 5


@without_a_server
def test_a_program_is_reminded_of_nothing(office: Office) -> None:
    commissioner = asker(office.app, Role.COMMISSIONER)
    answer = office.app.test_client().get("/reminders", headers={"Authorization": f"Bearer {commissioner.token}"})
    assert "Reminders are for people who sign in" in answer.get_data(as_text=True)


def text_of(who: Person, path: str) -> str:
    response = who.client.get(path)
    assert response.status_code == 200, response.status
    return response.get_data(as_text=True)


# ---- writing


def test_a_week_has_one_mail_also_with_several_workers(office: Office, post: Post) -> None:
    at = soon()
    office.confirm(post, at)
    with ThreadPoolExecutor(4) as workers:
        rounds = list(workers.map(lambda _: office.send(at), range(4)))
    assert sum(one.written for one in rounds) == sum(one.sent for one in rounds) == len(post.taken) == 1
    assert office.send(at + timedelta(minutes=30)) == MailRound()
    assert office.send(at + timedelta(days=7)) == MailRound(1, 1, 0)
    assert len({one["Message-ID"] for one in post.taken}) == 2


def test_the_days_of_the_mails() -> None:
    monday = date(2026, 11, 30)
    assert period_of("weekly", datetime(2026, 11, 30, 6, 59, tzinfo=UTC)) == date(2026, 11, 23)
    assert period_of("weekly", datetime(2026, 11, 30, 7, 0, tzinfo=UTC)) == monday
    assert period_of("weekly", datetime(2026, 12, 6, 23, 0, tzinfo=UTC)) == monday
    assert period_of("daily", datetime(2026, 12, 6, 6, 0, tzinfo=UTC)) == date(2026, 12, 5)
    assert period_of("daily", datetime(2026, 7, 1, 6, 0, tzinfo=UTC)) == date(2026, 7, 1), "summer time"


@without_a_server
def test_where_nothing_is_due_none_comes(office: Office, post: Post) -> None:
    at = soon()
    office.confirm(post, at)
    office.choose(kinds="dispute")
    assert office.send(at) == MailRound(1, 0, 0)
    assert (office.mails[0].state, post.taken) == ("nothing-due", [])


@without_a_server
def test_whoever_is_closed_or_wants_no_more_gets_none(office: Office, post: Post) -> None:
    at = soon()
    office.confirm(post, at)
    office.recount("user", "Cara", "--close")
    assert office.send(at) == MailRound()
    office.recount("user", "Cara", "--role", "provider", "--agency", "H0001")
    office.cara.sign_in("Cara")
    office.choose(often="off")
    assert office.send(at) == MailRound()
    assert post.taken == []


# ---- handing over


@without_a_server
def test_a_refused_mail_is_tried_again_after_pauses_that_grow(office: Office, post: Post) -> None:
    at = datetime.now(UTC)
    office.choose(address="refused@council.example")
    tried = []
    for minutes in range(90):
        done = office.send(at + timedelta(minutes=minutes, seconds=1))
        tried += [minutes] * done.failed
    assert tried == [0, 1, 6, 21, 81]
    [one] = office.mails
    assert (one.state, one.tries, one.said) == ("waiting", 5, "The mail server refused the address (550).")
    assert office.send(at + timedelta(days=6, hours=23)).failed == 1
    assert office.send(at + timedelta(days=8)).failed == 1
    assert office.mails[0].state == "given-up"
    assert office.send(at + timedelta(days=9)) == MailRound()
    assert post.taken == []


@without_a_server
def test_without_a_server_all_wait_and_go_later(office: Office, post: Post) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nobody = MailServer.read(settings_of(free.getsockname()[1]), office.services.settings.origin)
    an_account(office.app, "Dan")
    office.choose()
    a_person(office.app, "Dan").post(
        "/reminders", "/reminders", address="dan@council.example", often="daily", kinds="file"
    )
    at = datetime.now(UTC)
    assert send_mails(office.services, nobody, at) == MailRound(2, 0, 1), "the second would wait as long for nothing"
    assert [(one.tries, one.said) for one in office.mails] == [(0, ""), (1, "No mail server answered.")]
    assert office.send(at + timedelta(minutes=2)) == MailRound(0, 2, 0)
    assert sorted(str(one["To"]) for one in post.taken) == [ADDRESS, "dan@council.example"]


@without_a_server
@pytest.mark.parametrize("becomes", [("--role", "public"), ("--role", "provider", "--agency", "H0002")])
def test_what_waits_is_not_sent_to_what_the_account_has_become(
    office: Office, post: Post, becomes: tuple[str, ...]
) -> None:
    at = soon()
    office.confirm(post, at)
    assert send_mails(office.services, replace(office.server, port=1), at) == MailRound(1, 0, 1)
    office.recount("user", "Cara", *becomes)
    assert office.send(at + timedelta(hours=1)) == MailRound()
    assert (office.mails[0].state, post.taken) == ("withdrawn", [])


def test_killed_between_sending_and_noting_it_goes_again_under_the_same_name(office: Office, post: Post) -> None:
    """At least once: the server has it twice, and can tell by its Message-ID that it is one."""
    office.choose()
    stopping = (
        "import time; from web.commands.improvement.reminders import outbox; "
        "outbox.mark_sent = lambda *_: (print('now', flush=True), time.sleep(600)); "
        "from web.cli.main import main; main()"
    )
    environment = {**os.environ, **office.recount.settings, "PYTHONPATH": str(HOME)}
    command = [sys.executable, "-c", stopping, "mail", "send"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    # SQLite is open for writing in the killed process: what it had begun is not there afterwards.
    assert process.stdout.readline() == "now\n"
    process.send_signal(signal.SIGKILL)
    assert process.wait(30) == -signal.SIGKILL
    process.stdout.close()
    at = datetime.now(UTC)
    assert len(post.taken) == 1
    assert office.send(at) == MailRound(), "somebody has it in hand still"
    assert office.send(at + timedelta(minutes=11)) == MailRound(0, 1, 0)
    assert office.send(at + timedelta(minutes=30)) == MailRound()
    first, second = post.taken
    assert first["Message-ID"] == second["Message-ID"] == office.mails[0].message_id
    assert first.as_string() == second.as_string()


@without_a_server
def test_nothing_is_sent_without_settings_and_the_pages_say_so(recount: CommandLine, post: Post) -> None:
    app = create_app(Settings.from_environment(recount.settings), TESTING=True)
    an_account(app, "Cara")
    cara = a_person(app, "Cara")
    assert "this service has no mail server" in text_of(cara, "/reminders")
    assert cara.post("/reminders", "/reminders", address=ADDRESS, often="daily", kinds="file").status_code == 303
    assert "not set" in recount("mail", "send", code=1).stderr
    an_account(app, "Ada", Role.ADMINISTRATOR)
    assert "this service has no mail server" in text_of(a_person(app, "Ada"), "/outbox")
    app.extensions["recount"].close()
    recount.settings |= settings_of(post.port)
    assert recount.json("mail", "send") == {"written": 1, "sent": 1, "failed": 0}


@without_a_server
def test_the_outbox_shows_states_and_no_address(office: Office) -> None:
    office.choose(address="refused@council.example")
    office.send(datetime.now(UTC))
    an_account(office.app, "Ada", Role.ADMINISTRATOR)
    ada = a_person(office.app, "Ada")
    page = text_of(ada, "/outbox")
    assert "1 mail waits to be sent" in page
    assert "The mail server refused the address (550)." in page
    listed = office.recount.json("mail", "list")
    assert [(one["account"], one["kind"], one["state"]) for one in listed["mails"]] == [("Cara", "address", "waiting")]
    printed = office.recount("mail", "list").stdout
    assert "refused@" not in page + json.dumps(listed) + printed
    assert office.cara.client.get("/outbox").status_code == 403


@pytest.mark.parametrize(
    "wrong",
    [
        {SMTP_HOST: ""},
        {MAIL_FROM: "nobody"},
        {SMTP_PORT: "0"},
        {SMTP_SECURITY: "ssl"},
        {SMTP_HOST: "mail.example"},
        {ORIGIN: ""},
    ],
)
def test_what_is_wrong_with_the_settings_is_said_before_anything_is_served(
    embedded: CommandLine, wrong: dict[str, str]
) -> None:
    embedded.settings |= settings_of(25) | wrong
    said = embedded("mail", "send", code=1 if "" in wrong.values() else 2).stderr
    assert "RECOUNT_" in said


@without_a_server
def test_starttls_and_a_name(office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate, key = self_signed(tmp_path)
    for post in running(tmp_path / "taken", certificate, key):
        more = {SMTP_SECURITY: "starttls", SMTP_HOST: "localhost", SMTP_USER: USER.decode()}
        given_ = settings_of(post.port, **more) | {SMTP_PASSWORD: PASSWORD.decode()}
        server = MailServer.read(given_, office.services.settings.origin)
        assert "secret" not in repr(server)
        office.choose()
        at = datetime.now(UTC)
        assert send_mails(office.services, server, at).failed == 1
        assert "certificate" in office.mails[0].said
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        wrong = MailServer.read(given_ | {SMTP_PASSWORD: "another"}, office.services.settings.origin)
        assert send_mails(office.services, wrong, at + timedelta(minutes=2)).failed == 1
        assert "the name or the password (535)" in office.mails[0].said
        assert send_mails(office.services, server, at + timedelta(minutes=9)).sent == 1
        assert len(post.taken) == 1


def self_signed(folder: Path) -> tuple[Path, Path]:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name.from_rfc4514_string("CN=localhost")
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, now - timedelta(days=1), now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    files = folder / "certificate.pem", folder / "key.pem"
    files[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    pem, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    files[1].write_bytes(key.private_bytes(serialization.Encoding.PEM, pem, plain))
    return files


# ---- what stands in it

ITEMS = st.builds(
    DueItem,
    day=st.dates(date(2015, 1, 1), date(2030, 1, 1)),
    kind=st.sampled_from(list(KINDS)),
    party=st.sampled_from(PARTIES),
    agencies=st.just(("H0001",)),
    text=st.integers(1, 99).map("Action plan {}: last day".format),
    link=st.integers(1, 99).map("/action-plans/{}".format),
    overdue=st.booleans(),
    words=st.just(WORDS),
)


@settings(max_examples=40)
@given(st.lists(ITEMS, max_size=20))
def test_a_mail_says_what_the_feed_says_and_nothing_that_somebody_wrote(due: list[DueItem]) -> None:
    result = CalendarResult(date(2017, 1, 1), date(2017, 2, 1), due)
    said = digest_text(result, "https://recount.example")
    assert "Bloggs" not in said
    assert "Read each" not in said
    for one in due:
        assert f"({KINDS[one.kind]})\n{one.text}\nhttps://recount.example{one.link}\n" in said


@without_a_server
def test_what_is_kept_of_a_choice(office: Office) -> None:
    office.choose(kinds="plan")
    with reading(office.services.access_engine) as connection:
        cara = account_named(connection, "Cara")
        assert cara
        chosen = reminder_of(connection, cara.number)
    assert chosen
    assert (chosen.address, chosen.often, chosen.kinds, chosen.confirmed_at) == (ADDRESS, "weekly", ("plan",), None)
