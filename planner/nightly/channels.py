"""Where alerts go: a file, a webhook, a mail server.

Secrets are read from the environment when they are needed and stand in no message: what a library says of a failure may
hold the address, so that only the kind of failure is told, and no exception of a library is passed on.

The standard library posts and sends, and tenacity tries again. Apprise (2.3) was looked at: it tries a refused request (4xx)
as often as one that failed, always after the same pause, writes the address with its token to its log, and brings nine
packages for services that nobody here asks for.
"""

from __future__ import annotations

import json
import os
import smtplib
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from http.client import HTTPException, InvalidURL
from pathlib import Path
from typing import Protocol
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential_jitter

from planner.nightly import durable
from planner.nightly.alert_terms import Alerts, Mail
from planner.nightly.holding import Held

ATTEMPTS, FIRST_PAUSE, LONGEST_PAUSE, TIMEOUT = 4, 1.0, 30.0, 10.0
"""Attempts to send; seconds before the second, doubled before each further one; seconds that a server may be silent."""


class Undelivered(Exception):
    """A channel did not take what it was sent, in words that hold no secret."""


class _Passing(Undelivered):
    """It may take it at another attempt."""


@dataclass(frozen=True)
class Digest:
    """The alerts of a night that a channel has not had yet."""

    night: str
    held: Sequence[Held]
    now: datetime

    @property
    def title(self) -> str:
        return f"Vault planner: {len(self.held)} alert{'' if len(self.held) == 1 else 's'} of the night {self.night}"

    @property
    def text(self) -> str:
        """A line for each."""
        return "\n".join(line(one, self.now) for one in self.held)

    @property
    def records(self) -> list[dict[str, object]]:
        """The same as JSON has it."""
        return [
            {
                "time": self.now.isoformat(timespec="seconds"), "night": self.night, "case": one.case, "rule": str(one.rule),
                "subject": one.subject, "message": one.message, "since": one.since.isoformat(timespec="seconds"),
                "held_hours": round(one.hours(self.now), 1),
            }
            for one in self.held
        ]  # fmt: skip


def line(held: Held, now: datetime) -> str:
    """An alert, and for how many hours it has held."""
    hours = held.hours(now)
    return f"{held.alert} (for {hours:.0f} h)" if hours >= 1 else str(held.alert)


class Channel(Protocol):
    """A way to tell somebody; its name says nothing secret."""

    @property
    def name(self) -> str: ...

    def send(self, digest: Digest) -> None:
        """Hand it over.

        Raises:
            Undelivered: it was not taken.
        """

    def missing(self) -> list[str]:
        """What is wrong with the environment variables that it needs."""


def channels(terms: Alerts, root: Path) -> list[Channel]:
    """The channels that are asked for."""
    found: list[Channel] = []
    found += [] if terms.file is None else [File(root / terms.file)]
    found += [] if terms.webhook_from is None else [Webhook(terms.webhook_from)]
    return found + ([] if terms.mail is None else [Mailbox(terms.mail)])


@dataclass(frozen=True)
class File:
    """A file to which each alert is added as a line."""

    path: Path
    name: str = "file"

    def send(self, digest: Digest) -> None:
        try:
            durable.make_folder(self.path.parent)
            if self._is_another():
                raise Undelivered(f"{self.path} is no file of alerts, and is left as it is")
            durable.append(self.path, "".join(f"{json.dumps(one)}\n" for one in digest.records).encode())
        except OSError as error:
            raise Undelivered(f"{self.path} cannot be written: {error.strerror}") from None

    def missing(self) -> list[str]:
        return [f"{self.path} is no file of alerts: name another"] if self._is_another() else []

    def _is_another(self) -> bool:
        """Whether there is a file of something else in its place."""
        if not self.path.is_file():
            return self.path.exists()
        with self.path.open("rb") as file:
            return file.read(1) not in (b"", b"{")


