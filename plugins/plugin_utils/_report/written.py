# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of a report in a folder: all of them are complete before the first one is replaced."""

import contextlib
import json
import os
import pathlib
import tempfile
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _errors
from ansible_collections.netops.keepalive.plugins.plugin_utils._report import formats, model

FILES = {"report.json": "json", "report.html": "html", "junit.xml": "junit", "keepalive.prom": "prometheus"}
MOST_NAMED = 10


def write(whole: model.Result, folder: pathlib.Path, mode: int) -> str | None:
    """Make the folder and write the files; what a person should know about the report that they replace.

    Raises:
        KeepaliveError: one of them could not be written.
    """
    texts = {name: formats.FORMATS[chosen](whole) for name, chosen in FILES.items()}
    replaced = hosts_of(folder / "report.json")
    with contextlib.ExitStack() as unfinished:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            complete = {folder / name: beside(folder / name, text, mode, unfinished) for name, text in texts.items()}
            for path, new in complete.items():
                new.replace(path)
        except OSError as error:
            raise _errors.KeepaliveError(
                "the report cannot be written to {0}: {1}; name a folder that has room and that this user may write to".format(
                    folder, error.strerror
                )
            ) from error
    return lost(folder, replaced - {host["name"] for host in whole["hosts"]})


def beside(path: pathlib.Path, text: str, mode: int, unfinished: contextlib.ExitStack) -> pathlib.Path:
    """A new file with that text in the same folder; what is left of it goes in the end."""
    descriptor, name = tempfile.mkstemp(prefix="." + path.name, dir=path.parent)
    new = pathlib.Path(name)
    unfinished.callback(new.unlink, missing_ok=True)
    with open(descriptor, "w", encoding="utf-8") as file:
        os.fchmod(descriptor, mode)
        file.write(text)
    return new


def hosts_of(path: pathlib.Path) -> set[str]:
    """The hosts of an earlier report; none where there is no report."""
    try:
        # Anything else than a file could be read for ever.
        text = path.read_text(encoding="utf-8") if path.is_file() else "{}"
        return {str(host["name"]) for host in json.loads(text)["hosts"]}
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return set()


def lost(folder: pathlib.Path, names: t.Collection[str]) -> str | None:
    if not names:
        return None
    named = ", ".join(map(_errors.shown, sorted(names)[:MOST_NAMED]))
    more = " and {0} more".format(len(names) - MOST_NAMED) if len(names) > MOST_NAMED else ""
    return "the report that was in {0} had hosts that the new one does not have: {1}{2}".format(folder, named, more)
