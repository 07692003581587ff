# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The trials: a row for each application of the data that Debian has, and those of PyPI and npm beside them."""

from __future__ import annotations

from tests.support.remedies import programs
from tests.support.remedies.languages import JAVA, PROGRAMS
from tests.support.remedies.newest import NEWEST
from tests.support.remedies.shell import begin, service, write
from tests.support.remedies.trials import Put, Trial

TRIXIE = ("trixie",)
ALL = ("bullseye", "bookworm", "trixie")


CERTIFICATE = (
    "openssl req -x509 -nodes -newkey rsa:2048 -subj /CN=here -keyout /etc/ssl/private/here.key -out /etc/ssl/here.crt 2>&1\n"
    "cat /etc/ssl/private/here.key /etc/ssl/here.crt > /etc/ssl/here.pem\n"
)
JMX = " ".join(
    f"-Dcom.sun.management.jmxremote{setting}" for setting in (".port=9010", ".authenticate=false", ".ssl=false")
)

# Different kinds, on different ports: these share a host.
DAILY = (
    Trial("Redis", ("redis-server",), 6379, begin("redis-server"), Put("/etc/redis/redis.conf"), releases=ALL),
    Trial("Memcached", ("memcached",), 11211, begin("memcached")),
    Trial(
        "nginx",
        ("nginx",),
        8081,
        r"sed -i '/listen \[::\]/d; s/listen 80 /listen 8081 /' /etc/nginx/sites-available/default; systemctl start nginx",
        Put("/etc/nginx/sites-available/default", r"listen 8081 default_server;", "{lines}"),
        releases=ALL,
    ),
    Trial("Apache httpd", ("apache2",), 80, begin("apache2"), send=programs.REQUEST),
    Trial(
        "HAProxy",
        ("haproxy",),
        8080,
        "printf 'frontend web\n bind :8080\n http-request deny\n' >> /etc/haproxy/haproxy.cfg\n" + begin("haproxy"),
        Put("/etc/haproxy/haproxy.cfg", r"^defaults\n", "defaults\n{lines}\n"),
    ),
    Trial(
        "Node.js",
        ("nodejs",),
        8000,
        write("/srv/app.js", programs.NODE.format(port=8000)) + service("/usr/bin/node /srv/app.js"),
        Put("/srv/app.js", r"http\.createServer\(handler\)", "{before} handler)"),
    ),
    Trial("a Go server", ("prometheus-node-exporter",), 9100, begin("prometheus-node-exporter"), releases=ALL),
    Trial("OpenSSH", (), 22, "true", part_of="openssh-server", releases=ALL),
    Trial(
        "rsyslog",
        ("rsyslog",),
        514,
        write("/etc/rsyslog.d/tcp.conf", 'module(load="imtcp")\ninput(type="imtcp" port="514")')
        + "systemctl enable --now --quiet rsyslog",
        Put("/etc/rsyslog.d/tcp.conf", r'^module\(load="imtcp"\)', "{lines}"),
    ),
    Trial(
        "a systemd socket",
        (),
        7000,
        write("/etc/systemd/system/echo.socket", "[Socket]\nListenStream=7000\nAccept=yes")
        + write("/etc/systemd/system/echo@.service", "[Service]\nExecStart=/bin/cat\nStandardInput=socket")
        + "systemctl daemon-reload\n"
        + begin("echo.socket"),
        Put("/etc/systemd/system/echo.socket.d/keepalive.conf", text="[Socket]\n{lines}\n"),
        restart="systemctl daemon-reload; systemctl restart echo.socket",
        part_of="systemd",
        releases=ALL,
    ),
)
DATABASES = (
    Trial("Redis Sentinel", ("redis-sentinel",), 26379, begin("redis-sentinel"), Put("/etc/redis/sentinel.conf")),
    Trial("Valkey", ("valkey-server",), 6379, begin("valkey-server"), Put("/etc/valkey/valkey.conf"), releases=TRIXIE),
    Trial(
        "PostgreSQL",
        ("postgresql",),
        5432,
        begin("postgresql"),
        Put("/etc/postgresql/*/main/postgresql.conf"),
        part_of="postgresql-1?",
    ),
    Trial(
        "PgBouncer",
        ("pgbouncer",),
        6432,
        begin("pgbouncer"),
        Put("/etc/pgbouncer/pgbouncer.ini", r"^\[pgbouncer\]\n", "[pgbouncer]\n{lines}\n"),
        send="x",
    ),
    Trial(
        "MariaDB",
        ("mariadb-server",),
        3306,
        begin("mariadb"),
        Put("/etc/mysql/mariadb.conf.d/50-server.cnf", text="\n[mariadbd]\n{lines}\n"),
    ),
    Trial("etcd", ("etcd-server",), 2379, begin("etcd"), releases=TRIXIE),  # older: built before Go 1.23
    Trial("ZooKeeper", ("zookeeperd",), 2181, begin("zookeeper"), Put("/etc/zookeeper/conf/zoo.cfg")),
    Trial("OpenLDAP", ("slapd",), 389, begin("slapd")),
)
WEB = (
    Trial("Squid", ("squid",), 3128, begin("squid"), Put("/etc/squid/squid.conf", r"^http_port 3128$", "{lines}")),
    Trial(
        "Varnish",
        ("varnish",),
        6081,
        begin("varnish"),
        Put("/lib/systemd/system/varnish.service", r"-a :6081", "-a :6081 {lines}"),
    ),
    Trial(
        "stunnel",
        ("stunnel4", "openssl"),
        6390,
        CERTIFICATE
        + write(
            "/etc/stunnel/here.conf", "foreground = yes\n[here]\naccept = 6390\nconnect = 22\ncert = /etc/ssl/here.pem"
        )
        + begin("stunnel@here"),
        Put("/etc/stunnel/here.conf", r"\A", "{lines}\n"),
        tls=True,
    ),
    Trial(
        "Caddy",
        ("caddy",),
        80,
        begin("caddy"),
        Put("/etc/caddy/Caddyfile", r"\A", "{{\n{lines}\n}}\n"),
        policy=(60, 10, 8),
        releases=TRIXIE,
    ),
    Trial("lighttpd", ("lighttpd",), 80, begin("lighttpd")),
    Trial(
        "Tomcat",
        ("tomcat10",),
        8080,
        begin("tomcat10"),
        Put("/etc/tomcat10/server.xml", r'<Connector port="8080"', "{before}"),
    ),
    Trial("tinyproxy", ("tinyproxy",), 8888, begin("tinyproxy")),
    Trial("Privoxy", ("privoxy",), 8118, begin("privoxy")),
    Trial(
        "hitch",
        ("hitch", "openssl"),
        443,
        CERTIFICATE
        + write(
            "/etc/hitch/hitch.conf",
            'frontend = "[*]:443"\nbackend = "[127.0.0.1]:22"\nuser = "_hitch"\npem-file = "/etc/ssl/here.pem"',
        )
        + begin("hitch"),
        Put("/etc/hitch/hitch.conf"),
        tls=True,
    ),
    Trial("docker-registry", ("docker-registry",), 5000, begin("docker-registry"), releases=TRIXIE),  # as etcd
    Trial(
        "Icecast",
        ("icecast2",),
        8000,
        "sed -i 's/ENABLE=false/ENABLE=true/' /etc/default/icecast2 || true\n" + begin("icecast2"),
    ),
    Trial("ProFTPD", ("proftpd-core",), 21, begin("proftpd")),
    Trial("websockify", ("websockify",), 6080, service("/usr/bin/websockify 6080 127.0.0.1:22")),
)
MESSAGES = (
    Trial("RabbitMQ", ("rabbitmq-server",), 5672, begin("rabbitmq-server"), Put("/etc/rabbitmq/rabbitmq.conf")),
    Trial("Mosquitto", ("mosquitto",), 1883, begin("mosquitto")),
    Trial(
        "NATS",
        ("nats-server",),
        4222,
        begin("nats-server"),
        Put("/etc/nats-server.conf"),
        send="CONNECT {}\r\n",
        policy=(6, 2, 3),  # short, for it is waited for
    ),
    Trial("Postfix", ("postfix",), 25, begin("postfix")),
    Trial("Dovecot", ("dovecot-imapd",), 143, begin("dovecot")),
    Trial("SpamAssassin", ("spamd",), 783, begin("spamd"), releases=TRIXIE),
    Trial("ejabberd", ("ejabberd",), 5222, begin("ejabberd")),
    Trial("Prosody", ("prosody",), 5222, begin("prosody")),
    Trial("epmd", ("erlang-base",), 4369, service("/usr/bin/epmd", "epmd-here")),
    Trial(
        "an Erlang program",
        ("erlang-base",),
        8000,
        write("/srv/here.erl", programs.ERLANG) + service("/usr/bin/escript /srv/here.erl"),
        Put("/srv/here.erl", r"\{reuseaddr, true\}", "{{reuseaddr, true}}, {lines}"),
    ),
)
# Ports beside those that the setting of the application is about.
OTHER_PORTS = (
    Trial(
        "RabbitMQ between nodes",
        ("rabbitmq-server",),
        25672,
        begin("rabbitmq-server"),
        Put("/etc/rabbitmq/advanced.config"),
    ),
    Trial(
        "RabbitMQ on another port",
        ("rabbitmq-server",),
        15672,
        "rabbitmq-plugins enable --offline rabbitmq_management\n" + begin("rabbitmq-server"),
    ),
    Trial(
        "ZooKeeper between members",
        ("zookeeperd",),
        3888,
        "mkdir -p /tmp/zookeeper; echo 1 > /tmp/zookeeper/myid; chown -R zookeeper: /tmp/zookeeper\n"
        "printf 'server.1=127.0.0.1:2888:3888\nserver.2=127.0.0.1:2889:3889\n' >> /etc/zookeeper/conf/zoo.cfg\n"
        "systemctl restart zookeeper",  # it starts at boot
        Put("/etc/zookeeper/conf/zoo.cfg"),
    ),
    Trial(
        "ZooKeeper on another port",
        ("zookeeperd",),
        9010,
        f"sed -i 's/^JAVA_OPTS=.*/JAVA_OPTS=\"{JMX}\"/' /etc/zookeeper/conf/environment\nsystemctl restart zookeeper",
    ),
)
HOST = (
    Trial("Samba", ("samba",), 445, begin("smbd"), Put("/etc/samba/smb.conf", r"^\[global\]\n", "[global]\n{lines}\n")),
    Trial("sslh", ("sslh",), 443,
          write("/etc/sslh.cfg", 'foreground: true; numeric: true; user: "sslh";\nlisten: ( { host: "0.0.0.0"; port: "443"; } );\n'
                'protocols: ( { name: "ssh"; host: "127.0.0.1"; port: "22"; } );')
          + service("/usr/sbin/sslh -F/etc/sslh.cfg", "sslh-here"), Put("/etc/sslh.cfg", 'port: "443";', 'port: "443"; {lines}')),
    Trial("BIND", ("bind9",), 53, begin("named")),
    Trial("Unbound", ("unbound",), 53, begin("unbound")),
    Trial("Dnsmasq", ("dnsmasq",), 53, begin("dnsmasq")),
    Trial("CUPS", ("cups-daemon",), 631, begin("cups")),
    Trial("rpcbind", ("rpcbind",), 111, begin("rpcbind.socket", "rpcbind"), socket_unit="rpcbind.socket"),
    Trial("Dropbear", ("dropbear",), 2222, service("/usr/sbin/dropbear -R -F -E -p 2222")),
    Trial("NRPE", ("nagios-nrpe-server",), 5666, begin("nagios-nrpe-server")),
    Trial("munin-node", ("munin-node",), 4949, begin("munin-node")),
    Trial("Zabbix", ("zabbix-agent",), 10050, begin("zabbix-agent")),
    Trial("rsync", ("rsync",), 873, write("/etc/rsyncd.conf", "[srv]\npath = /srv") + begin("rsync")),
    Trial("vsftpd", ("vsftpd",), 21, begin("vsftpd")),
    Trial("xrdp", ("xrdp",), 3389, begin("xrdp")),
    Trial("Tor", ("tor",), 9050, begin("tor@default")),
    Trial("OpenVPN", ("openvpn",), 1194,
          write("/srv/here.conf", "dev null\nproto tcp-server\nlport 1194\nsecret here.key\ncipher AES-256-CBC\n"
                "providers legacy default\nkeepalive 10 60")
          + "openvpn --genkey secret /srv/here.key\n" + service("/usr/sbin/openvpn --cd /srv --config here.conf", "vpn-here"),
          releases=TRIXIE),
    Trial("iperf3", ("iperf3",), 5201, service("/usr/bin/iperf3 -s")),
)  # fmt: skip
SWITCH = (Trial("Mosquitto", ("mosquitto",), 1883, begin("mosquitto"), releases=("bookworm",), by_the_switch=True),)
# The trials of a group run at once.
GROUPS = {
    "daily": DAILY,
    "databases": DATABASES,
    "web": WEB,
    "programs": PROGRAMS,
    "messages": MESSAGES,
    "java": JAVA,
    "ports": OTHER_PORTS,
    "hosts": HOST,
    "switch": SWITCH,
    "newest": NEWEST,
}
# The trials of these groups share a host.
ON_ONE_HOST = ("daily", "newest")
