# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Results of every module, each place in them, and odd values to put there: what a broken or hostile host may return."""

from __future__ import annotations

import contextlib
import json
import signal
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

from tests.support.report_samples import ENTRIES, LINUX_INFO, LINUX_SET, WINDOWS_INFO

Place = tuple[str | int, ...]
# Everything that a listener can have, and a listener of another shape for each remedy.
PROBED: dict[str, Any] = {
    "changed": False,
    "listeners": [
        {
            **ENTRIES[13],
            "measured": ENTRIES[0]["measured"],
            "namespace": "blue",
            "socket_unit": "db.socket",
            "host": "db1",
            "exempt": "replaced",
        },
        {**ENTRIES[1], "forwarder": None, "remedy": None},
        {**ENTRIES[2], "remedy": None},
    ],
    "would_connect": ["127.0.0.1:80"],
    "lacks": "no_privilege",
    "limits": ["Not all network namespaces were looked into."],
    "warnings": ["Not all network namespaces were looked into."],
    "invocation": {"module_args": {"ports": [80]}},
}
RESULTS = {"probe": PROBED, "set": LINUX_SET, "info": LINUX_INFO, "info of Windows": WINDOWS_INFO}
FORGED = "x\x1b[2J\r\nok: [forged]\u202e"
ODD: list[Any] = [
    *(
        None,
        True,
        False,
        -1,
        0,
        1.5,
        10**400,
        -(10**400),
        2**31,
        float("inf"),
        float("nan"),
        "",
        "x",
        "80",
        FORGED,
        "\ud800",
    ),
    *(
        "{{ 7 * 7 }}",
        "y" * 2**17,
        [],
        ["x"],
        [None],
        [[]],
        {},
        {"x": FORGED},
        {FORGED: {}},
        [{}] * 3,
        {"time": 10**400},
    ),
]
odd_values = st.sampled_from(ODD) | st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda parts: st.lists(parts, max_size=3) | st.dictionaries(st.text(), parts, max_size=3),
    max_leaves=5,
)


def places(value: object, way: Place = ()) -> list[Place]:
    """The way to each value, the whole first."""
    items: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        items = list(value.items())
    elif isinstance(value, list):
        items = list(enumerate(value))
    return [way, *(place for key, item in items for place in places(item, (*way, key)))]


def mutant(result: dict[str, Any], place: Place, value: object) -> dict[str, Any]:
    found: Any = json.loads(json.dumps(result))  # the samples share parts of theirs
    part = found
    for step in place[:-1]:
        part = part[step]
    part[place[-1]] = value
    return dict(found)


@contextlib.contextmanager
def within(seconds: float) -> Iterator[None]:
    """What takes longer is a fault: it may never end."""

    def late(*_signal: object) -> None:
        raise TimeoutError(f"not done within {seconds} s")

    before = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
