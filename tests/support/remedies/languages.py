# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The trials of servers that users write themselves: a small program in each language, with the packages that Debian has for it."""

from __future__ import annotations

from tests.support.remedies import programs
from tests.support.remedies.shell import service, write
from tests.support.remedies.trials import Put, Trial

WSGI = write("/srv/app.py", programs.WSGI)
ASGI = write("/srv/app.py", programs.ASGI)
AIOHTTP = write("/srv/app.py", programs.AIOHTTP)

PROGRAMS = (
    Trial("Gunicorn", ("gunicorn",), 8000, WSGI + service("/usr/bin/gunicorn --bind :8000 app:app")),
    Trial(
        "Gunicorn",
        ("gunicorn",),
        8001,
        WSGI
        + write("/etc/systemd/system/app.socket", "[Socket]\nListenStream=8001")
        + service("/usr/bin/gunicorn app:app")
        + "\nsystemctl stop app; systemctl start app.socket app",
        socket_unit="app.socket",
    ),
    Trial("Uvicorn", ("uvicorn",), 8000, ASGI + service("/usr/bin/python3 -m uvicorn --host 0.0.0.0 app:app")),
    Trial(
        "Hypercorn",
        ("python3-hypercorn",),
        8000,
        ASGI + service("/usr/bin/python3 -m hypercorn --bind 0.0.0.0 app:app"),
    ),
    Trial("aiohttp", ("python3-aiohttp",), 8080, AIOHTTP + service("/usr/bin/python3 -m aiohttp.web -P 8080 app:init")),
    Trial("Waitress", ("python3-waitress",), 8080, WSGI + service("/usr/bin/python3 -m waitress --port=8080 app:app")),
    Trial(
        "Tornado",
        ("python3-tornado",),
        8000,
        write("/srv/tornado_app.py", programs.TORNADO.format(port=8000))
        + service("/usr/bin/python3 /srv/tornado_app.py"),
    ),
    Trial(
        "Twisted",
        ("python3-twisted",),
        8000,
        service("/usr/bin/twistd3 -n --pidfile= web --listen tcp:8000 --path /srv"),
    ),
    Trial(
        "uWSGI",
        ("uwsgi-core", "uwsgi-plugin-python3"),
        8000,
        WSGI
        + write("/srv/app.ini", "[uwsgi]\nhttp-socket = :8000\nplugin = python3\nmodule = app:app\n")
        + service("/usr/bin/uwsgi --ini /srv/app.ini"),
        Put("/srv/app.ini"),
        send=programs.REQUEST,
    ),
    Trial(
        "Puma",
        ("puma",),
        9292,
        write("/srv/config.ru", "run lambda { |env| [200, {}, ['here']] }")
        + service("/usr/bin/puma --bind tcp://0.0.0.0:9292 /srv/config.ru"),
    ),
    Trial(
        "PHP-FPM",
        ("php-fpm",),
        9000,
        "sed -i 's,^listen = .*,listen = 9000,' /etc/php/*/fpm/pool.d/www.conf\n"
        "systemctl start $(basename /lib/systemd/system/php*-fpm.service)",
        part_of="php?.?-fpm",
    ),
)
JAVA = (
    Trial(
        "a Java program",
        ("default-jdk-headless",),
        8000,
        write("/srv/Here.java", programs.JAVA) + service("/usr/bin/java /srv/Here.java"),
        Put("/srv/Here.java", r"^ *new Thread", "{before}\nnew Thread"),
        part_of="openjdk-??-jdk-headless",
    ),
    *(
        Trial(
            "Jetty",
            (package, "libslf4j-java", "default-jdk-headless"),
            8080,
            write("/srv/Here.java", programs.JETTY)
            + service("/usr/bin/java -cp /usr/share/java/* /srv/Here.java", "jetty-here"),
            Put("/srv/Here.java", r"\(server\) \{", "(server) {{ {lines}"),
            releases=(release,),
        )
        for package, release in (("libjetty9-java", "bookworm"), ("libjetty12-java", "trixie"))
    ),
)
