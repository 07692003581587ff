# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The script that tells what the readers look at: generated from the constants of the readers, told by any POSIX shell.

What is out of the ordinary is not told. Then there is no image of the host, and the module runs.
"""

from __future__ import annotations

import posixpath
import re

from ansible_collections.netops.keepalive.plugins.module_utils import _settings
from ansible_collections.netops.keepalive.plugins.module_utils._always.info import signs
from ansible_collections.netops.keepalive.plugins.module_utils._host.later_writers import tuned, tuned_profiles, ufw
from ansible_collections.netops.keepalive.plugins.module_utils._host.startup import (
    boot_facts,
    initrd,
    other_inits,
    unit_files,
)
from ansible_collections.netops.keepalive.plugins.module_utils._host.sysctl_files import boot_readers

# Lines of the answer's first part: of what uname(2) says, all but the machine's architecture; and the values in force.
SYSTEM = tuple(f"/proc/sys/kernel/{name}" for name in ("ostype", "hostname", "osrelease", "version"))
KERNEL = (*SYSTEM, *(parameter.proc_path for parameter in _settings.PARAMETERS))
# Told where they can be read: whole, and those of one line.
TEXTS = ("/proc/1/mountinfo", "/proc/self/mountinfo")
LINES = ("/proc/cmdline", "/proc/1/stat", boot_facts.CONTAINER)
# Of a large file, the lines that count.
BOOT_TIME = "/proc/stat"
NAMESPACES = ("/proc/1/ns/net", "/proc/self/ns/net")
UNIT = boot_facts.UNIT
DROP_IN_FOLDERS = tuple(unit_files.drop_in_folders(UNIT))
SERVICES = ("ufw", "tuned")

# Whether there is something, and what kind of thing it is; of a folder also where it really is.
LOOKED_AT = (
    *("/run/systemd/system", "/etc/ufw", "/etc/tuned", "/usr/bin/dracut", tuned.PID_FILE, initrd.MKINITRAMFS),
    *(boot_facts.OF_FIRST_NAMESPACE, *boot_facts.SYSTEMD_SYSCTL, *dict(other_inits.STARTED)),
    *(f"{folder}/*.{kind}/{UNIT}" for folder in unit_files.LASTING_FOLDERS for kind in ("wants", "requires")),
    *DROP_IN_FOLDERS,
    *(
        place.format(service)
        for service in SERVICES
        for place in (*("/etc/systemd/system/*.wants/{0}.service", "/etc/rc?.d/S??{0}", "/etc/runlevels/*/{0}"),)
    ),
    tuned_profiles.FOLDERS[-1],
    *signs.SIGNS,
)
# Where it really is, too, and the content of regular files.
READ = (
    *(f"{folder}/{name}" for folder in boot_readers.FOLDERS for name in ("*.conf", ".*.conf", ".conf")),
    boot_readers.SYSCTL_CONF,
    *(f"{folder}/{UNIT}" for folder in unit_files.LASTING_FOLDERS),
    *(f"{folder}/*.conf" for folder in DROP_IN_FOLDERS),
    *(f"/etc/systemd/system/{service}.service" for service in SERVICES),
)
# Only where systemd did not start the host.
OTHER_INITS = tuple(links for _sign, links in other_inits.STARTED)
# Only where the first path of each is there.
UFW = ("/etc/ufw", (*ufw.FILES, "/etc/ufw/sysctl.conf"))
TUNED = (
    "/etc/tuned",
    (
        *(*tuned.PROFILE_NAMES, tuned.MAIN_CONFIGURATION, tuned.VERSION_FILES),
        *(f"{folder}/*/tuned.conf" for folder in tuned_profiles.FOLDERS + tuned_profiles.OLD_FOLDERS),
    ),
)
DRACUT = ("/usr/bin/dracut", (initrd.FILE, initrd.WITH_VERSION[0], *(f"{folder}/*.conf" for folder in initrd.FOLDERS)))
IMAGES = initrd.IMAGES
SOMETIMES = (UFW, TUNED, (DRACUT[0], (*DRACUT[1], *IMAGES)))


def above(path: str) -> set[str]:
    folder = posixpath.dirname(path)
    return {folder, *above(folder)} - {"/"} if folder != "/" else set()


# Folders on the way to all of these: a link among them changes where the rest really is.
FOLDERS = tuple(
    sorted(
        {*boot_readers.FOLDERS, "/etc/ufw"}.union(
            *(above(path) for path in (*LOOKED_AT, *READ, *UFW[1]) if not re.search(r"[*?]", path))
        )
    )
)
WITH_TIMES = (*boot_readers.FOLDERS, "/etc", "/etc/ufw")

MOST_BYTES = 512 * 1024  # of an answer; that of a usual host has 10 to 100 KiB
MOST_FILES = 1000


def words(paths: tuple[str, ...]) -> str:
    return " ".join(paths)


# MARK is a word that cannot be known on the host before: it begins each part of the answer. A function, so that a script
# that was cut off does nothing; with its own input closed, because the shell reads the script from there.
SCRIPT = f"""
newline='
'
part() {{ printf '\\n%s\\n' "MARK $*"; }}
odd() {{ part odd; exit; }}
say() {{ said=$said$1$newline; }}
real_path() {{ real=$(readlink -f "$1") || odd; say "$real"; }}
entry() {{
    case $1 in *"$newline"*) odd;; esac
    if [ -d "$1" ]; then
        if [ -r "$1" ] && cd -P "$1"; then say "folder $1"; say "$PWD"; cd /; else say "closed $1"; fi
    elif [ -e "$1" ]; then
        if [ ! "$whole" ]; then say "exists $1"; return; fi
        if [ -L "$1" ]; then say "link $1"; real_path "$1"; fi
        if [ ! -f "$1" ]; then say "special $1"; elif [ -r "$1" ]; then say "file $1"; else say "unreadable $1"; fi
    elif [ -L "$1" ]; then
        say "missing $1"; if [ "$whole" ]; then real_path "$1"; else say /; fi
    fi
}}
look() {{
    LC_ALL=C; TZ=UTC0; export LC_ALL TZ
    part kernel; cat {words(KERNEL)} || odd
    for f in {words(LINES)}; do
        if [ -r $f ]; then
            {{ IFS= read -r line; if IFS= read -r more; then odd; fi; }} < $f
            part text $f; printf '%s\\n' "$line"
        fi
    done
    for f in {words(TEXTS)}; do
        if [ -r $f ]; then part text $f; cat $f || odd; fi
    done
    part text {BOOT_TIME}; grep '^btime ' {BOOT_TIME}
    [ {NAMESPACES[0]} -ef {NAMESPACES[1]} ]; part namespace $?
    for f in {words(boot_facts.SYSCTL_PROGRAMS)}; do
        if [ -r $f ]; then
            part text $f; grep -ao 'procps-ng [0-9.]*' $f
            case $? in 0) break;; 1) ;; *) tr -c '\\040-\\176' '\\n' < $f | grep procps-ng && break;; esac
        fi
    done
    said=; machine=; whole=
    for f in {words(FOLDERS)} {words(LOOKED_AT)}; do entry "$f"; done
    set -- {words(READ)}
    if [ ! -d /run/systemd/system ]; then set -- "$@" {words(OTHER_INITS)}; fi
    if [ -e {UFW[0]} ]; then set -- "$@" {words(UFW[1])}; fi
    if [ -e {TUNED[0]} ]; then set -- "$@" {words(TUNED[1])}; machine=$(uname -m); fi
    if [ -e {DRACUT[0]} ]; then
        for f in {words(IMAGES)}; do entry "$f"; done
        part built; stat -L -c '%y %n' {words(IMAGES)}
        set -- "$@" {words(DRACUT[1])}
    fi
    [ $# -le {MOST_FILES} ] || odd
    part changed; stat -c '%z %n' {words(WITH_TIMES)} "$@"
    whole=y; n=$#
    for f; do
        entry "$f"
        if [ -f "$f" ] && [ -r "$f" ]; then set -- "$@" "$f"; fi
    done
    shift $n
    part entries; printf %s "$said"
    part machine; printf '%s\\n' "$machine"
    part sizes; if [ $# -gt 0 ]; then wc -c "$@"; part contents; cat "$@"; else part contents; fi
    part end
}}
look < /dev/null 2> /dev/null | head -c {MOST_BYTES}
"""
