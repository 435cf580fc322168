# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The engine of a module, run inside Ansible's worker process wherever that gives what the module would give.

Starting Python and loading a module takes some 300 ms for every item of a loop. A worker process runs all items of a
loop, so here they also share one connection and one token.
"""

from __future__ import annotations

import functools
import inspect
import json
import os
import signal
import sys
import warnings
from multiprocessing.util import Finalize
from types import FrameType, ModuleType
from typing import TYPE_CHECKING, Any, ClassVar

from ansible import constants as C
from ansible.module_utils.errors import UnsupportedError
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action.normal import ActionModule as NormalAction
from ansible_collections.telephony.xivo.plugins.module_utils.environment import completed
from ansible_collections.telephony.xivo.plugins.module_utils.given import as_meant
from ansible_collections.telephony.xivo.plugins.module_utils.run import outcome, would_show
from ansible_collections.telephony.xivo.plugins.module_utils.secret_options import censored, without_values
from ansible_collections.telephony.xivo.plugins.module_utils.transport.masking import visible
from ansible_collections.telephony.xivo.plugins.module_utils.transport.session import HAS_REQUESTS
from ansible_collections.telephony.xivo.plugins.plugin_utils.checked import Checker

try:
    from ansible.module_utils.common.json import Direction, get_module_encoder
except ImportError:  # ansible-core before 2.19
    from ansible.module_utils.common.json import AnsibleJSONEncoder

    PROFILE: tuple[str, ...] = ()
    ENCODER: dict[str, Any] = {"cls": AnsibleJSONEncoder, "vault_to_text": True}
else:
    PROFILE = ("legacy",)  # the one of every module written in Python
    ENCODER = {"cls": get_module_encoder(*PROFILE, Direction.CONTROLLER_TO_MODULE)}

# An ansible-core that reads a module's output in another way gets modules, until this file knows it.
IS_KNOWN = (
    tuple(inspect.signature(NormalAction._parse_returned_data).parameters)
    == ("self", "res", "profile")[: 2 + len(PROFILE)]
)

if TYPE_CHECKING:
    from ansible_collections.telephony.xivo.plugins.module_utils.servers.base import Server

Variables = dict[str, Any]
Result = dict[str, Any]

# Turn the fast path off: the one for a whole run, the other for a host, a play or a task.
ENVIRONMENT, VARIABLE = "XIVO_FAST_PATH", "xivo_fast_path"


class FastAction(NormalAction):
    """Decides for one task which way it goes. Every other way than the fast one is Ansible's own, unchanged."""

    MODULE: ClassVar[ModuleType]

    def run(self, tmp: str | None = None, task_vars: Variables | None = None) -> Result:
        variables = task_vars or {}
        internal: Variables = {}
        self._update_module_args(self._task.action, internal, variables)
        # A traceback that somebody asks for is to be the module's own.
        if internal.get("_ansible_tracebacks_for") or not self._is_fast(variables):
            return super().run(tmp, task_vars)
        return self._run_here(internal)

    def _is_fast(self, variables: Variables) -> bool:
        task, connection = self._task, self._connection
        return (
            HAS_REQUESTS
            and IS_KNOWN
            and boolean(os.environ.get(ENVIRONMENT) or True, strict=False)
            and boolean(self._templar.template(variables.get(VARIABLE, True)), strict=False)
            and connection.transport == "local"
            and not (connection.become or task.become or task.async_val or any(task.environment or ()))
            # Looking up proxies after a fork can crash there.
            and sys.platform != "darwin"
            and is_own_python(self._interpreter(variables))
        )

    def _interpreter(self, variables: Variables) -> str | None:
        """Find the Python that the module would run on, as Ansible does; None where it would have to look for one."""
        if self._task.delegate_to:
            variables = variables["ansible_delegated_vars"][self._task.delegate_to]
        wanted = C.config.get_config_value("INTERPRETER_PYTHON", variables=variables)
        found: str = self._templar.template(wanted)
        if not found or found in ("auto", "auto_silent", "auto_legacy", "auto_legacy_silent"):
            return variables.get("ansible_facts", {}).get("discovered_interpreter_python")
        return found

    def _run_here(self, internal: Variables) -> Result:
        given, unused = completed(json.loads(json.dumps(self._task.args, **ENCODER)), os.environ)
        given, untold = as_meant(given, self.MODULE.SPEC)
        checked, errors = checker_of(self.MODULE).check(given)
        given.update(checked)
        if errors.messages:
            text = visible(without_values(errors.msg))
            if isinstance(errors[0], UnsupportedError):
                text = f"Unsupported parameters for ({self._task.action}) module: {text}"
            result, untold = {"failed": True, "msg": text}, ""
        elif problem := would_show(getattr(self.MODULE, "is_secret", None), given, self._task.no_log):
            result, untold = {"failed": True, "msg": problem}, ""
        else:
            result = self._outcome(given, unused)
        said = dict.fromkeys(filter(None, [untold, *result.pop("warnings", ())]))
        if internal.get("_ansible_inject_invocation", True):
            result["invocation"] = {"module_args": censored(self.MODULE.SPEC, given)}
        if said:
            result["warnings"] = list(said)
        # Read by Ansible as the output of a module, so that it is one in all that follows.
        # Its lines are told apart with splitlines(), which cuts at U+0085 and U+2028 too: they go as codes.
        printed = json.dumps(result, ensure_ascii=True)
        parsed = self._parse_returned_data({"rc": 0, "stdout": printed, "stderr": ""}, *PROFILE)
        if not isinstance(parsed, dict):  # ansible-core from 2.21 on
            parsed.remove_internal_keys()
            parsed = parsed.as_result_dict(for_round_trip=True)
        return parsed

    def _outcome(self, params: Variables, unused: str) -> Result:
        # Only a loop comes back; elsewhere the token is deleted before the task is reported as done.
        kept = kept_by(os.getpid()) if self._task.loop else None
        before = os.getcwd()
        try:
            # A relative ca_path: a local module runs beside the playbook.
            os.chdir(self._loader.get_basedir())
            with warnings.catch_warnings():
                # Of urllib3, on a certificate that is not validated. What a module prints on stderr is dropped.
                warnings.simplefilter("ignore")
                result = outcome(
                    self.MODULE.SPEC, params, self._task.check_mode, self._task.diff, self.MODULE.ENGINE, kept, unused
                )
        finally:
            os.chdir(before)
        if PROFILE:
            result.pop("exception", None)  # since 2.19 shown only where tracebacks are asked for
        return result


