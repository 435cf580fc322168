# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulated Wazo servers: wazo-auth and wazo-confd of 22.13 and of 26.09, behind one front door.

How they differ stands here, one attribute for each difference; what they answer is kept honest by the recordings.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

import flask

from tests.simulator.accounts import LOGIN, OPERATOR, OPERATOR_PASSWORD, PASSWORD
from tests.simulator.server import Server
from tests.simulator.wazo import (
    auth,
    confd,
    contexts,
    extensions,
    groups,
    incalls,
    lines,
    others,
    sip,
    tenants,
    users,
    voicemails,
)
from tests.simulator.wazo.database import Database, Row, now
from tests.simulator.wazo.schemas import BaseSchema, ContextSchema, ContextSchema2213, ContextSchema2609
from tests.simulator.wazo.schemas_people import UserGroupsSchema2213, UserGroupsSchema2609
from tests.simulator.wazo.web import not_found_page

# The modules with the routes of wazo-confd.
CONFD = (confd, contexts, extensions, groups, incalls, lines, others, sip, tenants, users, voicemails)
FRESH_CONTEXTS = (
    ("default", "Appels internes", "internal"),
    ("from-extern", "Appels entrants", "incall"),
    ("to-extern", "Appels sortants", "outcall"),
)
# What the account "reader" of a fresh server may do.
# The one of every account of the recordings.
RECORDED_PASSWORD = "secret"
READING = ["auth.tenants.read", "confd.infos.read", "confd.contexts.read", "confd.contexts.*.read"]


class Wazo(Server):
    """What both have in common, and the differences as attributes."""

    version: ClassVar[str]
    context_schema: ClassVar[type[ContextSchema]]
    # 22.13: the client chooses the name of a context, and it is unique over all tenants. Later: made by the server.
    names_by_server: ClassVar[bool]
    # 22.13 ignores a body that is not typed as JSON; later ones read any but a form.
    reads_untyped_json: ClassVar[bool]
    status_needs_token: ClassVar[bool]
    # Later ones tell the tenant, too, in the text of a 401.
    refusal_names_tenant: ClassVar[bool]
    # The page of an unknown path is the one of its web framework's age.
    not_found_page: ClassVar[tuple[str, str]]
    # An empty 204 with a length of 3, as an old flask-restful made it.
    no_content_length: ClassVar[int | None]
    free_ranges: ClassVar[bool]
    # The server's own extensions (*10 and so on) take the first ids.
    feature_extensions: ClassVar[int]
    # Deleting a number under a phone: 22.13 does it.
    deletes_used_extensions: ClassVar[bool]
    # Newer servers make a user with his line, number and voicemail in one, and delete him with them; 22.13 makes a bare
    # user of the same body.
    nested_users: ClassVar[bool]
    # What newer servers show of users, groups and so on.
    newer_fields: ClassVar[bool]
    # The line of a deleted context stays in the eyes of its user and its endpoint.
    keeps_lines_of_users: ClassVar[bool]
    # The name of a deleted endpoint stays that of its line.
    keeps_line_names: ClassVar[bool]
    # How a member is named when the groups of a user are set.
    user_groups_schema: ClassVar[type[BaseSchema]]
    # A number made together with its association: shown before or after it.
    shows_new_association: ClassVar[bool]
    # How a violated key is told: by the database driver of its age.
    duplicate_error: ClassVar[str]
    max_sessions: ClassVar[int | None]
    longest_expiration: ClassVar[int | None]
    logins_ignore_case: ClassVar[bool]
    unknown_backend_is_ignored: ClassVar[bool]
    token_purpose: ClassVar[bool]
    # Whether a token's dates in UTC keep their microseconds when it is checked.
    precise_utc: ClassVar[bool]
    tenant_authentication_method: ClassVar[bool]
    webrtc_video_template: ClassVar[bool]

    def __init__(self) -> None:
        super().__init__()
        self.db = Database()

    def register(self, app: flask.Flask) -> None:
        app.config["MAX_CONTENT_LENGTH"] = confd.LARGEST_BODY
        app.register_blueprint(auth.blueprint(self))
        front = confd.Confd(self)
        for module in CONFD:
            module.add_routes(front)
        app.register_blueprint(front.blueprint)
        app.register_error_handler(404, lambda _error: not_found_page(self))
        app.register_error_handler(405, confd.method_not_allowed)

    def reset(self, seed: str = "fresh") -> None:
        {"fresh": self._seed_fresh, "contract": self._seed_contract}[seed]()

    def tokens(self) -> list[dict[str, Any]]:
        return [
            {"token": token.id, "login": token.account.login, "expires_at": token.expires_at.isoformat()}
            for token in self.db.live_tokens()
        ]

    def expire_tokens(self) -> None:
        for token in self.db.live_tokens():
            token.expires_at = now() - timedelta(seconds=1)

    def contract_dice(self, answer: Any) -> None:
        self.db.dice = {"name": [], "provisioning_code": [], "context": [], "groups": []}
        self._collect(answer)

    def _collect(self, answer: Any) -> None:
        """What was drawn, in the order in which it stands in the answer."""
        if isinstance(answer, list):
            for item in answer:
                self._collect(item)
        elif isinstance(answer, dict):
            if isinstance(answer.get("endpoint_section_options"), list):
                self.db.dice["name"].append(answer["name"])
            if isinstance(answer.get("provisioning_code"), str):
                self.db.dice["provisioning_code"].append(answer["provisioning_code"])
            if "user_ranges" in answer and "uuid" in answer:
                self.db.dice["context"].append(answer["uuid"])
            if "ring_strategy" in answer:
                self.db.dice["groups"].append(answer["uuid"])
            for value in answer.values():
                self._collect(value)

    def _new_database(self) -> Database:
        self.db = Database()
        self.db.last_ids["extensions"] = self.feature_extensions
        return self.db

    def _seed_fresh(self) -> None:
        db = self._new_database()
        master = db.add_tenant("master", "master")
        branch = db.add_tenant("filiale", "filiale", parent=master)
        db.add_account(LOGIN, PASSWORD, master, ["#"])
        db.add_account(OPERATOR, OPERATOR_PASSWORD, master, ["#"])
        db.add_account("reader", PASSWORD, master, READING)
        for tenant, suffix in ((master, ""), (branch, "-filiale")):
            made = {
                name: contexts.add_context(
                    self,
                    tenant,
                    # Where the server makes the name, the label is what a playbook finds the context by.
                    name=None if self.names_by_server else name + suffix,
                    label=name if self.names_by_server else label,
                    type=kind,
                )
                for name, label, kind in FRESH_CONTEXTS
            }
            made["default"].ranges["user"] = [{"start": "1000", "end": "1999"}]
            made["default"].includes = [made["to-extern"].id]

    def _seed_contract(self) -> None:
        db = self._new_database()
        master = db.add_tenant("master", "master")
        acme = db.add_tenant("ACME SA", "acme", parent=master)
        db.add_tenant("Beta", "beta", parent=master)
        db.add_account(LOGIN, RECORDED_PASSWORD, master, ["auth.#", "confd.#"])
        db.add_account("root", RECORDED_PASSWORD, master, ["#"])
        db.add_account("reader", RECORDED_PASSWORD, master, ["confd.contexts.read"])
        db.add_account("acme", RECORDED_PASSWORD, acme, ["auth.#", "confd.#"])
        db.add_account("many", RECORDED_PASSWORD, master, [])

    def contract_step(self, recording: str, case: str) -> None:
        db = self.db
        if case == "use.context.delete.agent-logged-in":
            agents = next(context for context in db.contexts.values() if context.label == "Agents")
            db.rows("agents")[7] = Row(7, "", agents.tenant_uuid, {"context": agents.name})
        elif case == "legacy.get":
            # As an upgraded server may hold it.
            master = next(iter(db.tenants.values()))
            contexts.add_context(self, master, name="from-extern-old", type="incall", description="")
        elif case == "legacy.tenant-without-slug":
            next(tenant for tenant in db.tenants.values() if tenant.slug == "beta").slug = None


