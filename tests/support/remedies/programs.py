# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The smallest programs that make an application listen. Those with `{port}` open the port themselves."""

from __future__ import annotations

# A request that waits for its end.
REQUEST = "GET / HTTP/1.1\r\nHost: here\r\n"

WSGI = """\
def app(environ, start):
    start('200 OK', [])
    return [b'here']"""
ASGI = """\
async def app(scope, receive, send):
    pass"""
AIOHTTP = """\
from aiohttp import web


def init(arguments):
    return web.Application()"""
TORNADO = """\
import tornado.ioloop, tornado.web

tornado.web.Application().listen({port})
tornado.ioloop.IOLoop.current().start()"""
NODE = """\
const http = require("http");
const handler = (request, response) => response.end("here");
http.createServer(handler).listen({port});"""
ERLANG = """\
#!/usr/bin/escript
main(_) ->
    {ok, Listener} = gen_tcp:listen(8000, [{reuseaddr, true}]),
    serve(Listener).

serve(Listener) ->
    {ok, _} = gen_tcp:accept(Listener),
    serve(Listener)."""
JAVA = """\
import java.io.*;
import java.net.*;

public class Here {
    public static void main(String[] arguments) throws Exception {
        ServerSocket listener = new ServerSocket(8000);
        while (true) {
            Socket socket = listener.accept();
            new Thread(() -> serve(socket)).start();
        }
    }

    static void serve(Socket socket) {
        try (socket) {
            socket.getInputStream().transferTo(OutputStream.nullOutputStream());
        } catch (IOException end) {
            return;
        }
    }
}"""
JETTY = """\
import java.net.*;
import org.eclipse.jetty.server.*;

public class Here {
    public static void main(String[] arguments) throws Exception {
        Server server = new Server();
        ServerConnector connector = new ServerConnector(server) { };
        connector.setPort(8080);
        server.addConnector(connector);
        server.start();
        server.join();
    }
}"""
