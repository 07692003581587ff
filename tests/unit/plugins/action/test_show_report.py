# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.netops.keepalive.plugins.action.show_report import is_for_people

CALLBACKS = {
    "default": True,
    "ansible.builtin.default": True,
    "community.general.yaml": True,
    "ansible.posix.json": False,
    "ansible.posix.jsonl": False,
    "json": False,
}


@pytest.mark.parametrize(("callback", "for_people"), CALLBACKS.items())
def test_lines_are_printed_where_a_person_reads(callback: str, for_people: bool) -> None:
    assert is_for_people(callback) is for_people
