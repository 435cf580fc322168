# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Import every module and module_utils as a managed host would: with this Python, bare, and without requests.

Run by each Python that modules may run on:
check_imports.py FOLDER-OF-ANSIBLE-CORE FOLDER-OF-THE-COLLECTION
"""

from __future__ import annotations

import importlib
import os
import sys
import traceback
import types

NAME = "ansible_collections.telephony.xivo"


def package(name, path):
    """A package that is only a path, as in the archive that ansible sends to a host."""
    module = types.ModuleType(name)
    module.__path__ = [path] if path else []
    module.__file__ = os.path.join(path or "", "__init__.py")  # ansible.module_utils asks for it
    sys.modules[name] = module


def main():
    core, collection = sys.argv[1:]
    sys.dont_write_bytecode = True
    sys.modules["requests"] = None  # importing it raises ImportError, as where it is not installed
    package("ansible", core)
    package("ansible_collections", None)
    package("ansible_collections.telephony", None)
    package(NAME, collection)
    package(NAME + ".plugins", os.path.join(collection, "plugins"))
    package(NAME + ".plugins.modules", os.path.join(collection, "plugins", "modules"))

    names = []
    for kind in ("module_utils", "modules"):
        for folder, _folders, files in os.walk(os.path.join(collection, "plugins", kind)):
            for file in files:
                if file.endswith(".py"):
                    path = os.path.relpath(os.path.join(folder, file), collection)[: -len(".py")]
                    names.append(NAME + "." + path.replace(os.sep, ".").replace(".__init__", ""))
    failed = 0
    for name in sorted(names):
        try:
            importlib.import_module(name)
        except BaseException:
            failed += 1
            traceback.print_exc()
    print(f"Python {sys.version.split()[0]}: {len(names)} files, {failed} failed")
    return 1 if failed or not names else 0


sys.exit(main())
