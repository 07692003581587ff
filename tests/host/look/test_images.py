# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The snapshot from an image of a host is the one that is taken on the host, whatever its files are and by which shell."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping

import pytest
from ansible_collections.netops.keepalive.plugins.plugin_utils._look import bounds, script

from tests.support import needs, paths
from tests.support.vectors import INTVL, TIME, VECTORS
from tests.support.vectors.sysctl_trees import Entry, Folder, Link
from tests.support.vectors.tuned import TUNED, TunedVector

WORKER = paths.ROOT / "tests" / "support" / "look"
SHELLS = ("dash", "bash", "busybox", "mksh")
Laid = Mapping[str, tuple[str, str]]
Compare = Callable[[Laid], dict[str, str]]


@pytest.fixture(scope="module")
def compare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Compare]:
    needs.root()
    for shell in SHELLS:
        needs.program(shell)
    scratch = tmp_path_factory.mktemp("scratch")
    command = [str(WORKER / "enter.sh"), str(scratch), sys.executable, str(WORKER / "worker.py")]
    with subprocess.Popen(
        ["unshare", "--net", "--mount", "--propagation=private", *command],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "PYTHONPATH": str(paths.COLLECTIONS)},
    ) as process:
        assert process.stdin
        assert process.stdout
        source, sink = process.stdout, process.stdin

        def answer(laid: Laid) -> dict[str, str]:
            sink.write(json.dumps(laid) + "\n")
            sink.flush()
            found: dict[str, str] = json.loads(source.readline())
            return found

        yield answer
        sink.close()


def laid(tree: Mapping[str, Entry]) -> dict[str, tuple[str, str]]:
    def kind(entry: Entry) -> tuple[str, str]:
        if isinstance(entry, Link):
            return "link", entry.target
        return ("folder", "") if isinstance(entry, Folder) else ("file", entry.hex())

    return {path: kind(entry) for path, entry in tree.items()}


def file(text: str | bytes) -> tuple[str, str]:
    return "file", (text if isinstance(text, bytes) else text.encode("utf-8", "surrogateescape")).hex()


def of_tuned(vector: TunedVector) -> Laid:
    placed = {path.format(etc="/etc/tuned", vendor="/usr/lib/tuned"): text for path, text in vector.files.items()}
    return {"/run/tuned/tuned.pid": file(""), **{path: file(text) for path, text in placed.items()}}


LONG = "NotInImage: globs or expressions that may take long"
LARGE = "Refused: another form: ValueError('the contents do not have the sizes')"
ODD = "Refused: out of the ordinary"


def of_the_module(tree: Laid) -> str:
    """Why the module has to look itself at a host that is as in a table of the readers; else: equal."""
    if any(len(content) > 2 * script.MOST_BYTES for _kind, content in tree.values()):
        return LARGE
    texts = {path: bytes.fromhex(content) for path, (kind, content) in tree.items() if kind == "file"}
    if any(b"cpuinfo_regex" in text for text in texts.values()) and not bounds.takes_long(texts):
        return "NotInImage: /proc/cpuinfo"
    return LONG if bounds.takes_long(texts) else "equal"


