# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an interpreter runs: its name, and nothing else of the arguments."""

from __future__ import annotations

import pytest
from ansible_collections.netops.keepalive.plugins.module_utils._sockets import interpreters

RUN = {
    "/usr/bin/python3 -m uvicorn --host 0.0.0.0 app:app": "uvicorn",
    "python3 -u -W ignore /srv/tool/server.py --password hunter2": "server.py",
    "/usr/bin/python3 /usr/bin/gunicorn --bind :8000 app:app": "gunicorn",
    "/usr/bin/node --require dotenv/config /srv/server.js": "server.js",
    "ruby /usr/bin/puma config.ru": "puma",
    "/usr/bin/perl -T -w /usr/sbin/spamd -d": "spamd",
    "java -Xmx1g -cp /opt/lib/* -Dpassword=hunter2 kafka.Kafka server.properties": "kafka.Kafka",
    "java -jar /opt/app/shop.jar --token=hunter2": "shop.jar",
    "lua5.4 /usr/bin/prosody -F": "prosody",
    "python3 -E /usr/bin/gunicorn app:app": "gunicorn",
    "node -r dotenv/config --max-old-space-size=512 server.js": "server.js",
    "java -p mods -m app/org.Main": "org.Main",
    "java --add-opens java.base/java.lang=ALL-UNNAMED -Dx=y org.apache.catalina.startup.Bootstrap start": "org.apache.catalina.startup.Bootstrap",
    "php -d memory_limit=1G /srv/server.php hunter2": "server.php",
    "bun run server.ts hunter2": "server.ts",
    "python3 -I /srv/server.py hunter2": "server.py",
    "perl -W -I lib /srv/server.pl hunter2": "server.pl",
    "lua5.4 -W /srv/server.lua hunter2": "server.lua",
}
NOTHING = (
    "python3 -c secret",
    "perl -e secret",
    "node --eval secret",
    "php -r secret",
    "python3 -cimport hunter2",
    "python3 -uc secret",
    "perl -esecret hunter2",
    "perl -we secret",
    "php -rfoo hunter2",
    "node --eval=secret hunter2",
    "node --print=secret hunter2",
    "node --unknown hunter2",
    "java --unknown hunter2",
    "ruby -e secret",
    "python3",
    "java -jar",
    "python3 -",
    "python3 two words",
    "node https://user:hunter2@here",
)


def script(words: list[str]) -> str | None:
    interpreter = interpreters.INTERPRETER.match(words[0].rpartition("/")[2])
    assert interpreter
    return interpreters.script(interpreter.group(1), words)


@pytest.mark.parametrize("command", RUN)
def test_the_name_of_the_script_is_told(command: str) -> None:
    assert script(command.split(" ")) == RUN[command]


@pytest.mark.parametrize("command", NOTHING)
def test_code_and_odd_arguments_are_not_told(command: str) -> None:
    words = command.split(" ", 1) if "two" in command else command.split(" ")
    assert script(words) is None


@pytest.mark.parametrize(
    "name", ["python3", "python3.13", "pypy3", "node", "nodejs", "ruby3.3", "perl", "lua5.4", "java"]
)
def test_interpreters_are_known_with_and_without_a_version(name: str) -> None:
    assert interpreters.INTERPRETER.match(name)


@pytest.mark.parametrize("name", ["redis-server", "pythonista", "javac", "nodeagent"])
def test_other_programs_are_no_interpreters(name: str) -> None:
    assert not interpreters.INTERPRETER.match(name)
