"""How alerts get there: a file, a webhook and a mail server of this machine, and what is tried again, and never said."""

from __future__ import annotations

import json
import logging
import smtplib
import socket
import ssl
import time
import traceback
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
import trustme

from planner.nightly import channels
from planner.nightly.alert_terms import Alerts, Mail
from planner.nightly.alerts import Rule
from planner.nightly.channels import ATTEMPTS, Digest, File, Mailbox, Undelivered, Webhook
from planner.nightly.holding import Held
from tests.servers import mail_server, unused_port, webhook

NOW = datetime(2026, 11, 27, 6, tzinfo=UTC)
SECRET = "s3cr3t-t0ken"


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds between attempts, which nobody waits for; and no proxy of this machine's user in the way."""
    found: list[float] = []
    monkeypatch.setattr(time, "sleep", found.append)
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    return found


@pytest.fixture
def digest() -> Digest:
    held = [
        Held(case="tiny", rule=Rule.GAP, subject="", message="a gap of 3 %", since=NOW - timedelta(hours=49)),
        Held(case="tiny", rule=Rule.COVER, subject="Gallium", message="Gallium: 3 days — “low”", since=NOW),
    ]
    return Digest("20261127T020000Z", held, NOW)


def hook_at(monkeypatch: pytest.MonkeyPatch, address: str) -> Webhook:
    monkeypatch.setenv("VAULT_WEBHOOK", address)
    return Webhook("VAULT_WEBHOOK")


def mailbox(port: int, **terms: object) -> Mailbox:
    fields = {"host": "localhost", "port": port, "security": "none", "sender": "night@vault.example"}
    return Mailbox(Mail.model_validate(fields | {"recipients": ["desk@vault.example", "ops@vault.example"]} | terms))


def test_only_channels_that_are_asked_for_are_there(tmp_path: Path) -> None:
    assert channels.channels(Alerts(), tmp_path) == []
    mail = Mail(host="localhost", sender="a@b.example", recipients=["c@d.example"])
    found = channels.channels(Alerts(file="told/alerts.jsonl", webhook_from="HOOK", mail=mail), tmp_path)
    assert found == [File(tmp_path / "told" / "alerts.jsonl"), Webhook("HOOK"), Mailbox(mail)]


def test_a_file_gets_a_line_for_each_alert(tmp_path: Path, digest: Digest) -> None:
    channel = File(tmp_path / "told" / "alerts.jsonl")
    channel.send(digest)
    channel.send(digest)
    lines = [json.loads(line) for line in channel.path.read_text(encoding="utf-8").splitlines()]
    assert lines == 2 * digest.records and len(lines) == 4
    assert lines[0] == {
        "time": "2026-11-27T06:00:00+00:00", "night": "20261127T020000Z", "case": "tiny", "rule": "gap above", "subject": "",
        "message": "a gap of 3 %", "since": "2026-11-25T05:00:00+00:00", "held_hours": 49.0,
    }  # fmt: skip
    assert channel.path.stat().st_mode & 0o077 == 0


def test_a_line_that_was_cut_spoils_no_other(tmp_path: Path, digest: Digest) -> None:
    path = tmp_path / "alerts.jsonl"
    path.write_bytes(b'{"time": "2026-')
    File(path).send(digest)
    first, *rest = path.read_text(encoding="utf-8").splitlines()
    assert first == '{"time": "2026-' and [json.loads(line) for line in rest] == digest.records


def test_a_file_of_something_else_is_left_as_it_is(tmp_path: Path, digest: Digest) -> None:
    book = tmp_path / "book.xlsx"
    book.write_bytes(b"PK of a workbook")
    assert File(book).missing() and not File(tmp_path / "alerts.jsonl").missing()
    with pytest.raises(Undelivered, match="no file of alerts"):
        File(book).send(digest)
    assert book.read_bytes() == b"PK of a workbook"


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path, digest: Digest) -> None:
    (tmp_path / "taken").touch()
    with pytest.raises(Undelivered, match="cannot be written"):
        File(tmp_path / "taken" / "alerts.jsonl").send(digest)


def test_a_webhook_gets_all_alerts_at_once(monkeypatch: pytest.MonkeyPatch, digest: Digest, pauses: list[float]) -> None:
    with webhook() as hook:
        hook_at(monkeypatch, f"{hook.address}/hook/{SECRET}?key=1").send(digest)
    [(path, body)] = hook.posted
    assert path == f"/hook/{SECRET}?key=1"
    assert body["alerts"] == digest.records and body["night"] == "20261127T020000Z"
    assert body["text"].splitlines() == [
        "Vault planner: 2 alerts of the night 20261127T020000Z",
        "tiny: gap above: a gap of 3 % (for 49 h)",
        "tiny: cover below: Gallium: 3 days — “low”",
    ]
    assert pauses == []


