# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a host writes is shown on the console: it cannot move the cursor there, nor hide other lines."""

from __future__ import annotations

import re
import types
from typing import Any

import pytest
from ansible.errors import AnsibleActionFail
from ansible_collections.netops.keepalive.plugins.action import tcp_keepalive_probe as action

ERASES = "6379: \x1b[2K\x1b[1Gcompliant \u202ebackwards"
SHOWN = "6379: \\x1b[2K\\x1b[1Gcompliant \\u202ebackwards"


@pytest.fixture
def module() -> Any:
    task = types.SimpleNamespace(no_log=False, delegate_to=None)
    play_context = types.SimpleNamespace(remote_addr="192.0.2.1")
    return action.ActionModule(task, None, play_context, None, None, None)


def test_a_line_of_progress_is_made_visible(module: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []
    monkeypatch.setattr(action.display, "display", shown.append)
    module.show([action.SIGN_OF_LIFE, ERASES, action.END], {"inventory_hostname": "web1"})
    assert shown == [f"[web1] {SHOWN}"]


def test_the_error_of_a_command_is_made_visible(module: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    failed = {"rc": 1, "stderr": f"{ERASES}\nmore\n", "stdout": ""}
    monkeypatch.setattr(module, "_low_level_execute_command", lambda command: failed)
    with pytest.raises(AnsibleActionFail, match=f"{re.escape(f'(mktemp -d): {SHOWN} more')}$"):
        module.on_host("mktemp -d")
