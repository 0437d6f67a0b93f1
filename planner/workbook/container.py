"""The file itself: what kind it is, whether it is safe to unpack, and the XML parts inside it.

Everything that is read later comes from the parts returned here, so no damaged, encrypted or endlessly large file gets
any further than this module.
"""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

from planner.findings import FaultyInput, Finding, Severity
from planner.workbook.passwords import NotOpened, opened

LARGEST_FILE = 200 * 2**20
"""Bytes of the largest file that is opened."""
LARGEST_UNPACKED = 600 * 2**20
"""Bytes of all XML parts together; a formatted sheet of 1,048,576 rows and 16 columns takes a third of it."""
SUSPICIOUS_PART = 32 * 2**20
SUSPICIOUS_RATIO = 200
"""A part above the size that shrinks by more than the ratio is a zip bomb: worksheets shrink 5 to 50 times."""
MOST_PARTS = 20_000

SAVE_AS_XLSX = "Open it in Excel and save it as an Excel workbook (.xlsx)."
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError)
"""What zipfile and zlib raise on a damaged archive: a broken directory or checksum, broken or cut off data, a method that
does not exist, and offsets that lie outside the file."""

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_WORKBOOK_TYPES = (
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.template.main+xml",
)
_MACRO_TYPES = (
    "application/vnd.ms-excel.sheet.macroenabled.main+xml",
    "application/vnd.ms-excel.template.macroenabled.main+xml",
)
_OTHER_DOCUMENTS = {
    "application/vnd.ms-excel.sheet.binary.macroenabled.main": "a binary Excel workbook (.xlsb)",
    "wordprocessingml": "a Word document",
    "presentationml": "a PowerPoint presentation",
}


@dataclass(frozen=True)
class Container:
    """The XML parts of a workbook, by their path inside the file."""

    parts: Mapping[str, bytes]
    macros: bool
    sha256: str
    password: str | None = field(default=None, repr=False)
    """That it was encrypted with."""

    def part(self, path: str) -> bytes | None:
        """A part whatever the case of its path, as Excel finds it."""
        wanted = path.lstrip("/").lower()
        return next((data for name, data in self.parts.items() if name.lower() == wanted), None)

    def repacked(self) -> io.BytesIO:
        """The checked parts as an uncompressed file, so that a reader sees what was checked and nothing else."""
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
            for name, data in self.parts.items():
                archive.writestr(name, data)
        packed.seek(0)
        return packed


def unusable(message: str, remedy: str, value: str = "", sheet: str = "") -> FaultyInput:
    """The error for a file (or sheet) of which nothing can be read."""
    return FaultyInput([Finding(Severity.FAULT, sheet, "", value, message, remedy)])


def open_container(path: Path) -> Container:
    """Read, recognise and unpack a workbook file; an encrypted one with a password of the environment.

    Raises:
        FaultyInput: if it is not a readable .xlsx or .xlsm workbook; the one finding says what it is instead.
    """
    data = _read(path)
    content, password = _unlocked(data) if data.startswith(_OLE) else (data, None)
    if not content.startswith(b"PK"):
        raise _refusal_of_text(content)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _refuse_bombs(archive)
            _refuse_encrypted(archive)
            macros = _kind(archive)
            parts = {name: archive.read(name) for name in archive.namelist() if name.lower().endswith((".xml", ".rels"))}
    except _DAMAGED as error:
        raise unusable(
            f"the file is damaged or was not copied completely ({error})",
            "Fetch it again from where it came from, or open it in Excel, let Excel repair it, and save it.",
        ) from error
    _refuse_bad_xml(parts)
    return Container(parts, macros, hashlib.sha256(data).hexdigest(), password)


def is_encrypted(path: Path) -> bool:
    """Whether a file is a workbook with a password."""
    with path.open("rb") as file:
        start = file.read(len(_OLE))
        return start == _OLE and _holds(file.read(), "EncryptedPackage")


def _read(path: Path) -> bytes:
    if path.is_dir():
        raise unusable("this is a folder, not a workbook", "Name the workbook inside it.", str(path))
    if not path.exists():
        raise unusable("there is no such file", "Check the name and the folder.", str(path))
    if not path.is_file():
        raise unusable("this is not a file", "Name an Excel workbook (.xlsx).", str(path))
    if path.name.startswith("~$"):
        raise unusable(
            "this is the mark that Excel leaves while a workbook is open", f"Name {path.name[2:]!r} instead.", str(path)
        )
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise unusable(
                f"the file is larger than {LARGEST_FILE >> 20} MiB",
                "Remove sheets and pictures that the planner does not need.",
                str(path),
            )
        data = path.read_bytes()
    except OSError as error:
        raise unusable(
            f"the file cannot be read ({error.strerror})",
            "Close it in other programs, and check that you may open it.",
            str(path),
        ) from error
    if not data:
        raise unusable("the file is empty", "Fetch or save it again.", str(path))
    return data


