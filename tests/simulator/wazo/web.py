# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The HTTP of both of its services: answers, and how a body is read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import flask
from flask import Response
from werkzeug.exceptions import BadRequest

if TYPE_CHECKING:
    from tests.simulator.wazo import Wazo

FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
# A JSON nested deeper than this is more than the parser of a real server can take.
DEEPEST_JSON = 900


def answer(value: object, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """JSON, ASCII only and with a line feed, as flask-restful writes it."""
    return Response(json.dumps(value) + "\n", status=status, headers=headers, content_type="application/json")


class NoContent(Response):
    """A 204, which in 22.13 tells the length of a body that never comes."""

    told_length: int | None = None

    def get_wsgi_headers(self, environ: Any) -> Any:
        headers = super().get_wsgi_headers(environ)
        if self.told_length is not None:
            headers["Content-Length"] = str(self.told_length)
        return headers


def no_content(server: Wazo) -> Response:
    response = NoContent(status=204, content_type="application/json")
    response.told_length = server.no_content_length
    return response


def not_found_page(server: Wazo) -> Response:
    body, content_type = server.not_found_page
    return Response(body, status=404, content_type=content_type)


def json_body(any_type: bool) -> Any:
    """The body as JSON, or None where it is not typed as JSON and ``any_type`` is false.

    Of a form nothing is left to read as JSON: the framework has used it up.
    """
    if not any_type and not flask.request.is_json:
        return None
    body = b"" if flask.request.mimetype in FORMS else flask.request.get_data()
    if body.count(b"[") + body.count(b"{") > DEEPEST_JSON:
        _check_depth(body)
    try:
        return json.loads(body)
    except ValueError as error:
        raise BadRequest from error


def _check_depth(body: bytes) -> None:
    depth = 0
    in_text = escaped = False
    for byte in body:
        if in_text:
            escaped, in_text = byte == ord("\\") and not escaped, byte != ord('"') or escaped
        elif byte == ord('"'):
            in_text = True
        elif byte in b"[{":
            depth += 1
            if depth > DEEPEST_JSON:
                kind = "array" if byte == ord("[") else "object"
                raise RecursionError(
                    f"maximum recursion depth exceeded while decoding a JSON {kind} from a unicode string"
                )
        elif byte in b"]}":
            depth -= 1
