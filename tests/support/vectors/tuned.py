# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What tuned makes of the keepalive values, by examples: its configuration, and the values after it has run once.

ETC and VENDOR stand for the folders of profiles, which differ between versions. The sysctl files set 100/100/100 before.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from tests.support.vectors.vector import INTVL, PROBES, TIME, Values

ETC, VENDOR = "{etc}", "{vendor}"
BEFORE = Values(100, 100, 100)
SLASHED = TIME.replace(".", "/")


class TunedVector(NamedTuple):
    """``old`` is what version 2.20 does where 2.27 does something else."""

    name: str
    files: Mapping[str, str]
    values: Values
    old: Values | None = None
    has_doubts: bool = False


def profile(text: str, *, main: str = "reapply_sysctl = 0", active: str = "ours", **others: str) -> dict[str, str]:
    """The files of a host whose active profile has this text; ``others`` are more profiles in ETC."""
    files = {
        "/etc/sysctl.d/50-x.conf": f"{TIME}=100\n{INTVL}=100\n{PROBES}=100\n",
        "/etc/tuned/tuned-main.conf": f"daemon = 0\n{main}\n",
        "/etc/tuned/active_profile": f"{active}\n",
        "/etc/tuned/profile_mode": "manual\n",
        f"{ETC}/ours/tuned.conf": text,
    }
    return {**files, **{f"{ETC}/{name}/tuned.conf": other for name, other in others.items()}}


BASE = f"[sysctl]\n{TIME}=60\n{INTVL}=20\n"

UNITS = [
    TunedVector("a plain profile", profile(f"[main]\nsummary=x\n[sysctl]\n# {TIME}=1\n; {TIME}=2\n{TIME} = 60\n"), Values(60, 100, 100)),
    TunedVector("type names the plugin", profile(f"[keepalive]\ntype=sysctl\n{TIME}=60\n"), Values(60, 100, 100)),
    TunedVector("another type", profile(f"[sysctl]\ntype=sysfs\n{TIME}=60\n"), BEFORE),
    TunedVector("disabled", profile(f"[sysctl]\nenabled=false\n{TIME}=60\n"), BEFORE),
    TunedVector("enabled with a word that is none", profile(f"[sysctl]\nenabled=yes\n{TIME}=60\n"), BEFORE),
    TunedVector("a kernel that matches", profile(f"[sysctl]\nuname_regex=^Linux\n{TIME}=60\n"), Values(60, 100, 100)),
    TunedVector("a kernel that does not match", profile(f"[sysctl]\nuname_regex=SunOS\n{TIME}=60\n"), BEFORE),
    TunedVector("a processor that matches", profile(f"[sysctl]\ncpuinfo_regex=^processor\\s*:\n{TIME}=60\n"), Values(60, 100, 100)),
    TunedVector("a processor that does not match", profile(f"[sysctl]\ncpuinfo_regex=Z80\n{TIME}=60\n"), BEFORE),
    TunedVector("a kernel by another name", profile(f"[sysctl]\nuname_regex=SunOS\n{TIME}=60\n", main="reapply_sysctl=0\nuname_string=SunOS"), Values(60, 100, 100)),
    TunedVector("priorities", profile(f"[b]\ntype=sysctl\npriority=5\n{TIME}=60\n[a]\ntype=sysctl\n{TIME}=70\n{INTVL}=20\n"), Values(60, 20, 100)),
    TunedVector("units in turn", profile(f"[b]\ntype=sysctl\n{TIME}=60\n[a]\ntype=sysctl\n{TIME}=70\n"), Values(70, 100, 100)),
]  # fmt: skip

VALUES = [
    TunedVector("an inline comment", profile(f"[sysctl]\n{TIME} = 60 # a minute\n{INTVL}=20#x\n"), Values(60, 100, 100)),
    TunedVector("quotes", profile(f'[sysctl]\n{TIME}="60"\n{INTVL}="20\n'), Values(60, 100, 100)),
    TunedVector("only if greater", profile(f"[sysctl]\n{TIME}=>60\n{INTVL}=>110\n"), Values(100, 110, 100)),
    TunedVector("only if smaller", profile(f"[sysctl]\n{TIME}=<60\n{INTVL}=<110\n"), Values(60, 100, 100)),
    TunedVector("an indented line goes on", profile(f"[sysctl]\n{TIME}=60\n  {INTVL}=20\n"), Values(60, 100, 100)),
    TunedVector("twice the same", profile(f"[sysctl]\n{TIME}=60\n[main]\n[sysctl]\n{TIME}=70\n"), Values(70, 100, 100)),
    TunedVector("for all sections", profile(f"[DEFAULT]\n{TIME}=60\n[sysctl]\n{INTVL}=20\n"), Values(60, 20, 100)),
    TunedVector("a line that is none", profile(f"[sysctl]\n{TIME}=60\nnonsense\n"), BEFORE),
    TunedVector("slashes", profile(f"[sysctl]\n{SLASHED}=60\n"), BEFORE, old=Values(60, 100, 100)),
    TunedVector("variables", profile(f"[variables]\nx=60\n[sysctl]\n{TIME}=${{x}}\n"), Values(60, 100, 100), has_doubts=True),
]  # fmt: skip

