# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A small AWX: as much of its API as the modules of awx.awx use, with objects that stay, and its refusals.

It is no reference of AWX. It is there so that the real modules run, and find again what they have made.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import flask
from werkzeug.exceptions import HTTPException
from werkzeug.serving import make_server

from tests.awx.rules import check_credential_type, check_survey

LOGIN, PASSWORD = "admin", "of-the-controller"
ENCRYPTED = "$encrypted$"
# The fields of each sort of object with what AWX puts in; ... is needed. Others are refused, where AWX ignores them.
FIELDS: dict[str, dict[str, Any]] = {
    "organizations": {"name": ..., "description": "", "max_hosts": 0, "default_environment": None},
    "credential_types": {"name": ..., "description": "", "kind": ..., "inputs": {}, "injectors": {}, "managed": False},
    "credentials": {"name": ..., "description": "", "organization": None, "credential_type": ..., "inputs": {}},
    "execution_environments": {
        **{"name": ..., "description": "", "organization": None, "image": ...},
        **{"credential": None, "pull": ""},
    },
    "projects": {
        **{"name": ..., "description": "", "organization": None, "scm_type": "", "scm_url": "", "scm_branch": ""},
        **{"credential": None, "scm_update_on_launch": False},
    },
    "inventories": {"name": ..., "description": "", "organization": ..., "kind": "", "host_filter": None},
    "inventory_sources": {
        **{"name": ..., "description": "", "inventory": ..., "source": ..., "source_project": None, "source_path": ""},
        **{"overwrite": False, "overwrite_vars": False, "update_on_launch": False},
    },
    "job_templates": {
        **{"name": ..., "description": "", "organization": None, "job_type": "run", "inventory": None, "project": None},
        **{"playbook": "", "limit": "", "extra_vars": "", "job_slice_count": 1, "diff_mode": False},
        **{"verbosity": 0, "forks": 0},
        **{"execution_environment": None, "survey_enabled": False, "ask_credential_on_launch": False},
        **{"ask_job_type_on_launch": False, "ask_limit_on_launch": False, "ask_job_slice_count_on_launch": False},
    },
}
REFERENCES = {
    **{"organization": "organizations", "credential_type": "credential_types", "credential": "credentials"},
    **{"source_project": "projects", "project": "projects", "inventory": "inventories"},
    **{"execution_environment": "execution_environments", "default_environment": "execution_environments"},
}
Item = dict[str, Any]


