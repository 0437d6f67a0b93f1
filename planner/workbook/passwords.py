"""Workbooks that are encrypted with a password, as Excel and LibreOffice do it; passwords come from the environment alone.

A variable that holds a password has a name that begins with `PLANNER_PASSWORD`. What is read is opened with any of them, so
that nobody has to say which file has which. What is written is encrypted with the one that is named for it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING

from planner.findings import CannotWrite, Misused

if TYPE_CHECKING:
    from msoffcrypto.format.ooxml import OOXMLFile

PREFIX = "PLANNER_PASSWORD"
LONGEST = 255
"""Characters of the longest password that Excel takes."""
INSTALL = "python -m pip install 'vault-planner[excel-password]'"


class NotOpened(Exception):
    """An encrypted workbook could not be opened: why, and what to do about it."""

    def __init__(self, why: str, remedy: str) -> None:
        self.why, self.remedy = why, remedy
        super().__init__(why)


def is_variable(name: str) -> bool:
    """Whether a variable of this name may hold a password."""
    return name.startswith(PREFIX) and name.isidentifier()


def password_in(variable: str) -> str:
    """The password that a variable holds.

    Raises:
        Misused: it holds none, or one that Excel does not take.
    """
    password = os.environ.get(variable, "")
    if not password:
        raise Misused(f"The environment variable {variable} is not set: it holds the password of a workbook.")
    if len(password) > LONGEST:
        raise Misused(f"The password in {variable} is too long: Excel takes {LONGEST} characters.")
    return password


def encrypted(content: bytes, password: str) -> bytes:
    """A workbook with a password, opened again to see that nothing of it is lost.

    Raises:
        Misused: the library that encrypts is not installed.
        CannotWrite: what was encrypted cannot be opened again.
    """
    try:
        from msoffcrypto.format.ooxml import OOXMLFile  # heavy, and only needed with passwords
    except ImportError:
        raise Misused(f"Workbooks are encrypted with a library that is not installed: {INSTALL}") from None
    packed = BytesIO()
    OOXMLFile(BytesIO(content)).encrypt(password, packed)
    try:
        same = _decrypted(packed.getvalue(), password) == content
    except NotOpened:
        same = False
    if not same:
        raise CannotWrite("A workbook that was encrypted cannot be opened again with its password; nothing was written.")
    return packed.getvalue()


def opened(data: bytes) -> tuple[bytes, str]:
    """What an encrypted workbook holds, and the password that opens it.

    Raises:
        NotOpened: none of the passwords in the environment does.
    """
    why = "the workbook is protected by a password"
    known = list(_known())
    for password in known:
        content = _decrypted(data, password)
        if content is not None:
            return content, password
    tried = f", which no variable {PREFIX}… of the environment holds" if known else ""
    remedy = (
        f"Put the password into the environment variable {PREFIX}, or open the workbook in Excel, remove the password (File, "
        "Info, Protect Workbook), and save it."
    )
    raise NotOpened(why + tried, remedy)


def _known() -> Iterator[str]:
    """The passwords in the environment, each once."""
    found = {name: value for name, value in sorted(os.environ.items()) if name.startswith(PREFIX) and value}
    yield from dict.fromkeys(found.values())


def _decrypted(data: bytes, password: str) -> bytes | None:
    """What an encrypted workbook holds, if it has this password.

    Raises:
        NotOpened: it is damaged, or the library is not installed.
    """
    try:
        from msoffcrypto.exceptions import InvalidKeyError
        from msoffcrypto.format.ooxml import OOXMLFile
    except ImportError:
        raise NotOpened("the workbook is protected by a password", f"Install what opens it: {INSTALL}") from None
    content = BytesIO()
    try:
        file: OOXMLFile = OOXMLFile(BytesIO(data))
        file.load_key(password=password, verify_password=True)
        file.decrypt(content)
    except InvalidKeyError:
        return None
    except Exception as error:  # of a damaged file the library raises whatever comes of it
        raise NotOpened(
            f"the workbook is protected by a password, and damaged ({error})",
            "Fetch it again from where it came from, or open it in Excel and save it.",
        ) from error
    return content.getvalue()
