# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The documentation site that `make docs` has built, looked at in a browser as a file of the disk."""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import unquote

import pytest
from playwright.sync_api import expect

from tests.pages.conftest import Looker, accessibility_problems

ROOT = Path(__file__).resolve().parents[2]
SITE = Path(os.environ["SITE"])
PAGES = sorted(SITE.glob("**/*.html"))
GUIDES = sorted(path.relative_to(ROOT).with_suffix(".html").as_posix() for path in ROOT.glob("docs/**/*.md"))
MODULES = sorted(path.stem for path in ROOT.glob("plugins/modules/xivo_*.py"))


def label(page: object) -> str:
    return page.relative_to(SITE).as_posix() if isinstance(page, Path) else str(page)


def test_all_is_there() -> None:
    built = {label(page) for page in PAGES}
    assert set(GUIDES) <= built
    assert {f"collections/{module}_module.html" for module in MODULES} <= built
    assert "collections/xivo_context_role.html" in built


def test_links_lead_somewhere() -> None:
    """Every link within the site, to its anchor; what leads elsewhere is left alone."""
    ids = {page: set(re.findall(r'\bid="([^"]*)"', page.read_text(encoding="utf-8"))) for page in PAGES}
    seen = 0
    for page in PAGES:
        for target in re.findall(r'<a [^>]*href="([^"]*)"', page.read_text(encoding="utf-8")):
            if re.match(r"[a-z]+:", target):
                continue
            path, _hash, anchor = unquote(target).partition("#")
            file = (page.parent / path).resolve() if path else page
            assert file.exists(), f"{label(page)}: {target}"
            assert not anchor or file not in ids or anchor in ids[file], f"{label(page)}: {target}"
            seen += 1
    assert seen > 1000


@pytest.mark.parametrize(
    "page", [page for page in PAGES if page.name not in ("genindex.html", "search.html")], ids=label
)
def test_a_page_opens(page: Path, looker: Looker) -> None:
    with looker.open(page) as shown:
        assert shown.locator("html").get_attribute("lang") == ("fr" if "/fr/" in page.as_posix() else "en")
        expect(shown.locator("[role=main] h1").first).to_be_visible()
        for image in shown.locator("[role=main] img").all():
            assert image.evaluate("image => image.naturalWidth") > 0


def test_the_navigation_leads_to_each_guide_and_module(looker: Looker) -> None:
    with looker.open(SITE / "index.html") as page:
        links = page.locator(".wy-menu a").evaluate_all("all => all.map(a => a.getAttribute('href'))")
        assert set(GUIDES) <= set(links)
    with looker.open(SITE / "collections/index.html") as page:
        links = page.locator("[role=main] a").evaluate_all("all => all.map(a => a.getAttribute('href'))")
        assert {f"{module}_module.html" for module in MODULES} <= {link.partition("#")[0] for link in links}


def test_the_search_finds_an_error_and_a_module(looker: Looker) -> None:
    for words, found in (("xivo_context_range", "xivo_context_range"), ("certificate", "Errors")):
        with looker.open(SITE / "search.html", f"?q={words}") as page:
            expect(page.locator("#search-results li").first).to_be_visible()
            expect(page.locator("#search-results")).to_contain_text(found)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("page", ["index.html", "docs/first_department.html", "docs/fr/premier_service.html"])
def test_accessible(page: str, scheme: str, looker: Looker) -> None:
    with looker.open(SITE / page, color_scheme=scheme) as shown:
        # What is around the text is the theme's.
        assert accessibility_problems(shown, "[role=main]") == []
