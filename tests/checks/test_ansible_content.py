# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Roles, playbooks, YAML files, and what Ansible reads of the collection."""

from __future__ import annotations

import yaml

from tests.support.commands import tool
from tests.support.paths import INSTALLED

MODULES = {path.stem for path in (INSTALLED / "plugins" / "modules").iterdir() if path.suffix in (".py", ".ps1")}
OF_ROLES = {"apply_policy", "merge_reports", "show_report", "validate_host", "write_report"}


def test_yamllint() -> None:
    tool("yamllint", "--strict", ".")


def test_ansible_lint() -> None:
    tool("ansible-lint", "--config-file", ".ansible-lint")


def test_action_group_holds_every_module() -> None:
    """A module missing there would not get what a play sets for the group in module_defaults.

    An action of a role has none of their options, and would refuse a default of the group.
    """
    runtime = yaml.safe_load((INSTALLED / "meta" / "runtime.yml").read_text(encoding="utf-8"))
    members = {entry for entry in runtime["action_groups"]["keepalive"] if isinstance(entry, str)}
    assert members == MODULES - OF_ROLES
