# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import re
import sys

import pytest
from ansible_collections.netops.keepalive.plugins.module_utils import _errors
from ansible_collections.netops.keepalive.plugins.module_utils._probe import (
    request as probe_request,
)
from ansible_collections.netops.keepalive.plugins.module_utils._probe import (
    run as probe_run,
)
from ansible_collections.netops.keepalive.plugins.module_utils._probe import (
    types,
)


def test_anything_but_linux_has_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    request = probe_request.Request((), types.Target("", 0, 0), types.Options(), namespaces=False, require_filter=False)
    monkeypatch.setattr(sys, "platform", "freebsd14")
    sentence = (
        "the probe runs on 'freebsd14': allowed is Linux; another system is measured from a Linux machine, with host."
    )
    with pytest.raises(_errors.ProbeImpossible, match=f"^{re.escape(sentence)}$"):
        probe_run.probe(request)
