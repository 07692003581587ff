# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which files are just as a package installed them: an upgrade may replace these, so they are not edited.

A configuration file that was edited, or that is diverted locally, belongs to the administrator.
"""

import os
import re
import subprocess
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils._host import snapshot


def with_packages(host: snapshot.Snapshot) -> snapshot.Snapshot:
    """The snapshot in which each file in /etc that is as dpkg or rpm installed it names its package."""
    files = {}
    for path, file in host.files.items():
        known = host.path_without_links(path)
        is_candidate = known.startswith("/etc/") and file.text is not None
        files[path] = file._replace(package=(dpkg_package(known) or rpm_package(known)) if is_candidate else None)
    return host._replace(files=files)


def dpkg_package(path: str) -> t.Optional[str]:
    # "procps: /etc/sysctl.conf". If dpkg diverts the package's file to another name, a line is above this one:
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
    """Whether the package manager says that the content of this configuration file was changed.

    It has digests of its own; Python refuses MD5 if OpenSSL runs in FIPS mode.
    """
    # "??5?????? c /etc/sysctl.conf": the third character is for the content, and c means a configuration file.
    return re.search(r"^..5\S* +c {0}$".format(re.escape(path)), run(verify)[1], re.MULTILINE) is not None


def output_of(command: t.List[str]) -> str:
    status, output = run(command)
    return output if status == 0 else ""


def run(command: t.List[str]) -> t.Tuple[int, str]:
    try:
        # ansible-test asks for AnsibleModule.run_command, and the library has no AnsibleModule.
        done = subprocess.run(  # pylint: disable=ansible-bad-function
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            check=False,
            env=dict(os.environ, LC_ALL="C"),
        )
    except OSError:  # this package manager is not installed
        return 127, ""
    return done.returncode, done.stdout.decode("utf-8", "replace")
