"""The runs of a case's folder go into the archive: those that it does not have yet, whatever kept them out before."""

from __future__ import annotations

from planner.archive.address import address
from planner.findings import PlannerError
from planner.nightly import durable
from planner.nightly.folder import Folder
from planner.nightly.record import Record

CATCH_UP = "What is missing is caught up with the next night that can use it, as far as the runs' folders are there."


def archived(folder: Folder, place: str) -> str:
    """Put every whole run that the archive lacks into it; what to tell where that cannot be done, else nothing.

    A plan is published all the same, and the runs come in with the next night.
    """
    try:
        found = address(place)
        records = folder.records()
        if not records:
            return ""
        if found.file is not None:
            durable.make_folder(found.file.parent)
            durable.claim(found.file)
        from planner.archive.storing import Run, put_in  # takes a second to load

        runs = [Run(_values(record), folder.plan_of(record)) for record in records]
        put_in(found, runs, lambda act: durable.step(act))
    except PlannerError as error:
        return f"{error} {CATCH_UP}"
    except OSError as error:
        return f"The archive {error.filename or place} cannot be used: {error.strerror or error}. {CATCH_UP}"
    return ""


def _values(record: Record) -> dict[str, object]:
    """A record as the archive's table has it."""
    values = record.model_dump(exclude={"case", "notes", "status"})
    return values | {"case_name": record.case, "notes": "\n".join(record.notes), "status": int(record.status)}
