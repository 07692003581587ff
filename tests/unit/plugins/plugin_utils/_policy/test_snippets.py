# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import base64
import re

import pytest
import yaml
from ansible_collections.netops.keepalive.plugins.module_utils._errors import InvalidValue
from ansible_collections.netops.keepalive.plugins.module_utils._settings import Settings
from ansible_collections.netops.keepalive.plugins.plugin_utils._policy.snippets import FORMATS, snippet

ALL = Settings(120, 30, 4)
SYSCTL_D = """\
net.ipv4.tcp_keepalive_time = 120
net.ipv4.tcp_keepalive_intvl = 30
net.ipv4.tcp_keepalive_probes = 4
"""
CLOUD_INIT = """\
#cloud-config
write_files:
  - path: /etc/sysctl.d/99-tcp-keepalive.conf
    permissions: '0644'
    content: |
      net.ipv4.tcp_keepalive_time = 120
      net.ipv4.tcp_keepalive_intvl = 30
      net.ipv4.tcp_keepalive_probes = 4
runcmd:
  - [sysctl, -p, /etc/sysctl.d/99-tcp-keepalive.conf]
"""
BUTANE = """\
variant: fcos
version: 1.4.0
storage:
  files:
    - path: /etc/sysctl.d/99-tcp-keepalive.conf
      mode: 0644
      contents:
        inline: |
          net.ipv4.tcp_keepalive_time = 120
          net.ipv4.tcp_keepalive_intvl = 30
          net.ipv4.tcp_keepalive_probes = 4
"""
POD = """\
spec:
  securityContext:
    sysctls:
      - name: net.ipv4.tcp_keepalive_time
        value: "120"
      - name: net.ipv4.tcp_keepalive_intvl
        value: "30"
      - name: net.ipv4.tcp_keepalive_probes
        value: "4"
"""
REG = (
    "Windows Registry Editor Version 5.00\r\n"
    "\r\n"
    "[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\Tcpip\\Parameters]\r\n"
    '"KeepAliveTime"=dword:0001d4c0\r\n'
    '"KeepAliveInterval"=dword:00007530\r\n'
    "\r\n"
)
TEXTS = {"sysctl.d": SYSCTL_D, "cloud-init": CLOUD_INIT, "butane": BUTANE, "pod": POD, "reg": REG}


@pytest.mark.parametrize(("form", "text"), TEXTS.items())
def test_a_policy_as_text(form: str, text: str) -> None:
    assert snippet(ALL, form) == text


def test_a_machineconfig_holds_the_file_in_base64() -> None:
    config = yaml.safe_load(snippet(ALL, "machineconfig"))
    (file,) = config["spec"]["config"]["storage"]["files"]
    encoded = file["contents"].pop("source").removeprefix("data:text/plain;charset=utf-8;base64,")
    assert base64.b64decode(encoded, validate=True).decode() == SYSCTL_D
    assert file == {"path": "/etc/sysctl.d/99-tcp-keepalive.conf", "mode": 0o644, "overwrite": True, "contents": {}}
    assert config["metadata"]["labels"] == {"machineconfiguration.openshift.io/role": "worker"}


PARTIAL: list[tuple[str, Settings, str]] = [
    ("sysctl.d", Settings(probes=4), "net.ipv4.tcp_keepalive_probes = 4\n"),
    (
        "pod",
        Settings(interval=30),
        'spec:\n  securityContext:\n    sysctls:\n      - name: net.ipv4.tcp_keepalive_intvl\n        value: "30"\n',
    ),
    (
        "reg",
        Settings(interval=32767, probes=3),
        "Windows Registry Editor Version 5.00\r\n\r\n"
        "[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\Tcpip\\Parameters]\r\n"
        '"KeepAliveInterval"=dword:01f3fc18\r\n\r\n',
    ),
]


@pytest.mark.parametrize(("form", "settings", "text"), PARTIAL)
def test_only_what_is_named_is_in_the_text(form: str, settings: Settings, text: str) -> None:
    assert snippet(settings, form) == text


REFUSED: list[tuple[Settings, str, str]] = [
    (
        ALL,
        "sysctl",
        "the format is 'sysctl': allowed is sysctl.d, cloud-init, butane, machineconfig, pod, reg, always.",
    ),
    (Settings(probes=10), "reg", "the policy names probes only: Windows always sends 10, so there is nothing to set."),
    *((Settings(), form, "the policy is empty: name at least one of time, interval and probes.") for form in FORMATS),
]


@pytest.mark.parametrize(("settings", "form", "message"), REFUSED)
def test_what_says_nothing_is_refused(settings: Settings, form: str, message: str) -> None:
    with pytest.raises(InvalidValue, match=f"^{re.escape(message)}$"):
        snippet(settings, form)
