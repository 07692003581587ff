# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which files stand there just as a package ships them: those are the package's, and an upgrade may replace them.

A configuration file that was changed since, or that is kept in place of the package's, is the administrator's.
"""

import os
import re
import subprocess
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils._host import snapshot


def with_packages(host: snapshot.Snapshot) -> snapshot.Snapshot:
    """The snapshot in which the files in /etc that dpkg or rpm knows in their present state name their package."""
    files = {}
    for path, file in host.files.items():
        known = host.path_without_links(path)
        is_candidate = known.startswith("/etc/") and file.text is not None
        files[path] = file._replace(package=(dpkg_package(known) or rpm_package(known)) if is_candidate else None)
    return host._replace(files=files)


def dpkg_package(path: str) -> t.Optional[str]:
    # "procps: /etc/sysctl.conf", and above it, where the package's file was moved out of the way of another:
    # "local diversion from: /etc/sysctl.conf" or "diversion by other from: /etc/sysctl.conf".
    owner = output_of(["dpkg-query", "--search", path]).partition(": ")[0]
    if owner.startswith("local diversion "):
        return None
    package = re.sub(r"diversion by (.*) from", r"\1", owner).partition(",")[0]
    return package if package and not is_changed(path, ["dpkg", "--verify", package]) else None


def rpm_package(path: str) -> t.Optional[str]:
    package = output_of(["rpm", "--query", "--file", "--queryformat=%{NAME}", path])
    verify = ["rpm", "--verify", "--nodeps", "--noscripts", package]
    return package if package and not is_changed(path, verify) else None


def is_changed(path: str, verify: t.List[str]) -> bool:
    """Whether the package manager finds other content in this configuration file than it installed.

    It is asked because it has digests of its own: Python refuses MD5 where OpenSSL runs in FIPS mode.
    """
    # "??5?????? c /etc/sysctl.conf": the third sign tells of the content, the c of a configuration file.
    return re.search(r"^..5\S* +c {0}$".format(re.escape(path)), run(verify)[1], re.MULTILINE) is not None


def output_of(command: t.List[str]) -> str:
    status, output = run(command)
    return output if status == 0 else ""


def run(command: t.List[str]) -> t.Tuple[int, str]:
    try:
        # The library knows no AnsibleModule, whose run_command ansible-test would have us call.
        done = subprocess.run(  # pylint: disable=ansible-bad-function
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            check=False,
            env=dict(os.environ, LC_ALL="C"),
        )
    except OSError:  # that package manager is not here
        return 127, ""
    return done.returncode, done.stdout.decode("utf-8", "replace")
