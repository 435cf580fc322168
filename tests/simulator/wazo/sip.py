# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SIP endpoints, the templates that a tenant is born with, and the transports."""

from __future__ import annotations

import string
from collections.abc import Iterable
from typing import Any
from uuid import UUID

import flask

from tests.simulator.wazo.confd import Confd
from tests.simulator.wazo.database import Row, Tenant
from tests.simulator.wazo.errors import ConfdError, exists, unknown_reference
from tests.simulator.wazo.schemas_people import SipSchema

SECTIONS = (
    *("aor_section_options", "auth_section_options", "endpoint_section_options", "identify_section_options"),
    *("registration_section_options", "registration_outbound_auth_section_options", "outbound_auth_section_options"),
)
# Of the other sections no recording shows what Asterisk takes.
AUTH_OPTIONS = ("auth_type", "nonce_lifetime", "md5_cred", "password", "realm", "username")
TRANSPORTS = {"transport-udp": "udp", "transport-wss": "wss"}
TWILIO = (
    *("54.172.60.0", "54.244.51.0", "54.171.127.192", "35.156.191.128"),
    *("54.65.63.192", "54.169.127.128", "54.252.254.64", "177.71.206.192"),
)

COLUMNS = {"name": lambda row: row.values["name"], "label": lambda row: row.values["label"]}


def _twilio_hosts() -> Iterable[str]:
    for first in TWILIO:
        network, _unused, host = first.rpartition(".")
        yield from (f"{network}.{int(host) + more}" for more in range(4))


def _templates(front: Confd) -> dict[str, dict[str, Any]]:
    """What each tenant has from the beginning, those that others build on first."""
    newer = front.server.newer_fields
    timers = [["timers", "always"], ["timers_sess_expires", "300"], ["timers_min_se", "90"]]
    video = [["max_audio_streams", "1"], ["max_video_streams", "25"]]
    webrtc = [
        ["webrtc", "yes"],
        ["dtls_auto_generate_cert", "yes"],
        ["allow", "!all,opus,g722,alaw,ulaw,vp9,vp8,h264"],
    ]
    templates: dict[str, dict[str, Any]] = {
        "global": {
            "transport": "transport-udp",
            "aor_section_options": [
                ["max_contacts", "1"],
                ["default_expiration", "120"],
                ["minimum_expiration", "60"],
                ["qualify_frequency", "60"],
                ["remove_existing", "true"],
                ["maximum_expiration", "3600"],
            ],
            "endpoint_section_options": [
                ["rtp_timeout", "7200"],
                ["allow_transfer", "yes"],
                ["use_ptime", "yes"],
                ["callerid", "wazo"],
                ["direct_media", "no"],
                ["dtmf_mode", "rfc4733"],
                ["language", "en_US"],
                ["inband_progress", "no"],
                ["rtp_timeout_hold", "0"],
                ["timers_sess_expires", "600"],
                ["timers_min_se", "90"],
                ["trust_id_inbound", "no"],
                ["allow_subscribe", "yes"],
                ["allow", "!all,ulaw"],
            ],
        },
        "webrtc": {
            "transport": "transport-wss",
            "templates": ["global"],
            "aor_section_options": [["max_contacts", "10"], ["remove_existing", "false"]],
            "endpoint_section_options": [*webrtc, *video, *timers] if newer else webrtc,
        },
    }
    if newer:
        templates["global"]["endpoint_section_options"] += [
            ["set_var", "TIMEOUT(absolute)=36000"],
            ["set_var", "DYNAMIC_FEATURES=togglerecord"],
            ["notify_early_inuse_ringing", "yes"],
        ]
    else:
        templates["webrtc_video"] = {"templates": ["webrtc"], "endpoint_section_options": video}
    return templates | {
        "meeting_guest": {"templates": ["webrtc" if newer else "webrtc_video"]},
        "registration_trunk": {
            "templates": ["global"],
            "registration_section_options": [
                ["retry_interval", "20"],
                ["max_retries", "10000"],
                ["auth_rejection_permanent", "no"],
                ["forbidden_retry_interval", "30"],
                ["fatal_retry_interval", "30"],
            ],
        },
        "twilio_trunk": {
            "templates": ["registration_trunk"],
            "identify_section_options": [["match", host] for host in _twilio_hosts()],
        },
    }


