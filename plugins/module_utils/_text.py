# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How sentences write an endpoint and a number of things; the same on hosts and on the controller. Pure."""

import typing as t


def endpoint(address: t.Optional[str], port: t.Union[int, str, None], namespace: t.Optional[str] = None) -> str:
    """``127.0.0.1:80``, ``[::1]:80``, ``0.0.0.0:80-90 in netns blue``; what is not known is left out."""
    if not address:
        text = "" if port is None else "port {0}".format(port)
    elif port is None:
        text = address
    else:
        text = ("[{0}]:{1}" if ":" in address else "{0}:{1}").format(address, port)
    return "{0} in netns {1}".format(text, namespace) if namespace else text


def sentence(text: str) -> str:
    """The text with a capital and a full stop; empty text stays empty."""
    ended = text if text.endswith((".", "!", "?")) or not text else text + "."
    return ended[:1].upper() + ended[1:]


def as_part(message: object) -> str:
    """A sentence for use inside of another: without its capital and its full stop."""
    text = str(message)
    return text[:1].lower() + text[1:].rstrip(".")


def why(error: Exception) -> str:
    """What went wrong, as part of a sentence: an error of the kernel in its words, without its number."""
    return getattr(error, "strerror", None) or str(error)


def counted(number: int, noun: str) -> str:
    """``1 probe``, ``3 probes``."""
    return "1 {0}".format(noun) if number == 1 else "{0} {1}s".format(number, noun)
