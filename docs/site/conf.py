# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How Sphinx makes the documentation site. `make docs` lays out the pages, and those of the plugins beside them."""

from __future__ import annotations

from typing import Any

project = "telephony.xivo"
copyright = "2026, telephony.xivo contributors"  # noqa: A001
language = "en"

extensions = ["myst_parser", "sphinx_antsibull_ext"]
# Links to headings work as they do on a forge.
myst_heading_anchors = 4
# The whole site works offline, so nothing is looked up elsewhere.
intersphinx_mapping: dict[str, Any] = {}
exclude_patterns = ["collections/index_*.rst", "collections/callback_*", "collections/environment_variables.rst"]

# Labels of Ansible's own documentation, which antsibull-docs refers to.
suppress_warnings = ["ref.ref"]

html_theme = "sphinx_ansible_theme"
html_theme_options = {"topbar_links": {}}
html_title = "telephony.xivo"
html_show_sphinx = False
html_copy_source = False
html_static_path = ["_static"]
html_css_files = ["contrast.css"]
html_js_files = ["focus.js"]
pygments_style = "xcode"
# The lines around what was found would be fetched, which a browser refuses for files of the disk.
html_show_search_summary = False
highlight_language = "yaml"


def set_language(app: Any, pagename: str, templatename: str, context: dict[str, Any], doctree: Any) -> None:
    """A page says which language it is in, for screen readers and for hyphenation."""
    if pagename.startswith("docs/fr/"):
        context["language"] = "fr"


def setup(app: Any) -> None:
    app.connect("html-page-context", set_language)