PROFILES = [
    TunedVector("included", profile(f"[main]\ninclude=base\n[sysctl]\n{TIME}=70\n", base=BASE), Values(70, 20, 100)),
    TunedVector("replaced", profile(f"[main]\ninclude=base\n[sysctl]\nreplace=1\n{TIME}=70\n", base=BASE), Values(70, 100, 100)),
    TunedVector("dropped", profile(f"[main]\ninclude=base\n[sysctl]\ndrop={INTVL} , {PROBES}\n", base=BASE), Values(60, 100, 100)),
    TunedVector("disabled later", profile("[main]\ninclude=base\n[sysctl]\nenabled=0\n", base=BASE), BEFORE),
    TunedVector("enabled later", profile("[main]\ninclude=base\n[sysctl]\n", base=BASE.replace("]", "]\nenabled=0", 1)), Values(60, 20, 100)),
    TunedVector("a condition stays", profile("[main]\ninclude=base\n[sysctl]\n", base=BASE.replace("]", "]\nuname_regex=SunOS", 1)), BEFORE),
    TunedVector("included by a list", profile("[main]\ninclude=base , other;-missing\n", base=BASE, other=f"[sysctl]\n{TIME}=80\n"), Values(80, 20, 100)),
    TunedVector("included and missing", profile(f"[main]\ninclude=missing\n[sysctl]\n{TIME}=70\n"), BEFORE),
    TunedVector("two in a circle", profile(f"[main]\ninclude=base\n[sysctl]\n{TIME}=70\n", base=f"[main]\ninclude=ours\n{BASE}"), Values(70, 20, 100)),
    TunedVector("two are active", profile(BASE, active="ours other", other=f"[sysctl]\n{TIME}=80\n"), Values(80, 20, 100)),
    TunedVector("one of two is missing", profile(BASE, active="ours other"), BEFORE),
    TunedVector("loaded after the others", {**profile(BASE, other=f"[sysctl]\n{TIME}=80\n"), "/etc/tuned/post_loaded_profile": "other\n"}, Values(80, 20, 100)),
    TunedVector("only loaded after the others", {**profile(BASE, active=""), "/etc/tuned/post_loaded_profile": "ours\n"}, Values(60, 20, 100)),
    TunedVector("the one of the same name that it hides", {**profile(f"[main]\ninclude=ours\n[sysctl]\n{TIME}=70\n"), f"{VENDOR}/ours/tuned.conf": BASE}, Values(70, 20, 100)),
    TunedVector("hides the vendor's", {**profile(f"[sysctl]\n{TIME}=70\n"), f"{VENDOR}/ours/tuned.conf": BASE}, Values(70, 100, 100)),
]  # fmt: skip

OTHER_SYSCTLS = "[sysctl]\nnet.ipv4.tcp_fin_timeout=31\n"


def again(main: str, line: str, text: str = BASE, path: str = "/etc/sysctl.conf") -> dict[str, str]:
    """A line of a file that systemd-sysctl passes over; what reads it is tuned."""
    return {**profile(text, main=main), path: f"{line}\n"}


REAPPLIED = [
    TunedVector("the files are read again", profile(BASE, main="reapply_sysctl=1"), BEFORE),
    TunedVector("unless told otherwise", profile(BASE, main="# nothing"), BEFORE),
    TunedVector("not", profile(BASE, main="reapply_sysctl=Off"), Values(60, 20, 100)),
    TunedVector("the last of the lines counts", profile(BASE, main="reapply_sysctl=1\nreapply_sysctl = no # x"), Values(60, 20, 100)),
    TunedVector("sysctl.conf", again("", f"{TIME} = 300"), Values(300, 100, 100)),
    TunedVector("sysctl.conf after other sysctls", again("", f"{TIME} = 300", OTHER_SYSCTLS), Values(300, 100, 100)),
    TunedVector("sysctl.conf after no sysctls", again("", f"{TIME} = 300", "[main]\nsummary=x\n"), BEFORE),
    TunedVector("a dash is part of the key", again("", f"-{TIME}=300"), BEFORE),
    TunedVector("no globs", again("", "net.ipv4.tcp_keepalive_t*=300"), BEFORE),
    TunedVector("a carriage return ends a line", again("", f"x\r{TIME}=300"), Values(300, 100, 100)),
    TunedVector("slashes again", again("", f"{SLASHED}=300"), BEFORE, old=Values(300, 100, 100)),
    TunedVector("excluded", again("reapply_sysctl_exclude=net.ipv4.tcp_keepalive_t*, x", f"{INTVL}=300"), Values(60, 300, 100), old=Values(100, 300, 100)),
]  # fmt: skip

TUNED = [*UNITS, *VALUES, *PROFILES, *REAPPLIED]
