"""Where an archive is: an SQLite file, or a PostgreSQL database. A password comes from the environment alone."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from planner.findings import Misused

FILE = "archive.sqlite"
ENVIRONMENT = "env:"
"""`env:NAME` stands for what the environment variable NAME holds."""
SERVERS = ("postgresql", "postgresql+psycopg")
ACCEPTED = f"A file, a postgresql+psycopg://HOST/DATABASE, or {ENVIRONMENT}NAME for what an environment variable holds"


@dataclass(frozen=True)
class Address:
    """Where an archive is, as a user may be shown it.

    Attributes:
        file: of SQLite; nothing for a server.
        url: of a server.
    """

    file: Path | None
    url: str = field(default="", repr=False)

    def __str__(self) -> str:
        if self.file is not None:
            return str(self.file)
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.hostname or ''}{parts.path}"

    def without_password(self, message: str) -> str:
        """A message of a driver, in which the password does not stand."""
        for password in filter(None, _passwords(self.url)):
            message = message.replace(password, "***").replace(unquote(password), "***")
        return message


def fault(text: str) -> str:
    """What is wrong with how a file or a command line names an archive; nothing where it is all right."""
    if text in ("", ENVIRONMENT):
        return "it names no archive"
    if any(_passwords(text)):
        return "a password does not stand in a file or on a command line"
    return "" if text.startswith(ENVIRONMENT) or _is_one(text) else "it is neither a file nor a postgresql+psycopg:// URL"


def located(text: str, root: Path) -> str:
    """What a file that stands in a folder names: a file that is not absolute is meant from there."""
    return text if text.startswith(ENVIRONMENT) or _scheme(text) is not None else str(root / text)


def address(text: str) -> Address:
    """The archive that a text names: a file, a URL, or `env:NAME`.

    Raises:
        Misused: it names none; the text is not repeated, for it may hold a password.
    """
    wrong = fault(text)
    if wrong:
        raise Misused(f"The archive: {wrong}. {ACCEPTED}.")
    if not text.startswith(ENVIRONMENT):
        return _address(text)
    name = text.removeprefix(ENVIRONMENT)
    held = os.environ.get(name, "")
    if not held or not _is_one(held):
        what = "is not set" if not held else "holds neither a file nor a postgresql+psycopg:// URL"
        raise Misused(f"The archive: the environment variable {name} {what}.")
    return _address(held)


def _address(text: str) -> Address:
    scheme = _scheme(text)
    return Address(Path(text)) if scheme is None else Address(None, text.replace(f"{scheme}://", "postgresql+psycopg://", 1))


def _is_one(text: str) -> bool:
    scheme = _scheme(text)
    try:
        return scheme is None or (scheme in SERVERS and urlsplit(text).port != 0)
    except ValueError:  # a port that is no number, or a host in square brackets that is none
        return False


def _scheme(text: str) -> str | None:
    return text.split("://", 1)[0] if "://" in text else None


def _passwords(text: str) -> list[str]:
    """As they stand in a URL: before the host, or among the parameters."""
    if _scheme(text) is None:
        return []
    try:
        parts = urlsplit(text)
    except ValueError:
        return []
    return [parts.password or "", *parse_qs(parts.query).get("password", [])]