def add_routes(front: Confd) -> None:
    columns: dict[str, Any] = dict(COLUMNS)

    @front.route("GET", "/endpoints/sip")
    def list_sip() -> dict[str, Any]:
        rows: Iterable[Row] = front.db.rows("endpoints/sip").values()
        # Newer servers look for uuids, one or several, but do not sort by them.
        wanted = flask.request.args.get("uuid")
        if front.server.newer_fields and wanted is not None:
            rows = [row for row in rows if row.uuid in wanted.split(",")]
        return front.listed(rows, columns, "label", lambda row: sip_data(front, row))

    @front.route("POST", "/endpoints/sip")
    def create() -> tuple[Any, ...]:
        sip = add_sip(front, front.body())
        return sip_data(front, sip), 201, {"Location": front.url(f"endpoints/sip/{sip.uuid}")}

    @front.route("GET", "/endpoints/sip/<uuid:sip_uuid>")
    def get(sip_uuid: UUID) -> dict[str, Any]:
        sip = front.visible_row("endpoints/sip", sip_uuid)
        shown = sip_data(front, sip)
        if flask.request.args.get("view") == "merged":
            shown |= {section: _merged(front, sip, section) for section in SECTIONS}
        return shown

    @front.route("PUT", "/endpoints/sip/<uuid:sip_uuid>")
    def update(sip_uuid: UUID) -> None:
        sip = front.visible_row("endpoints/sip", sip_uuid)
        form = _load(front, SipSchema(partial=True), front.body(), sip)
        # A section that is given is replaced, the others stay.
        sip.values.update(form)
        front.db.touch_row("endpoints/sip", sip)

    @front.route("DELETE", "/endpoints/sip/<uuid:sip_uuid>")
    def delete(sip_uuid: UUID) -> None:
        delete_sip(front, front.visible_row("endpoints/sip", sip_uuid))

    @front.route("GET", "/endpoints/sip/templates")
    def list_templates() -> dict[str, Any]:
        tenants = [front.db.tenants[tenant_uuid] for tenant_uuid in front.tenants()]
        rows = [front.db.row_by_uuid(uuid) for tenant in tenants for uuid in templates_of(front, tenant).values()]
        return front.listed(rows, columns, "label", lambda row: _shown(front, row, "endpoint_sip_templates"))

    @front.route("GET", "/endpoints/sip/templates/<uuid:template_uuid>")
    def get_template(template_uuid: UUID) -> dict[str, Any]:
        templates_of(front, front.db.tenants[front.tenant_uuid])
        return _shown(front, front.visible_row(TEMPLATES, template_uuid), "endpoint_sip_templates")

    @front.route("GET", "/sip/transports")
    def list_transports() -> dict[str, Any]:
        items = [{"uuid": row.uuid, **row.values} for row in _transports(front).values()]
        return {"total": len(items), "items": items}


TEMPLATES = "endpoints/sip/templates"


def _transports(front: Confd) -> dict[str, Row]:
    """Those of a fresh server, by name; they belong to no tenant."""
    if not front.db.rows("sip/transports"):
        for name, protocol in TRANSPORTS.items():
            options = [["protocol", protocol], ["bind", "0.0.0.0:5060"]]
            front.db.add_row("sip/transports", "", {"name": name, "options": options})
    return {row.values["name"]: row for row in front.db.rows("sip/transports").values()}


def templates_of(front: Confd, tenant: Tenant) -> dict[str, str]:
    """The uuids of the tenant's templates by their labels."""
    if not tenant.sip_templates:
        transports = _transports(front)
        for label, given in _templates(front).items():
            values = _new_values(front, label)
            values |= {section: given[section] for section in SECTIONS if section in given}
            values["templates"] = [tenant.sip_templates[below] for below in given.get("templates", [])]
            if transport := given.get("transport"):
                values["transport"] = transports[transport].uuid
            tenant.sip_templates[label] = front.db.add_row(TEMPLATES, tenant.uuid, values).uuid
    return tenant.sip_templates


