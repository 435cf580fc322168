# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Serve one simulated product: ``python -m tests.simulator --server NAME --port N``."""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import sys
from pathlib import Path
from typing import Any

import flask
import trustme
from cheroot import wsgi
from cheroot.server import HTTPConnection
from cheroot.ssl.builtin import BuiltinSSLAdapter

from tests.simulator.app import SERVERS, create_app
from tests.simulator.control import CONNECTION


class Gateway(wsgi.Gateway_10):
    """Lets the faults get at the connection."""

    def get_environ(self) -> dict[str, Any]:  # type: ignore[override]  # annotated as None, which it is not
        return {**super().get_environ(), CONNECTION: self.req}


class Connection(HTTPConnection):
    """Gives up what a client that has gone did not take; Python would complain of it when it clears up."""

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self.wfile.close()
        super().close()


def make_server(app: flask.Flask, host: str, port: int, tls: Path | None = None) -> wsgi.Server:
    """A web server that is bound and ready to ``serve()``. It is the one that wazo-confd itself runs on, so that
    keep-alive, the idle time-out of 10 s and the treatment of bad requests are those of a real server."""
    server = wsgi.Server((host, port), app, numthreads=16)
    server.gateway = Gateway
    server.ConnectionClass = Connection
    server.nodelay = True
    if tls:
        server.ssl_adapter = _tls_adapter(tls)
    server.prepare()
    return server


def _tls_adapter(folder: Path) -> BuiltinSSLAdapter:
    authority = trustme.CA()
    certificate = authority.issue_cert("127.0.0.1", "localhost")
    folder.mkdir(parents=True, exist_ok=True)
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    certificate.cert_chain_pems[0].write_to_path(str(folder / "server.pem"))
    key = folder / "server.key"
    certificate.private_key_pem.write_to_path(str(key))
    key.chmod(0o600)
    return BuiltinSSLAdapter(str(folder / "server.pem"), str(key))


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.simulator", description=__doc__)
    parser.add_argument("--server", required=True, choices=sorted(SERVERS))
    parser.add_argument("--port", required=True, type=int, help="0 picks a free one")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--tls", type=Path, metavar="DIR", help="serve https; the authority goes to DIR/ca.pem")
    parser.add_argument("--verbose", action="store_true", help="log each request and the web server's own errors")
    options = parser.parse_args(arguments)

    # At once, whatever is being served: there is nothing to save, and tests start and stop it all the time.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: os._exit(0))

    try:
        server = make_server(create_app(options.server), options.host, options.port, options.tls)
    except OSError as error:
        print(f"cannot listen on {options.host}:{options.port}: {error}", file=sys.stderr)
        return 1
    if not options.verbose:
        server.error_log = lambda *_args, **_kwargs: None  # type: ignore[method-assign]
    scheme = "https" if options.tls else "http"
    print(f"{options.server} listening on {scheme}://{options.host}:{server.bind_addr[1]}", flush=True)
    server.serve()
    return 0


if __name__ == "__main__":
    sys.exit(main())