class Wazo2213(Wazo):
    name = "wazo-22.13"
    version = "22.13"
    context_schema = ContextSchema2213
    names_by_server = False
    reads_untyped_json = False
    status_needs_token = False
    refusal_names_tenant = False
    not_found_page = (
        '<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 3.2 Final//EN">\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n'
        "<p>The requested URL was not found on the server.  If you entered the URL manually"
        " please check your spelling and try again.</p>\n",
        "text/html",
    )
    no_content_length = 3
    free_ranges = False
    feature_extensions = 33
    deletes_used_extensions = True
    nested_users = False
    newer_fields = False
    keeps_lines_of_users = True
    keeps_line_names = True
    user_groups_schema = UserGroupsSchema2213
    shows_new_association = True
    duplicate_error = (
        "(psycopg2.IntegrityError) {detail}\n [SQL: '{statement}'] [parameters: {parameters}]"
        " (Background on this error at: http://sqlalche.me/e/gkpj)"
    )
    max_sessions = None
    longest_expiration = None
    logins_ignore_case = False
    unknown_backend_is_ignored = False
    token_purpose = False
    precise_utc = False
    tenant_authentication_method = False
    webrtc_video_template = True


class Wazo2609(Wazo):
    name = "wazo-26.09"
    version = "26.08"
    context_schema = ContextSchema2609
    names_by_server = True
    reads_untyped_json = True
    status_needs_token = True
    refusal_names_tenant = True
    not_found_page = (
        "<!doctype html>\n<html lang=en>\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n"
        "<p>The requested URL was not found on the server. If you entered the URL manually"
        " please check your spelling and try again.</p>\n",
        "text/html; charset=utf-8",
    )
    no_content_length = None
    free_ranges = True
    feature_extensions = 0
    deletes_used_extensions = False
    nested_users = True
    newer_fields = True
    keeps_lines_of_users = False
    keeps_line_names = False
    user_groups_schema = UserGroupsSchema2609
    shows_new_association = False
    duplicate_error = (
        "(psycopg2.errors.UniqueViolation) {detail}\n\n[SQL: {statement}]\n[parameters: {parameters}]\n"
        "(Background on this error at: https://sqlalche.me/e/14/gkpj)"
    )
    max_sessions = 100
    longest_expiration = 315360000
    logins_ignore_case = True
    unknown_backend_is_ignored = True
    token_purpose = True
    precise_utc = True
    tenant_authentication_method = True
    webrtc_video_template = False
