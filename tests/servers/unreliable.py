"""An S3 server's unreliable line, on loopback: a request is lost on the way, or its answer on the way back."""

from __future__ import annotations

import http.client
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass
class Line:
    """Loses the Nth request, or from the Nth on; `persists` if the server did as asked and only its answer is lost."""

    endpoint: str = ""
    at: int = 0
    persists: bool = False
    lasts: bool = False
    count: int = 0

    def loses(self) -> bool:
        """Count one more request."""
        self.count += 1
        return self.count == self.at or (self.lasts and 0 < self.at < self.count)


@contextmanager
def line_to(endpoint: str) -> Iterator[Line]:
    """A line to the server at `endpoint`, which loses nothing until told to."""
    line = Line()
    relay = type("Relay", (_Relay,), {"line": line, "address": urlsplit(endpoint).netloc})
    server = ThreadingHTTPServer(("127.0.0.1", 0), relay)
    server.daemon_threads = True
    line.endpoint = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield line
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Relay(BaseHTTPRequestHandler):
    """Hands on one request, headers and all: the signature covers them."""

    protocol_version = "HTTP/1.1"
    line: Line
    address: str

    def _relay(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        lost = self.line.loses()
        self.close_connection = lost
        if not lost or self.line.persists:
            status, headers, answer = self._ask(body)
        if not lost:
            self._answer(status, headers, answer)

    def _ask(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        connection = http.client.HTTPConnection(self.address, timeout=30)
        try:
            connection.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers.items():
                connection.putheader(name, value)
            connection.endheaders(body)
            response = connection.getresponse()
            return response.status, response.getheaders(), response.read()
        finally:
            connection.close()

    def _answer(self, status: int, headers: list[tuple[str, str]], answer: bytes) -> None:
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in {"transfer-encoding", "content-length"} or self.command == "HEAD":
                self.send_header(name, value)
        if self.command != "HEAD":
            self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = _relay  # noqa: N815  # the names http.server looks for

    def log_message(self, *_: Any) -> None:
        """Nothing."""
