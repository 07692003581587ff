# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The initrd that dracut builds: whether it has a copy of the files in /etc, and is older than they are.

systemd-sysctl runs in the initrd, and again on the host: what no file of the host sets any more stays as the copy says.
Sources: ``dracut.sh``, ``modules.d/*systemd*/module-setup.sh`` of dracut 059 to 112; dracut.conf(5).
"""

import posixpath
import re
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _local_host

MKINITRAMFS = "/usr/sbin/mkinitramfs"  # where it is there beside dracut, it builds the image
WITH_VERSION = ("/usr/lib/dracut/dracut-version.sh", "/usr/bin/dracut")  # 112 has it in the program
FILE = "/etc/dracut.conf"
FOLDERS = ("/etc/dracut.conf.d", "/usr/lib/dracut/dracut.conf.d")
COPIED = "/etc/sysctl"  # how the paths of the files begin, and of their folder
IMAGES = ("/boot/initramfs-*", "/boot/initrd*", "/boot/*/*/initrd", "/efi/*/*/initrd")
NOT_BOOTED = ("kdump", "rescue", "fallback")


def is_older(paths: t.Iterable[str], host: _local_host.LocalHost) -> t.Optional[bool]:
    """Whether the newest image is older than those of ``paths`` that are copied; ``None``: there is no copy, or it is not known."""
    if host.exists(MKINITRAMFS) or not copies_etc(host):
        return None
    images = [path for pattern in IMAGES for path in host.glob(pattern)]
    try:
        built = max(host.stat(path).st_mtime for path in images if not any(word in path for word in NOT_BOOTED))
        return any(
            host.lstat(path).st_ctime > built for path in paths if path.startswith(COPIED) and host.lexists(path)
        )
    except (OSError, ValueError):
        return None


def copies_etc(host: _local_host.LocalHost) -> bool:
    """Whether dracut copies the files of /etc into its images: up to 108 if hostonly is yes, since 109 unless it is no."""
    files: t.Dict[str, str] = {}
    for folder in FOLDERS:
        for path in host.glob(folder + "/*.conf"):
            files.setdefault(posixpath.basename(path), path)
    texts = [host.text(path) for path in [FILE] + [files[name] for name in sorted(files)]]
    hostonly: t.List[str] = re.findall(r"^[ \t]*hostonly=[\"']?([a-z]*)", "\n".join(texts), re.MULTILINE)
    if hostonly and hostonly[-1] in ("yes", "no"):
        return hostonly[-1] == "yes"
    version = re.search(r"^DRACUT_VERSION=[\"']?([0-9]+)", "\n".join(map(host.text, WITH_VERSION)), re.MULTILINE)
    return version is not None and int(version.group(1)) >= 109
