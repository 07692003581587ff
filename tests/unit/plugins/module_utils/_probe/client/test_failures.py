# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each error of the kernel is one kind of failure, with one sentence."""

from __future__ import annotations

import errno
import socket

import pytest
from ansible_collections.netops.keepalive.plugins.module_utils import _errors
from ansible_collections.netops.keepalive.plugins.module_utils._probe import types
from ansible_collections.netops.keepalive.plugins.module_utils._probe.client import failures

FAMILY = int(socket.AF_INET)
THERE = types.Target("192.0.2.1", 80, FAMILY)
HERE = types.Target("127.0.0.1", 80, FAMILY, types.Listener(FAMILY, "127.0.0.1", 80, 1, 1))


@pytest.mark.parametrize(
    ("target", "code", "contact", "sentence"),
    [
        (
            THERE,
            errno.ECONNREFUSED,
            "refused",
            "192.0.2.1:80 refused the connection: nothing listens there, or a firewall rejects it",
        ),
        (THERE, errno.ECONNRESET, "accepted", "192.0.2.1:80 reset the connection at once"),
        (THERE, errno.EHOSTUNREACH, "unreachable", "192.0.2.1:80 cannot be reached: No route to host"),
        (THERE, errno.ENETUNREACH, "unreachable", "192.0.2.1:80 cannot be reached: Network is unreachable"),
        (
            HERE,
            errno.ENETUNREACH,
            "not_tried",
            "the prober could not open a connection to 127.0.0.1:80: no route leads there; check that the interface lo is up",
        ),
        (
            THERE,
            errno.EADDRNOTAVAIL,
            "not_tried",
            "the prober could not open a connection to 192.0.2.1:80: no port is free, or no address of its own leads there",
        ),
    ],
)
def test_at_connect(target: types.Target, code: int, contact: str, sentence: str) -> None:
    failure = failures.at_connect(code, target)
    assert (failure.contact, str(failure)) == (contact, sentence)


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (
            OSError(errno.EMFILE, "Too many open files"),
            "the prober could not open a connection to 192.0.2.1:80: Too many open files; raise its limit of open files "
            "(ulimit -n)",
        ),
        (
            OSError(errno.ENOSPC, "No space left on device"),
            "the prober could not open a connection to 192.0.2.1:80: No space left on device",
        ),
        (_errors.HostUnreadable("The network namespace is gone."), "the network namespace is gone"),
    ],
)
def test_before_connect(error: Exception, sentence: str) -> None:
    failure = failures.before_connect(error, THERE)
    assert (failure.contact, str(failure)) == ("not_tried", sentence)


def test_the_address_that_could_be_tried_decides() -> None:
    found = failures.AllFailed(THERE, [failures.NoRoute(THERE), failures.Refused(THERE), failures.Refused(THERE)])
    assert found.contact == "refused"
    assert str(found) == f"{failures.NoRoute(THERE)}; {failures.Refused(THERE)}"
