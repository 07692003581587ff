# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The actions of the roles take what their pages say: sanity tests compare this for modules alone."""

from __future__ import annotations

import importlib
import json

import pytest

from tests.support.commands import tool

ACTIONS = ["apply_policy", "merge_reports", "show_report", "validate_host", "write_report"]


@pytest.mark.parametrize("name", ACTIONS)
def test_an_action_takes_what_its_page_says(name: str) -> None:
    action = importlib.import_module(f"ansible_collections.netops.keepalive.plugins.action.{name}")
    (page,) = json.loads(tool("ansible-doc", "--json", f"netops.keepalive.{name}")).values()
    assert set(page["doc"].get("options", {})) == set(action.ARGUMENTS)