class Controller:
    """The objects by sort and id, the surveys and credentials of job templates, and what was written."""

    def __init__(self, project: Path) -> None:
        self.project = project  # what every git repository holds
        self.url = ""
        self.objects: dict[str, dict[int, Item]] = {sort: {} for sort in FIELDS}
        self.surveys: dict[int, Item] = {}
        self.credentials: dict[int, list[int]] = {}  # of job templates; of organizations, those for Galaxy
        self.updates: dict[int, Item] = {}
        self.sync_failure = ""  # what the update of a project prints, if it is to fail
        self.writes: list[str] = []
        self.tokens: set[str] = set()
        self.last_id = 0
        self.add("organizations", {"name": "Default"})

    def named(self, sort: str, name: str) -> Item:
        [item] = [item for item in self.objects[sort].values() if item["name"] == name]
        return item

    def add(self, sort: str, given: Item) -> Item:
        missing = [field for field, default in FIELDS[sort].items() if default is ... and field not in given]
        refuse(missing, f"missing: {missing}")
        self.last_id += 1
        item = {
            **FIELDS[sort],
            "id": self.last_id,
            "type": sort.removesuffix("s"),
            "url": f"/api/v2/{sort}/{self.last_id}/",
        }
        item["summary_fields"] = {}
        item["related"] = {"survey_spec": f"{item['url']}survey_spec/"} if sort == "job_templates" else {}
        if sort == "organizations":
            item["related"] = {"galaxy_credentials": f"{item['url']}galaxy_credentials/"}
        if sort == "projects":
            item["scm_revision"] = ""
            item["related"] = {"update": f"{item['url']}update/"}
        self.fill(sort, item, given)
        self.objects[sort][item["id"]] = item
        if sort == "projects":
            self.fetch(item)
        return item

    def fetch(self, project: Item) -> Item:
        """Fetch a project: after it was made or changed, and when somebody asks for it."""
        self.last_id += 1
        update = {
            **{"id": self.last_id, "url": f"/api/v2/project_updates/{self.last_id}/", "name": project["name"]},
            **{"status": "failed" if self.sync_failure else "successful", "failed": bool(self.sync_failure)},
            **{"finished": "2026-01-01T00:00:00Z", "output": self.sync_failure, "project": project["id"]},
        }
        project["scm_revision"] = update["scm_revision"] = "" if self.sync_failure else "5d1f7d3c"
        project["summary_fields"]["current_update"] = {"id": update["id"]}
        self.updates[update["id"]] = update
        return update

    def fill(self, sort: str, item: Item, given: Item) -> None:
        unknown = sorted(set(given) - set(FIELDS[sort]))
        refuse(unknown, f"AWX would ignore: {unknown}")
        for field, value in given.items():
            if field in REFERENCES and value is not None:
                refuse(value not in self.objects[REFERENCES[field]], f"{field}: there is no object {value}")
        after = {**item, **given}
        others = [one for one in self.objects[sort].values() if one["id"] != item["id"]]
        unique = ("name", "inventory" if sort == "inventory_sources" else "organization")
        refuse(any(all(one.get(k) == after.get(k) for k in unique) for one in others), "there is one of that name")
        if sort == "credential_types":
            try:
                check_credential_type(after["inputs"], after["injectors"])
            except ValueError as error:
                refuse(True, str(error))
        if sort == "credentials":
            fields = self.objects["credential_types"][after["credential_type"]]["inputs"]["fields"]
            unknown = sorted(set(after["inputs"]) - {field["id"] for field in fields})
            refuse(unknown, f"no inputs: {unknown}")
            after["inputs"] = {
                key: item.get("inputs", {}).get(key) if value == ENCRYPTED else value
                for key, value in after["inputs"].items()
            }
        if sort == "job_templates":
            refuse(not (self.project / after["playbook"]).is_file(), "Playbook not found for project.")
            json.loads(after["extra_vars"] or "{}")
            after["organization"] = self.objects["projects"][after["project"]]["organization"]
        if sort == "inventory_sources":
            refuse(not (self.project / after["source_path"]).exists(), "no such inventory in the project")
        item.update(after)

    def shown(self, item: Item) -> Item:
        if item["type"] != "credential":
            return item
        fields = self.objects["credential_types"][item["credential_type"]]["inputs"]["fields"]
        secret = {field["id"] for field in fields if field.get("secret")}
        return {**item, "inputs": {key: ENCRYPTED if key in secret else value for key, value in item["inputs"].items()}}


def refuse(condition: object, detail: str) -> None:
    if condition:
        flask.abort(flask.make_response({"detail": detail}, 400))