@dataclass(frozen=True)
class Webhook:
    """An address to which all alerts of a night are posted at once, with a `text` that chat services show."""

    variable: str
    name: str = "webhook"

    def send(self, digest: Digest) -> None:
        body = {"text": f"{digest.title}\n{digest.text}", "night": digest.night, "alerts": digest.records}
        url = _secret(self.variable)
        _again(lambda: self._post(url, json.dumps(body).encode()))

    def missing(self) -> list[str]:
        try:
            self._refuse_other(_secret(self.variable))
        except Undelivered as error:
            return [str(error)]
        return []

    def _post(self, url: str, body: bytes) -> None:
        self._refuse_other(url)
        headers = {"Content-Type": "application/json", "User-Agent": "vault-planner"}
        trouble: Undelivered
        try:
            with _OPENER.open(Request(url, body, headers, method="POST"), timeout=TIMEOUT):
                return
        except HTTPError as error:
            answer = f"it answered with status {error.code}"
            error.close()
            trouble = _Passing(answer) if error.code >= 500 else Undelivered(answer)
        except (ValueError, InvalidURL):
            trouble = Undelivered(f"{self.variable} holds no address that can be posted to")
        except (OSError, HTTPException) as error:
            reason = error.reason if isinstance(error, URLError) else error
            trouble = _Passing(f"it cannot be reached: {type(reason).__name__}")
        raise trouble  # out here nothing of the library's exception, which knows the address, hangs on it

    def _refuse_other(self, url: str) -> None:
        try:
            parts = urlsplit(url)
            is_address = parts.scheme in ("http", "https") and bool(parts.hostname)
        except ValueError:
            is_address = False
        if not is_address:
            raise Undelivered(f"{self.variable} holds no address that begins with http:// or https://")


class _NoRedirects(HTTPRedirectHandler):
    """A request that is sent elsewhere would lose its body, and take a secret with it."""

    def redirect_request(self, *_: object) -> None:
        return None


_OPENER = build_opener(_NoRedirects)


@dataclass(frozen=True)
class Mailbox:
    """A mail server, which sends all alerts of a night in one mail."""

    terms: Mail
    name: str = "mail"

    def send(self, digest: Digest) -> None:
        login = [_secret(name) for name in self._variables]
        _again(lambda: self._hand_over(self._written(digest), login))

    def missing(self) -> list[str]:
        return [f"{name} is not set" for name in self._variables if not os.environ.get(name)]

    @property
    def _variables(self) -> list[str]:
        return [name for name in (self.terms.user_from, self.terms.password_from) if name is not None]

    def _written(self, digest: Digest) -> EmailMessage:
        mail = EmailMessage()
        mail["Subject"], mail["From"], mail["To"] = digest.title, self.terms.sender, ", ".join(self.terms.recipients)
        mail["Date"], mail["Message-ID"] = format_datetime(digest.now), make_msgid(domain=self.terms.sender.split("@")[1])
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(digest.text)
        return mail

    def _hand_over(self, mail: EmailMessage, login: Sequence[str]) -> None:
        trouble: Undelivered
        try:
            with self._server() as server:
                if self.terms.security == "starttls":
                    server.starttls(context=ssl.create_default_context())
                if login:
                    server.login(*login)
                refused = server.send_message(mail)
            if not refused:
                return
            trouble = Undelivered(f"it refused {len(refused)} of {len(self.terms.recipients)} recipients")
        except smtplib.SMTPRecipientsRefused as error:
            trouble = _answered({code for code, _ in error.recipients.values()})
        except smtplib.SMTPResponseException as error:
            trouble = _answered({error.smtp_code})
        except (smtplib.SMTPNotSupportedError, ValueError) as error:  # ValueError: a certificate, or a login that is not ASCII
            trouble = Undelivered(f"it cannot be used as asked: {type(error).__name__}")
        except OSError as error:
            trouble = _Passing(f"it cannot be reached: {type(error).__name__}")
        raise trouble  # out here nothing of the library's exception, which may know the login, hangs on it

    def _server(self) -> smtplib.SMTP:
        if self.terms.security == "tls":
            return smtplib.SMTP_SSL(self.terms.host, self.terms.port, timeout=TIMEOUT, context=ssl.create_default_context())
        return smtplib.SMTP(self.terms.host, self.terms.port, timeout=TIMEOUT)


def _answered(codes: set[int]) -> Undelivered:
    """What a mail server's refusal means: from 500 on it is for good."""
    kind = _Passing if max(codes) < 500 else Undelivered
    return kind(f"it answered with status {max(codes)}")


def _secret(variable: str) -> str:
    found = os.environ.get(variable, "").strip()
    if not found:
        raise Undelivered(f"{variable} is not set")
    return found


def _again(send: Callable[[], None]) -> None:
    """Send, and where that fails in passing again, after longer and longer pauses."""
    attempts = Retrying(
        retry=retry_if_exception_type(_Passing),
        stop=stop_after_attempt(ATTEMPTS),
        wait=wait_exponential_jitter(FIRST_PAUSE, LONGEST_PAUSE),
        reraise=True,
    )
    attempts(send)