DROP_INS = "/etc/systemd/system/systemd-sysctl.service.d"
UFW = {
    "/etc/ufw/ufw.conf": file("ENABLED=yes\n"),
    "/etc/default/ufw": file("IPT_SYSCTL=/etc/ufw/sysctl.conf # x\n"),
    "/etc/ufw/sysctl.conf": file(f"{TIME}=88\n"),
    "/etc/systemd/system/multi-user.target.wants/ufw.service": ("link", "/usr/lib/systemd/system/ufw.service"),
}
DRACUT = {"/usr/bin/dracut": file(""), "/etc/dracut.conf": file("hostonly=yes\n"), "/boot/initramfs-6.img": file("x")}
OPENRC = {"/run/systemd/system": ("none", ""), "/run/openrc/softlevel": file("")}
X, Y = "/etc/sysctl.d/50-x.conf", "/etc/sysctl.d/51-y.conf"
MORE: list[tuple[str, Laid, str]] = [
    ("nothing", {}, "equal"),
    ("text without a newline at its end", {X: file(f"{TIME}=5"), Y: file(""), "/etc/sysctl.conf": file(f"{INTVL}=5")}, "equal"),
    ("bytes", {X: file(b"a\0b\r\n\xff\xfe\n\n\n"), Y: file("0123456789abcdef end\n")}, "equal"),
    ("names", {f"/etc/sysctl.d/{name}.conf": file(f"{TIME}=5\n") for name in (" a b ", "-n", "\\t", "*", "'\"$x", "", ".y", "\udce4")}, "equal"),
    ("a name with a newline", {"/etc/sysctl.d/50-\nx.conf": file(f"{TIME}=5\n")}, ODD),
    ("a mask", {X: ("link", "/dev/null"), "/usr/lib/sysctl.d/50-x.conf": file(f"{TIME}=5\n")}, "equal"),
    ("a link to nothing", {X: ("link", "nowhere")}, "equal"),
    ("a link to nothing far away", {X: ("link", "no/where")}, ODD),
    ("a link to itself", {X: ("link", "50-x.conf")}, ODD),
    ("a link to another folder", {X: ("link", "../sysctl.conf"), "/etc/sysctl.conf": file(f"{TIME}=5\n")}, "equal"),
    ("a folder and a pipe in the place of files", {X: ("folder", ""), Y: ("pipe", "")}, "equal"),
    ("a linked folder", {"/usr/local/lib/sysctl.d/x": file(""), "/run/target/50-x.conf": file(f"{TIME}=5\n"), "/run/sysctl.d/none": ("link", "x")}, "equal"),
    ("a file of 3 MiB", {X: file("#" * (3 << 20))}, LARGE),
    ("thousands of files", {f"/etc/sysctl.d/{number}.conf": file("#\n") for number in range(2000)}, ODD),
    ("hundreds of files", {f"/etc/sysctl.d/{number}.conf": file("#\n") for number in range(900)}, "equal"),
    ("a drop-in of the service", {f"{DROP_INS}/x.conf": file("[Service]\nExecStart=\nExecStart=/bin/true\n")}, "equal"),
    ("a condition of the service", {f"{DROP_INS}/x.conf": file("[Unit]\nConditionHost=x\n")}, "NotInImage: systemd-analyze condition ConditionHost=x"),
    ("a masked service", {"/etc/systemd/system/systemd-sysctl.service": ("link", "/dev/null")}, "equal"),
    ("ufw", UFW, "equal"),
    ("ufw with another file", {**UFW, "/etc/ufw/ufw.conf": file("ENABLED=yes\nIPT_SYSCTL=/x\n"), "/etc/default/ufw": file("")}, "NotInImage: /x"),
    ("ufw, masked", {**UFW, "/etc/systemd/system/ufw.service": ("link", "/dev/null")}, "equal"),
    ("an initrd that is newer", DRACUT, "equal"),
    ("an initrd without a copy", {**DRACUT, "/etc/dracut.conf": file("hostonly=no\n")}, "equal"),
    ("dracut of a version that is not known", {**DRACUT, "/etc/dracut.conf": file("")}, "NotInImage: /usr/bin/dracut"),
    ("OpenRC", {**OPENRC, "/etc/runlevels/boot/sysctl": ("link", "/etc/target"), "/etc/target": file("sysctl --system\n")}, "equal"),
    ("OpenRC with a script of its own", {**OPENRC, "/etc/runlevels/boot/sysctl": ("link", "/etc/target"), "/etc/target": file("sysctl -p\n")}, "equal"),
    ("no init that is known", {"/run/systemd/system": ("none", "")}, "equal"),
]  # fmt: skip
TREES = [
    *((vector.name, laid(vector.tree), of_the_module(laid(vector.tree))) for vector in VECTORS),
    *((f"tuned: {vector.name}", of_tuned(vector), of_the_module(of_tuned(vector))) for vector in TUNED),
    *MORE,
]


@pytest.mark.parametrize(("tree", "expected"), [pytest.param(*case, id=name) for name, *case in TREES])
def test_the_image_of_a_host(compare: Compare, tree: Laid, expected: str) -> None:
    assert compare(tree) == dict.fromkeys(SHELLS, expected)