def test_a_webhook_that_fails_is_asked_again_after_longer_and_longer(
    monkeypatch: pytest.MonkeyPatch, digest: Digest, pauses: list[float]
) -> None:
    with webhook(503, 500, 204) as hook:
        hook_at(monkeypatch, hook.address).send(digest)
    assert len(hook.posted) == 3 and hook.posted[0] == hook.posted[2]
    first, second = pauses
    assert 1.0 <= first <= 2.0 <= second <= 3.0


def test_a_webhook_that_goes_on_failing_is_given_up(
    monkeypatch: pytest.MonkeyPatch, digest: Digest, pauses: list[float]
) -> None:
    with webhook(502) as hook, pytest.raises(Undelivered, match=r"^it answered with status 502$"):
        hook_at(monkeypatch, hook.address).send(digest)
    assert len(hook.posted) == ATTEMPTS == len(pauses) + 1


@pytest.mark.parametrize("status", [302, 307, 400, 404, 410, 429])
def test_what_a_webhook_refuses_is_not_sent_again(
    monkeypatch: pytest.MonkeyPatch, digest: Digest, pauses: list[float], status: int
) -> None:
    """Nor sent elsewhere, where it would take the secret with it."""
    with webhook(status) as hook, pytest.raises(Undelivered, match=f"^it answered with status {status}$"):
        hook_at(monkeypatch, hook.address).send(digest)
    assert len(hook.posted) == 1 and pauses == []


def test_a_webhook_that_is_not_there_is_tried_again_and_told(
    monkeypatch: pytest.MonkeyPatch, digest: Digest, pauses: list[float]
) -> None:
    with pytest.raises(Undelivered, match=r"^it cannot be reached: ConnectionRefusedError$"):
        hook_at(monkeypatch, f"http://127.0.0.1:{unused_port()}/").send(digest)
    assert len(pauses) == ATTEMPTS - 1


