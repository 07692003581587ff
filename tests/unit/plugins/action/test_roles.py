# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The actions of the roles, apart from the tasks that they run: what becomes of the results of these tasks."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from ansible_collections.netops.keepalive.plugins.action import apply_policy, validate_host
from ansible_collections.netops.keepalive.plugins.module_utils._settings import Settings
from ansible_collections.netops.keepalive.plugins.plugin_utils._roles import inner_task

FOR_ANSIBLE: dict[str, Any] = {
    "warnings": ["the host says so"],
    "ansible_facts": {"discovered_interpreter_python": "/usr/bin/python3"},
}
FAILED = {"failed": True, "msg": "no", **FOR_ANSIBLE}


def test_an_audit_passes_on_what_is_for_ansible() -> None:
    found = apply_policy.audited({**FAILED, "x": 1}, {}, Settings())
    assert {name: found.get(name) for name in FOR_ANSIBLE} == FOR_ANSIBLE
    assert (found["status"], "failed" in found, "x" in found) == ("failed", False, False)


def test_a_validation_passes_on_what_is_for_ansible() -> None:
    found = validate_host.judged({}, {}, {**FAILED, "x": 1})
    assert {name: found.get(name) for name in FOR_ANSIBLE} == FOR_ANSIBLE
    assert (found["status"], "failed" in found, "x" in found) == ("failed", False, False)


@pytest.mark.parametrize("failure", ["failed", "unreachable"])
def test_a_reboot_that_fails_is_said_beside_what_was_set(monkeypatch: pytest.MonkeyPatch, failure: str) -> None:
    """No host of the tests fails to reboot."""
    monkeypatch.setattr(inner_task, "attempt", lambda *_arguments, **_options: {failure: True, "msg": "timed out"})
    loader = SimpleNamespace(action_loader=SimpleNamespace(has_plugin=lambda _name: True))
    action: Any = SimpleNamespace(_shared_loader_obj=loader)
    found = apply_policy.ActionModule.rebooted(action, {"changed": True, "reboot_required": True}, {})
    assert (found["failed"], found["changed"]) == (True, True)
    assert found["msg"] == "the values are set, but the reboot failed: timed out"
