# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Why the kernel refuses: an error of the system call as a sentence."""

from __future__ import annotations

import errno
import re

import pytest
from ansible_collections.netops.keepalive.plugins.module_utils._always import bpf, refusals
from ansible_collections.netops.keepalive.plugins.module_utils._always.services import units

LOG = "0: (bf) r6 = r1\nR1 type=scalar expected=ctx.\nprocessed 12 insns (limit 1000000)\nverification time 9 usec\n"


def test_of_the_verifier_the_last_line_is_quoted() -> None:
    error = bpf.ProgramRefused(errno.EACCES, "Permission denied")
    error.log = LOG
    assert str(refusals.refused(error)) == "The kernel does not load the program: R1 type=scalar expected=ctx."


SENTENCES = {
    errno.ENOSYS: "This kernel has no system call bpf (CONFIG_BPF_SYSCALL).",
    errno.E2BIG: "The cgroup /a has 64 programs already, which is all that it can have.",
    errno.ENOENT: "The cgroup /a went away during the run: its unit has stopped or restarted; run the task again.",
    errno.EINVAL: "The program cannot be attached to the cgroup /a: ",
}


@pytest.mark.parametrize("number", SENTENCES)
def test_an_error_is_a_sentence(number: int) -> None:
    assert re.match(re.escape(SENTENCES[number]), str(refusals.refused(OSError(number, "x"), "/a")))


def test_without_privilege_the_missing_capabilities_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The process of this test may be root, so its status is another one's."""
    monkeypatch.setattr(refusals, "read_status", lambda: {"CapEff": "0000000000001000", "Seccomp": "0"})
    said = str(refusals.refused(PermissionError(errno.EPERM, "x")))
    assert said.startswith("The program cannot be attached: bpf needs CAP_SYS_ADMIN and CAP_BPF; use become: true")


def test_no_capability_is_blamed_where_one_stands_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refusals, "read_status", lambda: {"CapEff": f"{1 << 21:016x}", "Seccomp": "0"})
    assert "CAP_" not in str(refusals.refused(PermissionError(errno.EPERM, "x")))


def test_the_properties_of_units_are_told_apart() -> None:
    text = "Id=a.service\nLoadState=loaded\nControlGroup=/system.slice/a.service\nTriggeredBy=a.socket\n\nId=b.slice\nLoadState=not-found\n"
    first, second = units.blocks(text)
    assert (first["ControlGroup"], first["TriggeredBy"]) == ("/system.slice/a.service", "a.socket")
    assert (second["Id"], second["LoadState"], second["ControlGroup"]) == ("b.slice", "not-found", "")
