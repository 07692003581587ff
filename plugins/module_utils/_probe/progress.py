# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The progress of a measurement, as lines in a file that the controller reads meanwhile."""

import contextlib
import os
import shutil
import signal
import threading
import time
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _errors

Tell = t.Callable[[str], None]
END = "."
"""The last line."""
SIGN_OF_LIFE = ""
"""A line that tells nothing but that the module still runs."""
WAITED_FOR = ".waited-for"
"""Added to the file's name: the reader creates that file first, and touches it every few seconds."""
SECONDS_BETWEEN_SIGNS = 30.0
SECONDS_BETWEEN_CHECKS = 2.0
# Longer than the reader tries to reach this host again, and than a kernel keeps a connection that has gone silent.
PATIENCE = 20 * 60.0


@contextlib.contextmanager
def to_file(path: t.Optional[str]) -> t.Iterator[t.Optional[Tell]]:
    """A function that adds a sentence to the file, at once; ``None`` where no file is named.

    A measurement goes on when its progress can no longer be written. But when the reader is gone, for example because the play
    was interrupted, ``Abandoned`` ends it, so that no probe goes on for days.

    Raises:
        InvalidValue: the file cannot be written.
        Abandoned: at any moment, in the main thread.
    """
    if path is None:
        yield None
        return
    refuse_unwritable(path)

    def tell(sentence: str) -> None:
        if abandoned(path):
            stop()
        write(path, " ".join(sentence.split()))

    try:
        with watched(path):
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
            "progress_file is {0}: it cannot be written ({1}); allowed is a file in an existing folder".format(
                _errors.shown(path), error.strerror
            )
        ) from error


def stop(*_signal: object) -> None:
    raise _errors.Abandoned("The measurement was ended: its play no longer waits for it.")


def abandoned(path: str) -> bool:
    """Whether the reader removed the folder, or has not read for a while."""
    try:
        return time.time() - os.stat(path + WAITED_FOR).st_mtime > PATIENCE
    except OSError:  # a reader that has not created it need not touch it
        return not os.path.isdir(os.path.dirname(path) or ".")


def remove_what_the_task_made(path: str) -> None:
    """The task's own folder, with the file of its job. A file that the user named stays."""
    folder = os.path.dirname(path)
    if os.path.exists(path + WAITED_FOR) and os.environ.get("ANSIBLE_ASYNC_DIR") == folder:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def watched(path: str) -> t.Iterator[None]:
    """A thread looks whether the reader is still there, also while nothing is told, and shows it that the module still runs."""
    ended, main = threading.Event(), threading.main_thread().ident or 0
    has_reader = os.path.exists(path + WAITED_FOR)

    def watch() -> None:
        last_sign = time.monotonic()
        while not ended.wait(min(SECONDS_BETWEEN_CHECKS, SECONDS_BETWEEN_SIGNS)):
            if abandoned(path):
                # The signal also ends a wait of the main thread. Its connections are reset when it closes them.
                signal.pthread_kill(main, signal.SIGTERM)
                return
            if has_reader and time.monotonic() >= last_sign + SECONDS_BETWEEN_SIGNS:
                last_sign = time.monotonic()
                write(path, SIGN_OF_LIFE)

    watcher = threading.Thread(target=watch, daemon=True)
    usual = signal.signal(signal.SIGTERM, stop)
    # Where no thread can be started, only the next sentence notices that the reader is gone.
    with contextlib.suppress(RuntimeError):
        watcher.start()
    try:
        yield
    finally:
        ended.set()
        if watcher.is_alive():
            watcher.join()
        signal.signal(signal.SIGTERM, usual)


def write(path: str, line: str) -> None:
    with contextlib.suppress(OSError), open(path, "a", encoding="utf-8", errors="replace") as lines:
        lines.write(line + "\n")
