# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The one bridge between AnsibleModule and the engines."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import traceback

from ansible.module_utils.basic import AnsibleModule, missing_required_lib
from ansible.module_utils.common.text.converters import to_text

from .errors import PartialError, TelephonyError, known
from .servers.connect import connect
from .transport.session import HAS_REQUESTS, REQUESTS_PROBLEM, Session

MYPY = False
if MYPY:
    import typing as t  # noqa: F401

    from .servers.base import Server  # noqa: F401

    Engine = t.Callable[[t.Mapping[str, t.Any], bool, t.Callable[[], Server]], t.Dict[str, t.Any]]


def run_module(spec, engine, **options):
    # type: (t.Dict[str, t.Any], Engine, t.Any) -> None
    """Run an engine as a module."""
    module = AnsibleModule(argument_spec=spec, supports_check_mode=True, **options)
    if not HAS_REQUESTS:
        module.fail_json(msg=missing_required_lib("requests"), exception=REQUESTS_PROBLEM)
    result = run(_as_text(module.params), module.check_mode, engine)
    if not module._diff:
        result.pop("diff", None)
    for warning in result.pop("warnings", ()):
        module.warn(warning)
    if result.pop("failed", False):
        module.fail_json(**result)
    module.exit_json(**result)


def run(params, check_mode, engine):
    # type: (t.Mapping[str, t.Any], bool, Engine) -> t.Dict[str, t.Any]
    """Run an engine, leave nothing behind on the server, and turn every error into a result with a text to read."""
    session = None  # type: t.Optional[Session]
    servers = []  # type: t.List[Server]

    def connected():
        # type: () -> Server
        servers.append(connect(params, known(session)))
        return servers[0]

    try:
        session = Session(params["validate_certs"], params["ca_path"], params["timeout"])
        return engine(params, check_mode, connected)
    except PartialError as error:
        return _failure(error.text, session, changed=bool(error.done), done=error.done, left=error.left, **error.result)
    except TelephonyError as error:
        return _failure(error.text, session)
    except Exception as error:
        text = "This is a fault of the collection, or the server answers what no XiVO and no Wazo is known to answer"
        return _failure(
            "%s (%s: %s). Please report it." % (text, type(error).__name__, to_text(error)),
            session,
            exception=traceback.format_exc(),
        )
    finally:
        for server in servers:
            server.close()
        if session is not None:
            session.close()


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
