"""Servers on this machine that take what a night sends: a webhook, and a mail server."""

from __future__ import annotations

import json
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


def unused_port() -> int:
    """A port of this machine at which nobody listens."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@dataclass
class Hook:
    """A webhook.

    Attributes:
        answers: statuses of its answers; the last of them again and again.
        posted: path and body of each request.
    """

    answers: list[int] = field(default_factory=lambda: [200])
    posted: list[tuple[str, Any]] = field(default_factory=list)
    address: str = ""


@contextmanager
def webhook(*answers: int) -> Iterator[Hook]:
    """A webhook that answers with some statuses, one after the other."""
    hook = Hook(list(answers) or [200])

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # the name is the standard library's
            body = self.rfile.read(int(self.headers["Content-Length"]))
            hook.posted.append((self.path, json.loads(body)))
            self.send_response(hook.answers[0] if len(hook.answers) == 1 else hook.answers.pop(0))
            self.send_header("Location", f"{hook.address}/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_POST  # noqa: N815  # so that a redirect that is followed is seen

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    hook.address = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield hook
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass
class Post:
    """A mail server.

    Attributes:
        answers: what it says to each mail; the last of them again and again.
        mails: what it was handed, also where it refused.
        refused: recipients that it does not know.
        logins: user and password of each.
    """

    answers: list[str] = field(default_factory=lambda: ["250 OK"])
    mails: list[Envelope] = field(default_factory=list)
    refused: tuple[str, ...] = ()
    logins: list[tuple[bytes, bytes]] = field(default_factory=list)
    takes: bool = True
    port: int = 0

    async def handle_RCPT(  # noqa: N802  # the names are the library's
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refused:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.mails.append(envelope)
        return self.answers[0] if len(self.answers) == 1 else self.answers.pop(0)

    def __call__(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.logins.append((data.login, data.password))
        return AuthResult(success=self.takes, handled=self.takes)


@contextmanager
def mail_server(tls: ssl.SSLContext | None = None, **given: Any) -> Iterator[Post]:
    """A mail server; with a certificate it asks for STARTTLS and for a login."""
    post = Post(**given)
    secure: dict[str, Any] = {} if tls is None else {"tls_context": tls, "require_starttls": True, "auth_required": True}
    controller = Controller(post, hostname="127.0.0.1", port=unused_port(), authenticator=post, **secure)
    controller.start()
    post.port = controller.port
    try:
        yield post
    finally:
        controller.stop()