def _unlocked(data: bytes) -> tuple[bytes, str]:
    """What an encrypted workbook holds, and its password.

    Old .xls workbooks and encrypted workbooks are both compound files; the names of their streams tell.
    """
    if _holds(data, "DRMEncrypted"):
        raise unusable(
            "the workbook is protected by a sensitivity label or rights management",
            "Open it in Excel, choose a label without encryption, and save it.",
        )
    if _holds(data, "EncryptedPackage"):
        try:
            return opened(data)
        except NotOpened as error:
            raise unusable(error.why, error.remedy) from error
    if _holds(data, "Workbook") or _holds(data, "Book"):
        raise unusable("this is a workbook of the old kind (.xls)", SAVE_AS_XLSX)
    raise unusable("this is not an Excel workbook but another old Office file", SAVE_AS_XLSX)


def _holds(data: bytes, stream: str) -> bool:
    return stream.encode("utf-16-le") in data


def _refusal_of_text(data: bytes) -> FaultyInput:
    start = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(b"%pdf"):
        return unusable("this is a PDF, not a workbook", "Name an Excel workbook (.xlsx).")
    if b"urn:schemas-microsoft-com:office:spreadsheet" in start:
        return unusable("this is an XML spreadsheet of 2003, whatever its name ends with", SAVE_AS_XLSX)
    if start.startswith(b"<"):
        return unusable("this is a web page or XML file, whatever its name ends with", SAVE_AS_XLSX)
    if b"\0" not in start and any(separator in start for separator in b",;\t\n"):
        return unusable("this is a text file (CSV), whatever its name ends with", SAVE_AS_XLSX)
    return unusable("this is not an Excel workbook", "Name an Excel workbook (.xlsx).")


def _refuse_bombs(archive: zipfile.ZipFile) -> None:
    """Raise before anything is unpacked; `zipfile` never unpacks more than a part declares."""
    entries = archive.infolist()
    large = (entry for entry in entries if entry.file_size > SUSPICIOUS_PART)
    bomb = next((entry for entry in large if entry.file_size > SUSPICIOUS_RATIO * entry.compress_size), None)
    if bomb:
        raise unusable(
            f"the part {bomb.filename!r} would unpack to {bomb.file_size >> 20} MiB from {bomb.compress_size >> 10} KiB, "
            "as in a zip bomb, not in a workbook",
            "Do not open this file; ask whoever sent it.",
        )
    if len(entries) > MOST_PARTS or sum(entry.file_size for entry in entries) > LARGEST_UNPACKED:
        raise unusable(
            f"the workbook unpacks to more than {LARGEST_UNPACKED >> 20} MiB",
            "Remove sheets the planner does not need and formatting below the data (select the rows, delete, save).",
        )
    if len(set(archive.namelist())) < len(entries):
        raise unusable("the file is damaged: it holds a part twice", "Open it in Excel and save it again.")


def _refuse_encrypted(archive: zipfile.ZipFile) -> None:
    if any(entry.flag_bits & 1 for entry in archive.infolist()):
        raise unusable("the file is an encrypted zip archive", "Unpack it and name the workbook inside.")


def _kind(archive: zipfile.ZipFile) -> bool:
    """Whether the workbook has macros; raises for everything that is not a workbook."""
    names = archive.namelist()
    if "mimetype" in names and b"opendocument" in archive.read("mimetype"):
        raise unusable("this is an OpenDocument file (.ods)", "Open it and save it as an Excel workbook (.xlsx).")
    types = archive.read("[Content_Types].xml").decode("utf-8", "replace").lower() if "[Content_Types].xml" in names else ""
    for mark, what in _OTHER_DOCUMENTS.items():
        if mark in types:
            raise unusable(f"this is {what}", SAVE_AS_XLSX)
    macros = any(kind in types for kind in _MACRO_TYPES)
    if not macros and not any(kind in types for kind in _WORKBOOK_TYPES):
        raise unusable("this is a zip archive, but not an Excel workbook", "Unpack it, and name the workbook inside.")
    return macros


def _refuse_bad_xml(parts: Mapping[str, bytes]) -> None:
    """Excel writes plain UTF-8 without document types; anything else is damage or a trick with entities."""
    for name, data in parts.items():
        if re.search(rb"<!(DOCTYPE|ENTITY)", data) or data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in data[:200]:
            raise unusable(
                f"the part {name!r} is written as Excel never writes it (document type or foreign encoding)",
                "Do not trust this file; open it in Excel and save it again.",
            )
        if name.lower().startswith("xl/worksheets/sheet"):
            continue  # parsed when the sheet is read
        try:
            expat.ParserCreate().Parse(data, True)
        except expat.ExpatError as error:
            raise unusable(
                f"the part {name!r} is damaged ({error})", "Open the workbook in Excel, let Excel repair it, and save it."
            ) from error