def test_a_server_that_says_nothing_is_left_in_time(
    monkeypatch: pytest.MonkeyPatch, digest: Digest, pauses: list[float]
) -> None:
    """It takes the connection, and never answers."""
    monkeypatch.setattr(channels, "TIMEOUT", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with pytest.raises(Undelivered, match="cannot be reached: TimeoutError"):
            hook_at(monkeypatch, f"http://127.0.0.1:{port}/").send(digest)
        with pytest.raises(Undelivered, match="cannot be reached: SMTPServerDisconnected"):
            mailbox(port, host="127.0.0.1").send(digest)


@pytest.mark.parametrize(
    "address", ["file:///etc/passwd", "vault.example/hook", "http://", "http://[", "http://a b/", "http://h:port/", "x"]
)
def test_what_is_no_address_is_told_without_it(
    monkeypatch: pytest.MonkeyPatch, digest: Digest, pauses: list[float], address: str
) -> None:
    told = r"^VAULT_WEBHOOK holds no address that (begins with http:// or https://|can be posted to)$"
    with pytest.raises(Undelivered, match=told):
        hook_at(monkeypatch, address).send(digest)
    assert pauses == []


def test_a_variable_that_is_not_set_is_told(monkeypatch: pytest.MonkeyPatch, digest: Digest) -> None:
    monkeypatch.delenv("VAULT_WEBHOOK", raising=False)
    channel = Webhook("VAULT_WEBHOOK")
    with pytest.raises(Undelivered, match=r"^VAULT_WEBHOOK is not set$"):
        channel.send(digest)
    assert channel.missing() == ["VAULT_WEBHOOK is not set"]
    assert hook_at(monkeypatch, "https://vault.example/").missing() == []
    assert hook_at(monkeypatch, "ftp://vault.example/").missing() != []


def test_a_mail_has_all_alerts(digest: Digest, pauses: list[float]) -> None:
    with mail_server() as post:
        mailbox(post.port, host="127.0.0.1").send(digest)
    [envelope] = post.mails
    assert envelope.mail_from == "night@vault.example"
    assert envelope.rcpt_tos == ["desk@vault.example", "ops@vault.example"]
    assert isinstance(envelope.content, bytes)
    mail = message_from_bytes(envelope.content, policy=policy.default)
    assert mail["Subject"] == digest.title and mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"].datetime == NOW
    assert mail.get_content().replace("\r\n", "\n") == f"{digest.text}\n"


def test_a_mail_server_is_asked_again_where_it_says_later(digest: Digest, pauses: list[float]) -> None:
    with mail_server(answers=["451 later", "421 too many", "250 OK"]) as post:
        mailbox(post.port, host="127.0.0.1").send(digest)
    assert len(post.mails) == 3 == len(pauses) + 1
    with mail_server(answers=["554 never"]) as post, pytest.raises(Undelivered, match=r"^it answered with status 554$"):
        mailbox(post.port, host="127.0.0.1").send(digest)
    assert len(post.mails) == 1


def test_a_mailbox_that_is_not_known_is_told(digest: Digest, pauses: list[float]) -> None:
    with mail_server(refused=("ops@vault.example",)) as post:
        with pytest.raises(Undelivered, match=r"^it refused 1 of 2 recipients$"):
            mailbox(post.port, host="127.0.0.1").send(digest)
        assert post.mails[0].rcpt_tos == ["desk@vault.example"], "the other has it"
        with pytest.raises(Undelivered, match=r"^it answered with status 550$"):
            mailbox(post.port, host="127.0.0.1", recipients=["ops@vault.example"]).send(digest)
    assert pauses == []


def test_a_mail_server_that_is_not_there_is_told(digest: Digest, pauses: list[float]) -> None:
    with pytest.raises(Undelivered, match=r"^it cannot be reached: ConnectionRefusedError$"):
        mailbox(unused_port(), host="127.0.0.1").send(digest)
    assert len(pauses) == ATTEMPTS - 1


@pytest.fixture
def tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A certificate for localhost that this process trusts."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


LOGIN = {"security": "starttls", "user_from": "VAULT_USER", "password_from": "VAULT_PASSWORD", "host": "127.0.0.1"}


def test_a_login_goes_over_a_connection_that_is_safe(
    digest: Digest, tls: ssl.SSLContext, pauses: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VAULT_USER", "night")
    monkeypatch.setenv("VAULT_PASSWORD", SECRET)
    with mail_server(tls) as post:
        mailbox(post.port, **LOGIN).send(digest)
        assert post.logins == [(b"night", SECRET.encode())] and len(post.mails) == 1
    with mail_server(tls, takes=False) as post, pytest.raises(Undelivered, match=r"^it answered with status 535$"):
        mailbox(post.port, **LOGIN).send(digest)
    assert pauses == [], "a wrong password is not tried again"


def test_a_server_without_a_certificate_that_is_trusted_gets_no_password(
    digest: Digest, tls: ssl.SSLContext, pauses: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VAULT_USER", "night")
    monkeypatch.setenv("VAULT_PASSWORD", SECRET)
    monkeypatch.delenv("SSL_CERT_FILE")
    with mail_server(tls) as post, pytest.raises(Undelivered, match="cannot be used as asked: SSLCertVerificationError"):
        mailbox(post.port, **LOGIN).send(digest)
    assert post.logins == []
    with mail_server() as post, pytest.raises(Undelivered, match="cannot be used as asked: SMTPNotSupportedError"):
        mailbox(post.port, **LOGIN).send(digest)
    assert post.logins == []


def test_a_login_that_is_not_set_is_told(monkeypatch: pytest.MonkeyPatch, digest: Digest) -> None:
    monkeypatch.setenv("VAULT_USER", "night")
    monkeypatch.delenv("VAULT_PASSWORD", raising=False)
    assert mailbox(1, **LOGIN).missing() == ["VAULT_PASSWORD is not set"]
    with pytest.raises(Undelivered, match=r"^VAULT_PASSWORD is not set$"):
        mailbox(1, **LOGIN).send(digest)


def test_no_secret_is_in_any_exception_or_log(
    digest: Digest, tls: ssl.SSLContext, pauses: list[float], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Of every way to fail: in its words, in its traceback with those that led to it, and in what any library logs."""
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("VAULT_USER", f"user-{SECRET}")
    monkeypatch.setenv("VAULT_PASSWORD", SECRET)
    found = []
    with webhook(404) as refusing, webhook(500) as failing, webhook(302) as elsewhere, mail_server(tls, takes=False) as post:
        addresses = [f"{one.address}/{SECRET}" for one in (refusing, failing, elsewhere)]
        addresses += [f"http://127.0.0.1:{unused_port()}/{SECRET}", f"http://{SECRET}.invalid/", f"http://a b/{SECRET}", SECRET]
        attempts = [lambda url=url: hook_at(monkeypatch, url).send(digest) for url in addresses]
        for attempt in [*attempts, lambda: mailbox(post.port, **LOGIN).send(digest)]:
            with pytest.raises(Undelivered) as caught:
                attempt()
            found.append(caught.value)
    assert len(found) == 8 and len(refusing.posted) == 1 and post.logins[0][1] == SECRET.encode()
    for error in found:
        assert error.__context__ is None or isinstance(error.__context__, Undelivered)
        assert SECRET not in "".join(traceback.format_exception(error))
    own = [one for one in caplog.records if not one.name.startswith(("mail.log", "asyncio"))]  # those are the test's server's
    assert SECRET not in "".join(f"{one.getMessage()} {one.args}" for one in own)


def test_a_library_that_would_answer_with_the_password_is_not_quoted(
    digest: Digest, monkeypatch: pytest.MonkeyPatch, pauses: list[float]
) -> None:
    """Some servers repeat what they were told in their refusal."""

    def answer(*_: object, **__: object) -> None:
        raise smtplib.SMTPAuthenticationError(535, f"{SECRET} is wrong".encode())

    monkeypatch.setattr(smtplib, "SMTP", answer)
    with pytest.raises(Undelivered, match=r"^it answered with status 535$"):
        mailbox(1).send(digest)
