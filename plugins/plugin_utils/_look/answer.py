# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a host answers to the script, taken apart. A host may answer anything: an answer of another form is refused."""

from __future__ import annotations

import dataclasses
import datetime
import re

from ansible_collections.netops.keepalive.plugins.plugin_utils._look import script

KINDS = ("exists", "file", "special", "unreadable", "closed")
WITH_REAL_PATH = ("folder", "link", "missing")
TIME = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)\.(\d{9}) \+0000 (/.*)")


class Refused(Exception):
    """The host said something else than the script says, or too much."""


@dataclasses.dataclass
class Told:
    """``kinds`` maps each path that exists to what it is, ``real_paths`` a link or folder to where it really is."""

    texts: dict[str, bytes]
    kinds: dict[str, str] = dataclasses.field(default_factory=dict)
    real_paths: dict[str, str] = dataclasses.field(default_factory=dict)
    in_first_namespace: bool = False
    machine: str = ""
    changed: dict[str, float] = dataclasses.field(default_factory=dict)
    built: dict[str, float] = dataclasses.field(default_factory=dict)


def parsed(output: str, mark: str) -> Told:
    """Raises ``Refused``."""
    said = output.encode("utf-8", "surrogateescape")
    if len(said) > 2 * script.MOST_BYTES:
        raise Refused("too much")
    start = f"\n{mark} ".encode()
    head, has_contents, contents = said.partition(start + b"contents\n")
    parts = [part.partition(b"\n") for part in head.split(start)[1:]]
    by_name = {line.decode("ascii", "replace"): body for line, _newline, body in parts}
    texts = {name[len("text ") :]: body for name, body in by_name.items() if name.startswith("text ")}
    if not has_contents or "odd" in by_name:
        raise Refused("out of the ordinary" if "odd" in by_name else "no answer, or not a whole one")
    try:
        told = Told(texts | kernel(by_name["kernel"]))
        files = entries(by_name["entries"], told)
        told.in_first_namespace = "namespace 0" in by_name
        if not told.in_first_namespace and "namespace 1" not in by_name:
            raise ValueError("a test that knows no -ef")
        told.machine = "".join(lines(by_name["machine"]))
        told.changed = times(by_name["changed"])
        told.built = times(by_name.get("built", b""))
        told.texts.update(cut(contents, files, sizes(by_name["sizes"], len(files)), start))
    except (KeyError, ValueError, IndexError) as error:
        raise Refused(f"another form: {error!r}") from error
    return told


def lines(body: bytes) -> list[str]:
    return body.decode("utf-8", "surrogateescape").split("\n")[:-1]


def kernel(body: bytes) -> dict[str, bytes]:
    return dict(zip(script.KERNEL, body.split(b"\n")[:-1], strict=True))


def entries(body: bytes, told: Told) -> list[str]:
    """The files whose content is told, in turn."""
    files = []
    rest = iter(lines(body))
    for line in rest:
        kind, _blank, path = line.partition(" ")
        if kind in WITH_REAL_PATH:
            told.real_paths[path] = next(rest, "")
            if not told.real_paths[path].startswith("/"):
                raise ValueError(line)
        elif kind not in KINDS:
            raise ValueError(line)
        told.kinds[path] = kind
        if kind == "file":
            files.append(path)
    return files


def times(body: bytes) -> dict[str, float]:
    """By path. A line of another form tells nothing: not every ``stat`` is that of GNU."""
    found = {}
    for line in lines(body):
        match = TIME.fullmatch(line)
        if match:
            second = datetime.datetime.fromisoformat(match.group(1)).replace(tzinfo=datetime.timezone.utc)
            found[match.group(3)] = int(second.timestamp()) + 1e-9 * int(match.group(2))
    return found


def sizes(body: bytes, count: int) -> list[int]:
    """What ``wc -c`` says of ``count`` files: more than one have a sum."""
    found = [int(line.split()[0]) for line in lines(body)]
    if count > 1 and found.pop() != sum(found):
        raise ValueError("sizes")
    if len(found) != count or any(size < 0 for size in found):
        raise ValueError("sizes")
    return found


def cut(contents: bytes, files: list[str], bounds: list[int], start: bytes) -> dict[str, bytes]:
    found = {}
    for path, size in zip(files, bounds, strict=True):
        found[path], contents = contents[:size], contents[size:]
    if not contents.startswith(start + b"end\n"):
        raise ValueError("the contents do not have the sizes")
    return found
