# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keepalive values for known paths: the one place where a preset is added. Data only.

Each ``source`` names where the path's limit or the recommendation is documented.
"""

import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _settings


class Preset(t.NamedTuple):
    """``path_idle`` is the idle time in seconds after which the path forgets a connection; ``None`` if that is not the point.

    ``warning`` is a sentence for those who choose it, and ``windows_only`` refuses it for other hosts.
    """

    settings: _settings.Settings
    path_idle: int | None
    purpose: str
    source: str
    warning: str = ""
    windows_only: bool = False


PRESETS: dict[str, Preset] = {
    "aws-nat": Preset(
        _settings.Settings(120, 30, 4),
        350,
        "AWS NAT gateway, Network Load Balancer, Gateway Load Balancer, Network Firewall, VPC endpoint",
        "AWS documentation: 'Update the TCP idle timeout for your Network Load Balancer listener'; AWS blog: 'Implementing long-running TCP "
        "connections within VPC networking'",
    ),
    "azure-lb": Preset(
        _settings.Settings(120, 20, 5),
        240,
        "Azure Load Balancer with its default idle timeout of 4 minutes",
        "Microsoft Learn: 'Configure load balancer TCP reset and idle timeout'",
    ),
    "gcp": Preset(
        _settings.Settings(60, 60, 5),
        600,
        "connection tracking of Google Cloud VPC firewalls",
        "Google Cloud documentation: 'Troubleshooting: communicating between your instances and the internet' (60, 60, 5)",
    ),
    "ipvs": Preset(
        _settings.Settings(600, 30, 10),
        900,
        "IPVS (Docker swarm, kube-proxy in ipvs mode)",
        "ipvsadm(8), --set: 900 seconds for TCP; Docker documentation on swarm and idle connections",
    ),
    "nat-60": Preset(
        _settings.Settings(30, 10, 3),
        60,
        "home, office and mobile NAT that forgets after a minute",
        "RFC 5382 asks for two hours and four minutes; one minute is seen in practice, so half of that",
    ),
    "sap": Preset(
        _settings.Settings(300, 75, 9),
        None,
        "SAP systems on Linux",
        "SAP note 1410736, as saptune applies it",
    ),
    "mongodb": Preset(
        _settings.Settings(120, 30, 4),
        None,
        "MongoDB servers and clients",
        "MongoDB manual, 'FAQ: MongoDB Diagnostics': tcp_keepalive_time 120",
    ),
    "cis-mss": Preset(
        # KeepAliveTime alone is in the baselines; one second is Windows' own interval, and 10 its number of probes.
        _settings.Settings(300, 1, 10),
        None,
        "Windows hosts under the security baselines of CIS and Microsoft",
        "CIS Microsoft Windows benchmarks, level 2: 'MSS: (KeepAliveTime) How often keep-alive packets are sent in milliseconds' is "
        "'Enabled: 300,000 or 5 minutes'; MSS-legacy.admx of Microsoft's security baselines",
        "the preset cis-mss sends the first probe after 300 s: an Azure load balancer forgets an idle connection after 240 s, and firewalls "
        "with connection tracking race against a time from 295 to 305 s; choose a goal or another preset where one is on the path.",
        windows_only=True,
    ),
    "default": Preset(
        _settings.KERNEL_DEFAULTS,
        None,
        "what Linux starts with",
        "tcp(7)",
    ),
}
