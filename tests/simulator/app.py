# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The application of one simulated product: a server's routes behind the controls."""

from __future__ import annotations

import importlib

import flask

from tests.simulator.control import Control
from tests.simulator.server import Server

SERVERS = {
    "xivo-2018": "tests.simulator.xivo:Xivo2018",
    "xivo-16.15": "tests.simulator.xivo:Xivo1615",
    "wazo-22.13": "tests.simulator.wazo:Wazo2213",
    "wazo-26.09": "tests.simulator.wazo:Wazo2609",
}


def create_app(name: str, seed: str = "fresh") -> flask.Flask:
    """The product ``name``, one of SERVERS; its server is ``app.extensions["server"]``."""
    module, _unused, attribute = SERVERS[name].partition(":")
    return wrap(getattr(importlib.import_module(module), attribute)(), seed)


def wrap(server: Server, seed: str = "fresh") -> flask.Flask:
    app = flask.Flask(server.name, static_folder=None)
    app.extensions["server"] = server
    server.register(app)
    server.reset(seed)
    app.wsgi_app = Control(app.wsgi_app, server)  # type: ignore[method-assign]
    return app
