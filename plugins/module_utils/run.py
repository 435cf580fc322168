# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The one bridge between AnsibleModule and the engines."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import hashlib
import traceback

from ansible.module_utils.basic import AnsibleModule, missing_required_lib
from ansible.module_utils.common.text.converters import to_bytes, to_text

from .arguments import connection_spec
from .errors import InputError, PartialError, TelephonyError
from .servers.connect import connect
from .transport.session import HAS_REQUESTS, REQUESTS_PROBLEM, Session

MYPY = False
if MYPY:
    import typing as t  # noqa: F401

    from .servers.base import Server  # noqa: F401

    Engine = t.Callable[[t.Mapping[str, t.Any], bool, t.Any], t.Dict[str, t.Any]]
    Kept = t.Dict[str, Server]


class Connect(object):
    """Called by an engine once it needs the server, which is found out then and only once."""

    def __init__(self, params, session, servers):
        # type: (t.Mapping[str, t.Any], Session, t.List[Server]) -> None
        self.session = session
        self._params = params
        self._servers = servers

    def __call__(self):
        # type: () -> Server
        if not self._servers:
            self._servers.append(connect(self._params, self.session))
        return self._servers[0]


def run_module(spec, engine, secret=None):
    # type: (t.Dict[str, t.Any], Engine, t.Optional[t.Callable[[t.Mapping[str, t.Any]], bool]]) -> None
    """Run an engine as a module. ``secret`` tells of the options whether the result must not be shown."""
    module = AnsibleModule(argument_spec=spec, supports_check_mode=True)
    if not HAS_REQUESTS:
        module.fail_json(msg=missing_required_lib("requests"), exception=REQUESTS_PROBLEM)
    if secret and secret(module.params) and not module.no_log:
        module.fail_json(msg="Set no_log: true on this task: it makes a token, which would be shown and logged.")
    result = outcome(module.params, module.check_mode, module._diff, engine)
    for warning in result.pop("warnings", ()):
        module.warn(warning)
    if result.pop("failed", False):
        module.fail_json(**result)
    module.exit_json(**result)


def outcome(params, check_mode, diff, engine, kept=None):
    # type: (t.Mapping[str, t.Any], bool, bool, Engine, t.Optional[Kept]) -> t.Dict[str, t.Any]
    """Run an engine with the options of a task, and return what the task is to show."""
    result = run(_as_text(params), check_mode, engine, kept)
    if not diff:
        result.pop("diff", None)
    return result


def run(params, check_mode, engine, kept=None):
    # type: (t.Mapping[str, t.Any], bool, Engine, t.Optional[Kept]) -> t.Dict[str, t.Any]
    """Run an engine, leave nothing behind on the server, and turn every error into a result with a text to read.

    With ``kept``, a server that still answers goes there, and serves the next run that has the same connection options.
    Whoever gives it closes what is in it.
    """
    where = _where(params)
    server = kept.pop(where, None) if kept is not None else None
    session = server.session if server else None
    servers = [server] if server else []
    well = False

    try:
        if session is None:
            session = Session(params["validate_certs"], params["ca_path"], params["timeout"])
        result = engine(params, check_mode, Connect(params, session, servers))
        well = True
        return result
    except PartialError as error:
        return _failure(error.text, session, changed=bool(error.done), done=error.done, left=error.left, **error.result)
    except TelephonyError as error:
        # A refusal with a status came over a connection that works.
        well = isinstance(error, InputError) or getattr(error, "status", None) is not None
        return _failure(error.text, session)
    except Exception as error:
        text = "This is a fault of the collection, or the server answers what no XiVO and no Wazo is known to answer"
        return _failure(
            "%s (%s: %s). Please report it." % (text, type(error).__name__, to_text(error)),
            session,
            exception=traceback.format_exc(),
        )
    finally:
        if kept is not None and servers and well:
            servers[0].forget()
            kept[where] = servers[0]
        elif servers:
            servers[0].close()
        elif session is not None:
            session.close()


def _where(params):
    # type: (t.Mapping[str, t.Any]) -> str
    """Return a name for the connection options that shows none of them: there are secrets among them."""
    options = repr([(option, params.get(option)) for option in sorted(connection_spec())])
    return hashlib.sha256(to_bytes(options)).hexdigest()


def _failure(text, session, exception=None, **more):
    # type: (str, t.Optional[Session], t.Optional[str], t.Any) -> t.Dict[str, t.Any]
    hide = session.masked if session else to_text
    result = dict(more, failed=True, msg=hide(text))
    if exception:
        result["exception"] = hide(exception)
    return result


def _as_text(value):
    # type: (t.Any) -> t.Any
    """Turn Python 2's byte strings into text, all the way down."""
    if isinstance(value, dict):
        return {key: _as_text(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_as_text(item) for item in value]
    return to_text(value, nonstring="passthru")
