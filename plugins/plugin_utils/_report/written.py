# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of a report in a folder: all of them are complete before the first one is replaced."""

import contextlib
import json
import os
import pathlib
import shutil
import stat
import tempfile
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _errors
from ansible_collections.netops.keepalive.plugins.plugin_utils._report import completed, formats, model

FILES = {"report.json": "json", "report.html": "html", "junit.xml": "junit", "keepalive.prom": "prometheus"}
MOST_NAMED = 10


def write(whole: model.Result, folder: pathlib.Path, mode: int) -> str | None:
    """Make the folder and write the files; what a person should know about the report that they replace.

    An earlier report of the other kind, fresh and about the same hosts, becomes a part of the new one.

    Raises:
        KeepaliveError: one of them could not be written.
    """
    earlier, earlier_mode = read(folder / "report.json")
    found = completed.completed(whole, earlier)
    if found.added:
        mode &= earlier_mode  # it may hold what only its owner may read
    replace({name: [formats.FORMATS[chosen](found.report)] for name, chosen in FILES.items()}, folder, mode)
    return replaced(folder, found.problem, hosts_of(earlier) - {host["name"] for host in whole["hosts"]})


def replace(files: t.Mapping[str, t.Iterable[str | t.BinaryIO]], folder: pathlib.Path, mode: int) -> None:
    """The files come in parts."""
    with refusing(folder), contextlib.ExitStack() as unfinished:
        folder.mkdir(parents=True, exist_ok=True)
        complete = {folder / name: beside(folder / name, parts, mode, unfinished) for name, parts in files.items()}
        for path, new in complete.items():
            new.replace(path)


@contextlib.contextmanager
def refusing(folder: pathlib.Path) -> t.Iterator[None]:
    try:
        yield
    except OSError as error:
        raise _errors.KeepaliveError(
            "the report cannot be written to {0}: {1}; name a folder that has room and that this user may write to".format(
                folder, error.strerror
            )
        ) from error


def beside(
    path: pathlib.Path, parts: t.Iterable[str | t.BinaryIO], mode: int, unfinished: contextlib.ExitStack
) -> pathlib.Path:
    """A new file of these parts in the same folder; what is left of it goes in the end."""
    descriptor, name = tempfile.mkstemp(prefix="." + path.name, dir=path.parent)
    new = pathlib.Path(name)
    unfinished.callback(new.unlink, missing_ok=True)
    with open(descriptor, "wb") as file:
        os.fchmod(descriptor, mode)
        for part in parts:
            if isinstance(part, str):
                file.write(part.encode())
            else:
                part.seek(0)
                shutil.copyfileobj(part, file)
    return new


def read(path: pathlib.Path) -> tuple[object, int]:
    """What an earlier report holds, which may be anything, and its mode; nothing where there is no report."""
    try:
        # Anything else than a file could be read for ever.
        if path.is_file():
            return json.loads(path.read_text(encoding="utf-8")), stat.S_IMODE(path.stat().st_mode)
    except (OSError, ValueError, RecursionError):
        pass
    return None, 0


def hosts_of(report: t.Any) -> set[str]:
    try:
        return {str(host["name"]) for host in report["hosts"]}
    except (KeyError, TypeError):
        return set()


def replaced(folder: pathlib.Path, problem: str | None, lost: t.Collection[str]) -> str | None:
    """What the new report does not have of the one that was there."""
    said = []
    if problem:
        said.append(f"was about the other kind of audit, and is not completed but replaced, because {problem}")
    if lost:
        named = ", ".join(map(_errors.shown, sorted(lost)[:MOST_NAMED]))
        more = " and {0} more".format(len(lost) - MOST_NAMED) if len(lost) > MOST_NAMED else ""
        said.append("had hosts that the new one does not have: {0}{1}".format(named, more))
    return "the report that was in {0} {1}".format(folder, "; it ".join(said)) if said else None
