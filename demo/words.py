# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Print headings, sentences and quotes."""

from __future__ import annotations

import textwrap

from host import Values

WIDTH = 100


def heading(text: str) -> None:
    print(f"\n{text}\n{'-' * len(text)}", flush=True)


def paragraph(text: str) -> None:
    print(textwrap.fill(text, WIDTH, break_on_hyphens=False), flush=True)


def quote(text: str) -> None:
    print(textwrap.indent(text.strip("\n"), "    "), flush=True)


def dropped_after(values: Values) -> str:
    return duration(values.time + values.interval * values.probes)


def in_full(values: Values) -> str:
    return f"{values.time} s of silence, then {values.probes} probes {values.interval} s apart: {dropped_after(values)}"


def duration(seconds: int) -> str:
    """7875: "2 hours 11 minutes". Seconds are left out if there are hours."""
    hours, rest = divmod(seconds, 3600)
    parts = [(hours, "hour"), (rest // 60, "minute"), (0 if hours else rest % 60, "second")]
    told = [f"{number} {unit}{'' if number == 1 else 's'}" for number, unit in parts if number]
    return " ".join(told) or "0 seconds"
