# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kinds of values that modules return, and how a value is fitted to one: what does not fit is refused. Pure."""

from __future__ import annotations

import dataclasses
import enum
import functools
import math
import typing as t
from collections.abc import Mapping

from ansible_collections.netops.keepalive.plugins.plugin_utils._returned import text as returned_text

LONGEST_TEXT = 2**16


class Unfit(Exception):
    """A value is not what the probe returns; ``place`` leads to it, such as ``connections.open``."""

    def __init__(self, place: str = "") -> None:
        super().__init__(place)
        self.place = place


@dataclasses.dataclass(frozen=True)
class Flag:
    """True or false."""

    def fit(self, value: object) -> bool:
        if not isinstance(value, bool):
            raise Unfit
        return value


@dataclasses.dataclass(frozen=True)
class Whole:
    """A whole number."""

    lowest: int
    highest: int

    def fit(self, value: object) -> int:
        # Nearly every one is; the others are of a class of Ansible's.
        if type(value) is int and self.lowest <= value <= self.highest:  # pylint: disable=unidiomatic-typecheck
            return value
        if isinstance(value, bool) or not isinstance(value, int) or not self.lowest <= value <= self.highest:
            raise Unfit
        return int(value)


@dataclasses.dataclass(frozen=True)
class Number:
    """Any number, such as seconds."""

    lowest: int
    highest: int

    def fit(self, value: object) -> float:
        if isinstance(value, float) and math.isfinite(value) and self.lowest <= value <= self.highest:
            return float(value)
        return Whole(self.lowest, self.highest).fit(value)


@dataclasses.dataclass(frozen=True)
class Word:
    """One of a few words."""

    words: tuple[str, ...]

    def fit(self, value: object) -> str:
        if not isinstance(value, str) or value not in self.words:
            raise Unfit
        return str.__str__(value)


@dataclasses.dataclass(frozen=True)
class Text:
    """Text that a host may choose: it is made visible, and cut if it is very long; only with ``lines`` may it have several."""

    shortest: int = 0
    lines: bool = False

    def fit(self, value: object) -> str:
        if not isinstance(value, str) or len(value) < self.shortest:
            raise Unfit
        text = str.__str__(value)
        if text.isascii() and text.isprintable() and len(text) <= LONGEST_TEXT:
            return text  # nearly every one, and a report of a thousand hosts has a million
        text = text[:LONGEST_TEXT]
        parts = map(returned_text.visible, text.split("\n") if self.lines else [text])
        return returned_text.clipped("\n".join(parts), LONGEST_TEXT)


@dataclasses.dataclass(frozen=True)
class Items:
    """A list."""

    of: Kind
    most: int

    def fit(self, value: object) -> list[t.Any]:
        if not isinstance(value, (list, tuple)) or len(value) > self.most:
            raise Unfit
        return list(map(self.of.fit, value))


@dataclasses.dataclass(frozen=True)
class Table:
    """A mapping with keys that a host may choose."""

    of: Kind
    most: int

    def fit(self, value: object) -> dict[str, t.Any]:
        if not isinstance(value, Mapping) or len(value) > self.most:
            raise Unfit
        return {Text().fit(key): self.of.fit(one) if one is not None else None for key, one in value.items()}


class Absent(enum.Enum):
    """What a key is whose value is missing or null."""

    NULL = "null"
    EMPTY = "an empty list, or false"
    MISSING = "missing"
    REFUSED = "a fault"


@dataclasses.dataclass(frozen=True)
class Key:
    """A key of a mapping."""

    name: str
    kind: Kind
    meaning: str = ""
    absent: Absent = Absent.NULL

    def fit(self, value: object) -> t.Any:
        if value is not None:
            return self.kind.fit(value)
        if self.absent is Absent.EMPTY:
            return [] if isinstance(self.kind, Items) else False
        if self.absent is not Absent.NULL:
            raise Unfit
        return None


@dataclasses.dataclass(frozen=True)
class Keys:
    """A mapping: it has each of these keys, and other keys are dropped."""

    keys: tuple[Key, ...]

    def fit(self, value: object) -> dict[str, t.Any]:
        if not isinstance(value, Mapping):
            raise Unfit
        name, fits = "", self.fits
        fitted: dict[str, t.Any] = dict.fromkeys(fits)
        try:
            # Most values of a listener are null, and a large fleet has millions of them.
            for name, one in value.items():
                if one is not None and name in fits:
                    fitted[name] = fits[name](one)
            for key in self.not_null:
                name = key.name
                if fitted[name] is not None:
                    continue
                if key.absent is Absent.MISSING and name not in value:
                    del fitted[name]
                else:
                    fitted[name] = key.fit(None)
        except Unfit as error:
            raise Unfit(f"{name}.{error.place}".rstrip(".")) from None
        return fitted

    @functools.cached_property
    def fits(self) -> dict[str, t.Callable[[object], t.Any]]:
        """What fits a value to each key."""
        return {key.name: key.kind.fit for key in self.keys}

    @functools.cached_property
    def not_null(self) -> list[Key]:
        """The keys that are never null."""
        return [key for key in self.keys if key.absent is not Absent.NULL]


Kind = Flag | Whole | Number | Word | Text | Items | Table | Keys
