# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whose values a connection has, on a kernel that cannot mark what tcp_keepalive_always has switched on."""

from __future__ import annotations

import pytest
from ansible_collections.netops.keepalive.plugins.module_utils import _settings
from ansible_collections.netops.keepalive.plugins.module_utils._always import bpf, loader
from ansible_collections.netops.keepalive.plugins.module_utils._always.program import layout
from ansible_collections.netops.keepalive.plugins.module_utils._probe.accepted import reader
from ansible_collections.netops.keepalive.plugins.module_utils._sockets.diag import mark_layout, marks
from ansible_collections.netops.keepalive.plugins.module_utils._verdict.observation import Observation

HOST = _settings.Settings(120, 30, 4)
ON = Observation("127.0.0.1", 80, "ipv4", keepalive=True, values=_settings.Values(120, 30, 4, 0), set_by="host")
ASKED = {7: (None, 2, 80)}


def test_the_maps_have_the_names_that_the_program_gives_them() -> None:
    assert (marks.MAP, marks.VALUES) == (loader.PREFIX + layout.MARKS, loader.PREFIX + layout.VALUES)


@pytest.mark.parametrize(
    ("maps", "found"), [([], {}), (["another"], {}), ([marks.VALUES, "another"], {7: marks.UNKNOWN})]
)
def test_only_where_the_switch_is_in_use_a_missing_mark_is_unknown(
    maps: list[str], found: dict[int, marks.Mark], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bpf, "map_names", lambda: iter(maps))
    assert reader.Reader().marks_of(ASKED) == found


def test_a_limit_says_so_once_where_the_values_are_the_hosts() -> None:
    seen = reader.with_mark(ON, marks.UNKNOWN, HOST)
    assert (seen.set_by, seen.limits) == ("host", (mark_layout.NO_MARKS,))
    assert reader.with_mark(seen, marks.UNKNOWN, HOST) == seen


@pytest.mark.parametrize("seen", [ON._replace(set_by="application"), ON._replace(keepalive=False, set_by=None)])
def test_no_limit_where_it_does_not_matter(seen: Observation) -> None:
    assert reader.with_mark(seen, marks.UNKNOWN, HOST) == seen
