# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The trials of the newest versions, as PyPI and npm have them. They share a host, so each has a port, a folder and a unit of its own."""

from __future__ import annotations

from tests.support.remedies import programs
from tests.support.remedies.shell import service, write
from tests.support.remedies.trials import NPM, PYPI, Put, Trial, folder_of


def python(application: str, port: int, arguments: str, program: str = "", file: str = "here.py") -> Trial:
    """What `/usr/bin/python3 ARGUMENTS` listens on, with the package that has the name of the application."""
    package = application.lower()
    folder = folder_of(package)
    command = f"/usr/bin/python3 {arguments.format(folder=folder, port=port)}"
    start = service(command, f"newest-{package}", f"Environment=PYTHONPATH={folder}")
    if program:
        start = write(f"{folder}/{file}", program.replace("{port}", str(port))) + start
    return Trial(application, (package,), port, start, registry=PYPI, releases=("trixie",))


NEWEST = (
    python("Gunicorn", 8001, "-m gunicorn --bind :{port} here:app", programs.WSGI),
    python("Uvicorn", 8002, "-m uvicorn --host 0.0.0.0 --port {port} here:app", programs.ASGI),
    python("Hypercorn", 8003, "-m hypercorn --bind 0.0.0.0:{port} here:app", programs.ASGI),
    python("Waitress", 8004, "-m waitress --port={port} here:app", programs.WSGI),
    python("aiohttp", 8005, "-m aiohttp.web -P {port} here:init", programs.AIOHTTP),
    python("Tornado", 8006, "{folder}/tornado_here.py", programs.TORNADO, "tornado_here.py"),
    python("Twisted", 8007, "-m twisted web --listen tcp:{port} --path /srv"),
    Trial(
        "Node.js",
        ("node", "libatomic1"),
        8008,
        write("/srv/here.js", programs.NODE.format(port=8008))
        + service(f"{folder_of('node')}/node_modules/node/bin/node /srv/here.js", "newest-node"),
        Put("/srv/here.js", r"http\.createServer\(handler\)", "{before} handler)"),
        registry=NPM,
        releases=("trixie",),
    ),
)
