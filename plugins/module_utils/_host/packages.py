# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which files stand there just as a package ships them: those are the package's, and an upgrade may replace them.

A configuration file that somebody has changed since is the administrator's.
"""

import hashlib
import re
import subprocess
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils._host import snapshot


def shipped_by_packages(files: t.Mapping[str, snapshot.SysctlFile]) -> t.Dict[str, str]:
    """Path to package name, for the files in /etc that dpkg or rpm knows in their present state."""
    found = {}
    for path, file in files.items():
        if file.real_path.startswith("/etc/") and file.text is not None:
            package = dpkg_package(file) or rpm_package(file)
            if package:
                found[path] = package
    return found


def dpkg_package(file: snapshot.SysctlFile) -> t.Optional[str]:
    owners = output_of(["dpkg-query", "--search", file.real_path])
    if not owners:
        return None
    package = owners.split("\n")[0].split(": ")[0].split(",")[0]
    shipped = output_of(["dpkg-query", "--show", "--showformat=${Conffiles}\n", package])
    text = (file.text or "").encode("utf-8", "surrogateescape")
    known = re.search(r"^ {0} ([0-9a-f]+)".format(re.escape(file.real_path)), shipped, re.MULTILINE)
    # dpkg keeps MD5 sums of configuration files; nothing here depends on them being secure.
    return package if known is None or known.group(1) == hashlib.md5(text).hexdigest() else None


def rpm_package(file: snapshot.SysctlFile) -> t.Optional[str]:
    package = output_of(["rpm", "--query", "--file", "--queryformat=%{NAME}", file.real_path])
    if not package:
        return None
    # "S.5....T.  c /etc/sysctl.conf": the third sign tells whether the content differs from what was installed.
    changed = re.search(r"^..5.*{0}$".format(re.escape(file.real_path)), verified(package), re.MULTILINE)
    return None if changed else package


def verified(package: str) -> str:
    return run(["rpm", "--verify", "--nodeps", "--noscripts", package])[1]


def output_of(command: t.List[str]) -> str:
    status, output = run(command)
    return output if status == 0 else ""


def run(command: t.List[str]) -> t.Tuple[int, str]:
    try:
        # The library knows no AnsibleModule, whose run_command ansible-test would have us call.
        done = subprocess.run(  # pylint: disable=ansible-bad-function
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False
        )
    except OSError:  # that package manager is not here
        return 127, ""
    return done.returncode, done.stdout.decode("utf-8", "replace")
