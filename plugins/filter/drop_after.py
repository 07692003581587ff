# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: drop_after
short_description: Seconds until a dead peer is dropped
version_added: 0.1.0
author:
  - The netops.keepalive contributors (@netops)
description:
  - The time from the last sign of life of a peer until its connection is dropped, C(time + interval * probes).
  - A C(user_timeout) (C(TCP_USER_TIMEOUT) of a socket, in seconds) replaces the number of probes.
options:
  _input:
    description: A mapping with C(time), C(interval) and C(probes), and optionally C(user_timeout).
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: How long does a dead peer go unnoticed with the defaults of Linux
  ansible.builtin.debug:
    msg: "{{ {'time': 7200, 'interval': 75, 'probes': 9} | netops.keepalive.drop_after }} seconds"
# 7875 seconds
"""

RETURN = r"""
_value:
  description: The time in seconds.
  type: int
"""

import typing as t

from ansible.errors import AnsibleFilterError
from ansible_collections.netops.keepalive.plugins.module_utils._errors import KeepaliveError
from ansible_collections.netops.keepalive.plugins.plugin_utils._policy import goals


def drop_after(policy: object) -> int:
    try:
        return goals.seconds_to_drop(policy)
    except KeepaliveError as error:
        raise AnsibleFilterError(str(error)) from error


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"drop_after": drop_after}
