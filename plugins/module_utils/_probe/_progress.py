# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tell what happens while it happens: a line for each thing, in a file that somebody reads meanwhile."""

import contextlib
import os
import time
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _errors

Tell = t.Callable[[str], None]
END = "."
"""The last line: nothing comes after it."""
WAITED_FOR = ".waited-for"
"""Added to the file's name: who reads it touches that one, every few seconds."""
PATIENCE = 60.0


@contextlib.contextmanager
def to_file(path: t.Optional[str]) -> t.Iterator[t.Optional[Tell]]:
    """A function that adds a sentence to the file, at once; ``None`` where no file is named.

    The measurement is what counts: it goes on where its progress cannot be told. But where the reader has gone, as when
    the play was interrupted, the function raises ``Abandoned``: nobody wants a probe to go on for days.
    """
    if path is None:
        yield None
        return

    def tell(sentence: str) -> None:
        if abandoned(path + WAITED_FOR):
            raise _errors.Abandoned("Nobody waits for the measurement any more: it was ended.")
        write(path, " ".join(sentence.split()))

    try:
        yield tell
    finally:
        write(path, END)


def abandoned(path: str) -> bool:
    """Whether the reader took the folder away, or has not looked for a while."""
    try:
        return time.time() - os.stat(path).st_mtime > PATIENCE
    except OSError:  # who never looks here has not promised to
        return not os.path.isdir(os.path.dirname(path) or ".")


def write(path: str, line: str) -> None:
    with contextlib.suppress(OSError), open(path, "a", encoding="utf-8", errors="replace") as lines:
        lines.write(line + "\n")