def _new_values(front: Confd, label: str | None = None) -> dict[str, Any]:
    name = front.db.draw("name", string.ascii_lowercase + string.digits, 8)
    return {"name": name, "label": label, **{section: [] for section in SECTIONS}} | {
        "templates": [],
        "transport": None,
        "asterisk_id": None,
    }


def _load(front: Confd, schema: SipSchema, body: Any, sip: Row | None = None) -> dict[str, Any]:
    """What is to be set, after all checks; templates and the transport as uuids."""
    form: dict[str, Any] = schema.load(body)
    for name, _value in form.get("auth_section_options", []):
        if name not in AUTH_OPTIONS:
            known = ", ".join(AUTH_OPTIONS)
            text = f"Input Error - 'auth_section_options: invalid variable ({name})' must be one of ({known})"
            raise ConfdError(400, text)
    if "name" in form:
        for other in front.db.rows("endpoints/sip").values():
            if other is not sip and other.values["name"] == form["name"]:
                raise exists("SIPEndpoint", name=form["name"])
    if "templates" in form:
        templates_of(front, front.db.tenants[front.tenant_uuid])
        uuids = [template["uuid"] for template in form["templates"]]
        for uuid in uuids:
            if front.find_row(TEMPLATES, uuid) is None:
                told = f"OrderedDict([('uuid', {uuid!r})])"
                text = f"Input Error - field 'templates': endpoint_sip was not found ('templates': {told})"
                raise ConfdError(400, text)
        form["templates"] = [str(uuid) for uuid in uuids]
    if form.get("transport"):
        uuid = form["transport"]["uuid"]
        if str(uuid) not in [row.uuid for row in _transports(front).values()]:
            raise unknown_reference("transport", "SIPTransport", uuid=uuid)
        form["transport"] = str(uuid)
    return form


def add_sip(front: Confd, body: Any, tenant_uuid: str | None = None) -> Row:
    form = _load(front, SipSchema(), body)
    return front.db.add_row("endpoints/sip", tenant_uuid or front.tenant_uuid, _new_values(front) | form)


def delete_sip(front: Confd, sip: Row) -> None:
    """Even when it is in use: its line stays without."""
    for line in front.db.lines.values():
        if line.sip_uuid == sip.uuid:
            line.sip_uuid = None
            line.old_name = sip.values["name"] if front.server.keeps_line_names else None
    front.db.delete_row("endpoints/sip", sip)


def _merged(front: Confd, sip: Row, section: str) -> list[list[str]]:
    """The section with what the templates give, by option: a later one has the last word."""
    options: dict[str, str] = {}
    for uuid in sip.values["templates"]:
        if template := front.db.row_by_uuid(uuid):
            options |= dict(_merged(front, template, section))
    options |= dict(sip.values[section])
    return [list(option) for option in options.items()]


def _shown(front: Confd, sip: Row, rel: str) -> dict[str, Any]:
    path = "endpoints/sip/templates" if rel == "endpoint_sip_templates" else "endpoints/sip"
    templates = [front.db.row_by_uuid(uuid) for uuid in sip.values["templates"]]
    transport = sip.values["transport"]
    return {
        "uuid": sip.uuid,
        "tenant_uuid": sip.tenant_uuid,
        **sip.values,
        "templates": [{"uuid": row.uuid, "label": row.values["label"]} for row in templates if row],
        "transport": transport and {"uuid": transport},
        "links": [{"rel": rel, "href": front.url(f"{path}/{sip.uuid}")}],
    }


def sip_data(front: Confd, sip: Row) -> dict[str, Any]:
    line = next((line for line in front.db.lines.values() if line.sip_uuid == sip.uuid), None)
    shown = _shown(front, sip, "endpoint_sip")
    return shown | {"trunk": None, "line": line and {"id": line.id, "links": front.links("lines", line.id)}}


def summary(front: Confd, sip: Row) -> dict[str, Any]:
    """An endpoint as its line shows it: without the password."""
    shown = _shown(front, sip, "endpoint_sip")
    auth = [option for option in shown["auth_section_options"] if option[0] == "username"]
    return {key: shown[key] for key in ("uuid", "label", "name", "links")} | {"auth_section_options": auth}