@contextmanager
def running(controller: Controller) -> Iterator[Controller]:
    server = make_server("127.0.0.1", 0, app_of(controller), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    controller.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield controller
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def app_of(controller: Controller) -> flask.Flask:
    app = flask.Flask("awx")

    @app.before_request
    def look_at_account() -> Any:
        request = flask.request
        given = request.authorization
        basic = given is not None and (given.username, given.password) == (LOGIN, PASSWORD)
        if request.path.startswith("/api/v2/tokens/"):
            known = basic
        else:
            known = basic or given is not None and given.type == "bearer" and given.token in controller.tokens
            if request.method != "GET":
                controller.writes.append(f"{request.method} {request.path}")
        return None if known else ({"detail": "Invalid credentials"}, 401)

    @app.after_request
    def name_version(response: flask.Response) -> flask.Response:
        response.headers["X-API-Product-Name"] = "AWX"
        response.headers["X-API-Product-Version"] = "24.6.1"
        return response

    @app.errorhandler(HTTPException)
    def tell(error: HTTPException) -> Any:
        return error.response or ({"detail": error.description}, error.code)

    @app.post("/api/v2/tokens/")
    def make_token() -> Any:
        controller.last_id += 1
        controller.tokens.add(f"token-{controller.last_id}")
        return {"id": controller.last_id, "token": f"token-{controller.last_id}"}, 201

    @app.delete("/api/v2/tokens/<int:number>/")
    def delete_token(number: int) -> Any:
        controller.tokens.remove(f"token-{number}")
        return "", 204

    @app.get("/api/v2/project_updates/")
    def project_updates() -> Any:
        wanted = flask.request.args
        assert (wanted["order_by"], wanted["page_size"]) == ("-id", "1")
        organization = controller.named("organizations", wanted["organization__name"])["id"]
        projects = {
            item["id"]
            for item in controller.objects["projects"].values()
            if item["name"] == wanted["project__name"] and item["organization"] == organization
        }
        found = [update for update in controller.updates.values() if update["project"] in projects]
        return {"count": len(found), "next": None, "results": found[-1:]}

    @app.get("/api/v2/project_updates/<int:number>/")
    def project_update(number: int) -> Any:
        update = controller.updates[number]
        controller.objects["projects"][update["project"]]["summary_fields"].pop("current_update", None)
        return {key: value for key, value in update.items() if key != "output"}

    @app.get("/api/v2/project_updates/<int:number>/stdout/")
    def project_update_output(number: int) -> Any:
        assert flask.request.args["format"] == "txt"
        return flask.Response(controller.updates[number]["output"], mimetype="text/plain")

    @app.post("/api/v2/projects/<int:number>/update/")
    def update_project(number: int) -> Any:
        return controller.fetch(controller.objects["projects"][number]), 202

    @app.get("/api/v2/<any(" + ",".join(FIELDS) + "):sort>/")
    def find(sort: str) -> Any:
        wanted = flask.request.args
        found = [
            controller.shown(item)
            for item in controller.objects[sort].values()
            if all(str(item[field]) == value for field, value in wanted.items())
        ]
        return {"count": len(found), "next": None, "results": found}

    @app.post("/api/v2/<any(" + ",".join(FIELDS) + "):sort>/")
    def create(sort: str) -> Any:
        return controller.shown(controller.add(sort, flask.request.json)), 201

    @app.patch("/api/v2/<any(" + ",".join(FIELDS) + "):sort>/<int:number>/")
    def change(sort: str, number: int) -> Any:
        item = controller.objects[sort][number]
        controller.fill(sort, item, flask.request.json)
        if sort == "projects":
            controller.fetch(item)
        return controller.shown(item)

    @app.get("/api/v2/job_templates/<int:number>/survey_spec/")
    def survey(number: int) -> Any:
        return controller.surveys.get(number, {})

    @app.post("/api/v2/job_templates/<int:number>/survey_spec/")
    def set_survey(number: int) -> Any:
        try:
            check_survey(flask.request.json)
        except ValueError as error:
            return {"error": str(error)}, 400
        controller.surveys[number] = flask.request.json
        return {}

    @app.get(
        "/api/v2/<any(job_templates,organizations):_sort>/<int:number>/<any(credentials,galaxy_credentials):_kind>/"
    )
    def credentials(_sort: str, number: int, _kind: str) -> Any:
        found = [
            controller.shown(controller.objects["credentials"][one]) for one in controller.credentials.get(number, [])
        ]
        return {"count": len(found), "next": None, "results": found}

    @app.post(
        "/api/v2/<any(job_templates,organizations):sort>/<int:number>/<any(credentials,galaxy_credentials):_kind>/"
    )
    def associate(sort: str, number: int, _kind: str) -> Any:
        mine = controller.credentials.setdefault(number, [])
        one = flask.request.json["id"]
        if flask.request.json.get("disassociate"):
            mine.remove(one)
        else:
            kinds = [controller.objects["credentials"][each]["credential_type"] for each in [*mine, one]]
            several = sort == "organizations" or len(kinds) == len(set(kinds))
            refuse(not several, "Cannot assign multiple credentials of one type.")
            mine.append(one)
        return "", 204

    return app