def is_own_python(path: str | None) -> bool:
    """Tell whether a path surely is the Python that Ansible itself runs on, with the same libraries.

    Two names in one folder (python, python3.13) are the same; a name in another folder may be another virtualenv.
    """
    if not path or os.path.dirname(path) != os.path.dirname(sys.executable):
        return False
    try:
        return os.path.samefile(path, sys.executable)
    except OSError:
        return False


@functools.cache
def checker_of(module: ModuleType) -> Checker:
    """Return what checks the options of a module, made once for all items of a loop."""
    return Checker(module.SPEC)


@functools.cache
def kept_by(pid: int) -> dict[str, Server]:
    """The servers that a process stays connected to, until it ends. One that was forked from it has none of them.

    The one that a task is using is not among them at that moment.
    """
    servers: dict[str, Server] = {}
    Finalize(None, close, args=(servers,), exitpriority=100)
    ends = signal.getsignal(signal.SIGTERM) or signal.SIG_DFL

    def close_and_end(signum: int, _frame: FrameType | None) -> None:
        # After the last task Ansible ends the workers that are still there, this one perhaps before its time.
        close(servers)
        signal.signal(signum, ends)
        os.kill(pid, signum)

    signal.signal(signal.SIGTERM, close_and_end)
    return servers


def close(servers: dict[str, Server]) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # not in the middle of this
    while servers:
        servers.popitem()[1].close()
