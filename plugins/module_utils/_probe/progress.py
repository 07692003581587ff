# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tell what happens while it happens: a line for each thing, in a file that somebody reads meanwhile."""

import contextlib
import os
import shutil
import threading
import time
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _errors

Tell = t.Callable[[str], None]
END = "."
"""The last line: nothing comes after it."""
SIGN_OF_LIFE = ""
"""A line that tells nothing, only that there still is somebody who writes."""
WAITED_FOR = ".waited-for"
"""Added to the file's name: who reads it has made that one before, and touches it every few seconds."""
SECONDS_BETWEEN_SIGNS = 30.0
# Longer than a reader tries to reach this host again, and than a kernel takes to give a connection up that has gone silent.
PATIENCE = 20 * 60.0


@contextlib.contextmanager
def to_file(path: t.Optional[str]) -> t.Iterator[t.Optional[Tell]]:
    """A function that adds a sentence to the file, at once; ``None`` where no file is named.

    The measurement is what counts: it goes on where its progress can no longer be told. But where the reader has gone, as
    when the play was interrupted, the function raises ``Abandoned``: nobody wants a probe to go on for days.

    Raises:
        InvalidValue: the file cannot be written.
    """
    if path is None:
        yield None
        return
    refuse_unwritable(path)

    def tell(sentence: str) -> None:
        if abandoned(path):
            raise _errors.Abandoned("Nobody waits for the measurement any more: it was ended.")
        write(path, " ".join(sentence.split()))

    try:
        with signs_of_life(path):
            yield tell
    finally:
        write(path, END)
        if abandoned(path):
            remove_what_the_task_made(path)


def refuse_unwritable(path: str) -> None:
    try:
        with open(path, "a", encoding="utf-8"):
            pass
    except OSError as error:
        raise _errors.InvalidValue(
            "progress_file is {0}: it cannot be written ({1}); allowed is a file in a folder that is there".format(
                _errors.shown(path), error.strerror
            )
        ) from error


def abandoned(path: str) -> bool:
    """Whether the reader took the folder away, or has not looked for a while."""
    try:
        return time.time() - os.stat(path + WAITED_FOR).st_mtime > PATIENCE
    except OSError:  # who never looks here has not promised to
        return not os.path.isdir(os.path.dirname(path) or ".")


def remove_what_the_task_made(path: str) -> None:
    """Its folder holds the file of the job too. What a user has named is the user's."""
    folder = os.path.dirname(path)
    if os.path.exists(path + WAITED_FOR) and os.environ.get("ANSIBLE_ASYNC_DIR") == folder:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def signs_of_life(path: str) -> t.Iterator[None]:
    """For who waits: a name may take minutes until it has an address, and nothing is told meanwhile."""
    ended = threading.Event()

    def go_on() -> None:
        while not ended.wait(SECONDS_BETWEEN_SIGNS):
            write(path, SIGN_OF_LIFE)

    signs = threading.Thread(target=go_on, daemon=True)
    if os.path.exists(path + WAITED_FOR):
        with contextlib.suppress(RuntimeError):  # no more threads may be started: what is told must do
            signs.start()
    try:
        yield
    finally:
        ended.set()
        if signs.is_alive():
            signs.join()


def write(path: str, line: str) -> None:
    with contextlib.suppress(OSError), open(path, "a", encoding="utf-8", errors="replace") as lines:
        lines.write(line + "\n")
