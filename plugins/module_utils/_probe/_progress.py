# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tell what happens while it happens: a line for each thing, in a file that somebody reads meanwhile."""

import contextlib
import typing as t

Tell = t.Callable[[str], None]
END = "."
"""The last line: nothing comes after it."""


@contextlib.contextmanager
def to_file(path: t.Optional[str]) -> t.Iterator[t.Optional[Tell]]:
    """A function that adds a sentence to the file, at once; ``None`` where no file is named.

    The measurement is what counts: it goes on where its progress cannot be told.
    """
    if path is None:
        yield None
        return

    def tell(sentence: str) -> None:
        with contextlib.suppress(OSError), open(path, "a", encoding="utf-8", errors="replace") as lines:
            lines.write(" ".join(sentence.split()) + "\n")

    try:
        yield tell
    finally:
        tell(END)
