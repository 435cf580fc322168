# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The one bridge between AnsibleModule and the engines."""

from __future__ import annotations

import hashlib
import os
import traceback
from collections.abc import Mapping
from typing import TYPE_CHECKING

from ansible.module_utils.basic import AnsibleModule, missing_required_lib
from ansible.module_utils.common.text.converters import to_bytes, to_text

from .arguments import connection_spec
from .environment import completed
from .errors import InputError, PartialError, TelephonyError
from .given import as_meant
from .secret_options import censored, masked_options, secret_values, without_values
from .servers.connect import connect
from .transport.masking import visible
from .transport.session import HAS_REQUESTS, REQUESTS_PROBLEM, Session

if TYPE_CHECKING:
    import typing as t

    from .secret_options import Spec
    from .servers.base import Server

    Engine = t.Callable[[t.Mapping[str, t.Any], bool, t.Any], dict[str, t.Any]]
    Secret = t.Callable[[t.Mapping[str, t.Any]], bool]
    Kept = dict[str, Server]


class Connect:
    """Called by an engine once it needs the server, which is found out then and only once."""

    def __init__(self, params: t.Mapping[str, t.Any], session: Session, servers: list[Server]) -> None:
        self.session = session
        self._params = params
        self._servers = servers

    def __call__(self) -> Server:
        if not self._servers:
            self._servers.append(connect(self._params, self.session))
        return self._servers[0]


# What is there to be read, on a terminal too; all else of a result is data, and stays as it is.
_READ = ("msg", "warnings", "diff", "done", "left", "exception")


class Module(AnsibleModule):
    """An AnsibleModule that hides secret options where they stand, and alters nothing else of a result.

    That they are secret was known before: while the arguments were logged. Its options are completed and taken as they
    are meant before Ansible looks at them.
    """

    def _load_params(self) -> None:
        super()._load_params()
        self.params, self.unused = completed(self.params, os.environ)
        self.params, self.untold = as_meant(self.params, self.argument_spec)

    def exit_json(self, **result: t.Any) -> t.NoReturn:
        super().exit_json(**self._censored(result))

    def fail_json(self, msg: str, **result: t.Any) -> t.NoReturn:
        super().fail_json(msg=visible(without_values(msg)), **self._censored(result))

    def _censored(self, result: dict[str, t.Any]) -> dict[str, t.Any]:
        self.no_log_values = set()
        return dict(result, invocation={"module_args": censored(self.argument_spec, self.params)})


def run_module(spec: dict[str, t.Any], engine: Engine, secret: Secret | None = None) -> None:
    """Run an engine as a module. ``secret`` tells of the options whether the result must not be shown."""
    module = Module(argument_spec=spec, supports_check_mode=True)
    if not HAS_REQUESTS:
        module.fail_json(msg=missing_required_lib("requests"), exception=REQUESTS_PROBLEM)
    problem = would_show(secret, module.params, module.no_log)
    if problem:
        module.fail_json(msg=problem)
    result = outcome(spec, module.params, module.check_mode, module._diff, engine, unused=module.unused)
    for warning in filter(None, [module.untold, *result.pop("warnings", ())]):
        module.warn(warning)
    if result.pop("failed", False):
        module.fail_json(**result)
    module.exit_json(**result)


def would_show(secret: Secret | None, params: t.Mapping[str, t.Any], no_log: bool) -> str:
    """Say what a task lacks whose result is secret, or return an empty text."""
    if not secret or no_log or not secret(params):
        return ""
    return "Set no_log: true on this task: it makes a token, which would be shown and logged."


def outcome(
    spec: Spec,
    params: t.Mapping[str, t.Any],
    check_mode: bool,
    diff: bool,
    engine: Engine,
    kept: Kept | None = None,
    unused: str = "",
) -> dict[str, t.Any]:
    """Run an engine with the options of a task, and return what the task is to show.

    ``unused`` says what of the environment does not count; it is told where a task fails that lacks just that.
    """
    damaged = masked_options(params)
    if damaged:
        result: dict[str, t.Any] = {"failed": True, "msg": "\n".join(damaged)}
    else:
        result = run(params, check_mode, engine, kept, secret_values(spec, params))
    lacks = not params.get("host") or not (params.get("token") or params.get("username") and params.get("password"))
    if result.get("failed") and unused and lacks:
        result["msg"] = f"{result['msg']} {unused}"
    if not diff:
        result.pop("diff", None)
    return {key: _visible(value) if key in _READ else value for key, value in result.items()}


def _visible(value: t.Any) -> t.Any:
    if isinstance(value, str):
        return visible(value)
    if isinstance(value, list):
        return [_visible(item) for item in value]
    if isinstance(value, Mapping):
        return {key: _visible(item) for key, item in value.items()}
    return value


def run(
    params: t.Mapping[str, t.Any],
    check_mode: bool,
    engine: Engine,
    kept: Kept | None = None,
    secrets: t.Iterable[str] = (),
) -> dict[str, t.Any]:
    """Run an engine, leave nothing behind on the server, and turn every error into a result with a text to read.

    ``secrets`` are those of the options; they are masked in what a server says. With ``kept``, a server that still
    answers goes there, and serves the next run that has the same connection options. Whoever gives it closes what is in
    it.
    """
    if params.get("host") is None:
        text = "No server is named. Give the option host, or set the variable XIVO_HOST of the environment."
        return _failure(text)
    where = _where(params)
    server = kept.pop(where, None) if kept is not None else None
    session = server.session if server else None
    servers = [server] if server else []
    well = False

    try:
        if session is None:
            session = Session(params["validate_certs"], params["ca_path"], params["timeout"])
        for secret in secrets:
            session.masker.hide(secret, of_task=True)
        result = engine(params, check_mode, Connect(params, session, servers))
        well = True
        return result
    except PartialError as error:
        return _failure(error.text, changed=bool(error.done), done=error.done, left=error.left, **error.result)
    except TelephonyError as error:
        # A refusal with a status came over a connection that works.
        well = isinstance(error, InputError) or getattr(error, "status", None) is not None
        return _failure(error.text)
    except Exception as error:
        text = "This is a fault of the collection, or the server answers what no XiVO and no Wazo is known to answer"
        # Nobody knows what such an error is made of.
        masked = session.masked if session else to_text
        return _failure(
            f"{text} ({type(error).__name__}: {masked(error)}). Please report it.",
            exception=masked(traceback.format_exc()),
        )
    finally:
        if kept is not None and servers and well:
            servers[0].forget()
            servers[0].session.masker.task_ended()
            kept[where] = servers[0]
        elif servers:
            servers[0].close()
        elif session is not None:
            session.close()


def _where(params: t.Mapping[str, t.Any]) -> str:
    """Return a name for the connection options that shows none of them: there are secrets among them."""
    options = repr([(option, params.get(option)) for option in sorted(connection_spec())])
    return hashlib.sha256(to_bytes(options)).hexdigest()


def _failure(text: str, **more: t.Any) -> dict[str, t.Any]:
    return dict(more, failed=True, msg=text)
