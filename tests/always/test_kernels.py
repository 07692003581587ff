# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""tcp_keepalive_always on the kernels of other Debian releases: the promise is the same, and what differs is said."""

from __future__ import annotations

import pytest

from tests.support.kernels.machine import results

OFF, ON = [0, 7200, 75, 9, 0], [1, 120, 30, 4, 0]
KEPT, TIMEOUT = [1, 77, 7, 9, 0], [0, 7200, 75, 9, 9000]
RELEASES = {"bullseye": "5.10", "bookworm": "6.1", "trixie": "6.12"}
# It came with Linux 5.14; before, the connections of containers cannot be told from the host's.
WITHOUT_COOKIES = ("bullseye",)
# A program may set and mark open connections since Linux 6.1; before, they are switched through duplicates, and not taken back.
UNMARKED = ("bullseye",)


@pytest.mark.long
@pytest.mark.parametrize("release", RELEASES)
def test_the_promise_of_the_switch(release: str) -> None:
    found = results(release)
    assert found["kernel"].startswith(RELEASES[release] + ".")
    if release in WITHOUT_COOKIES:
        assert "cannot tell a container's connections from the host's" in found["refused"]
        assert found["attached"] is True
    else:
        assert (found["refused"], found["attached"]) == (None, False)
    assert (found["off"], found["off_again"]) == ([OFF, OFF], [OFF, OFF])
    assert found["on"] == [ON, ON]
    assert (found["kept"], found["timeout"]) == ([KEPT, KEPT], [TIMEOUT, TIMEOUT])
    assert found["marks"] == [[120, 30, 4, 0]] * 2
    assert (found["again"], found["absent"]) == (False, True)
    assert found["open"] == [ON, ON, TIMEOUT, KEPT]
    assert found["open_back"] == ([True, 1, 1] if release in UNMARKED else [True, 0, 0])
    assert found["counters"] == {"seen": 8, "set": 4, "kept": 4, "errors": 0}
