# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is attached to a cgroup: programs of ours, read back from the kernel, and the names of others. It loads nothing."""

import contextlib
import functools
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils._always import bpf, cgroups, config, loader
from ansible_collections.netops.keepalive.plugins.module_utils._always.program import btf, layout

Counters = t.Dict[str, int]


class Ours(t.NamedTuple):
    """A program of this collection. ``config`` is ``None`` where an older release has laid its values out in another way."""

    program: int
    is_current: bool
    config: t.Optional[config.Config]
    counters: t.Optional[Counters]
    maps: t.Dict[str, int]
    """Ids by name."""


class Found(t.NamedTuple):
    flags: int
    programs: int
    ours: t.Tuple[Ours, ...]
    others: t.Tuple[str, ...]


def read(mount: str, cgroup: str) -> Found:
    """Raises ``OSError``: ``FileNotFoundError`` where the cgroup is gone."""
    with cgroups.opened(mount, cgroup) as folder:
        attached = bpf.query(folder)
    ours: t.List[Ours] = []
    others: t.List[str] = []
    for identity in attached.programs:
        try:
            with bpf.by_id(bpf.PROG_BY_ID, identity) as descriptor:
                found = bpf.program_info(descriptor)
            maps = map_names(found.maps) if found.name == layout.NAME else {}
            is_ours = layout.VALUES in maps and layout.COUNTS in maps
            ours += [read_ours(found, maps)] if is_ours else []
            others += [] if is_ours else [found.name]
        except FileNotFoundError:  # detached meanwhile, and gone with its maps
            continue
    return Found(attached.flags, len(attached.programs), tuple(ours), tuple(others))


def map_names(identities: t.Iterable[int]) -> t.Dict[str, int]:
    names: t.Dict[str, int] = {}
    for identity in identities:
        with bpf.by_id(bpf.MAP_BY_ID, identity) as descriptor:
            name = bpf.map_info(descriptor).name
        if name.startswith(loader.PREFIX):
            names[name[len(loader.PREFIX) :]] = identity
    return names


def read_ours(found: bpf.Program, maps: t.Dict[str, int]) -> Ours:
    is_current = found.tag in known_tags() or found.tag in tags_of_this_kernel()
    with opened_maps(maps) as alike:
        has_all = {layout.VALUES, layout.PORTS, layout.REMOTES} <= set(alike)
        values = config.read(alike) if has_all else None
        counters = config.read_counters(alike[layout.COUNTS]) if layout.COUNTS in alike else None
    return Ours(found.id, is_current and values is not None, values, counters, maps)


@contextlib.contextmanager
def opened_maps(maps: t.Mapping[str, int]) -> t.Iterator[t.Dict[str, int]]:
    """Descriptors of those maps that are laid out as this release lays them out."""
    with contextlib.ExitStack() as stack:
        alike: t.Dict[str, int] = {}
        for name, identity in maps.items():
            descriptor = stack.enter_context(bpf.by_id(bpf.MAP_BY_ID, identity))
            found = bpf.map_info(descriptor)
            layout_found = (found.kind, found.key_size, found.value_size, found.entries, found.flags)
            if name in loader.KINDS and layout_found == tuple(loader.KINDS[name]):
                alike[name] = descriptor
        yield alike


@functools.lru_cache(maxsize=None)
def known_tags() -> t.FrozenSet[bytes]:
    """Of all forms of this release's program that need no look at the kernel's types, nearly always enough."""
    forms = [layout.Abilities(*form) for form in loader.FORMS]
    return frozenset(tag for form in forms for tag in loader.tags(form))


@functools.lru_cache(maxsize=None)
def tags_of_this_kernel() -> t.FrozenSet[bytes]:
    """The same, and of those that read the fields of a socket, as this kernel calls them: it may hash in a way of its own."""
    fields = btf.read_fields()
    forms = [layout.Abilities(*form) for form in loader.FORMS]
    forms += [form._replace(fields=fields) for form in forms] if fields else []
    found = {tag for form in forms for tag in loader.tags(form)}
    for form in forms:
        with contextlib.suppress(OSError):
            loaded = loader.load(form, config.EMPTY)
            found.add(bpf.program_info(loaded.program).tag)
            loaded.close()
    return frozenset(found)


def every(mount: str) -> t.Dict[str, Found]:
    """All cgroups of this host that have a program of ours."""
    found: t.Dict[str, Found] = {}
    for cgroup in cgroups.walk(mount):
        try:
            one = read(mount, cgroup)
        except FileNotFoundError:  # gone meanwhile
            continue
        if one.ours:
            found[cgroup] = one
    return found
