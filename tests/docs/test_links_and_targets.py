"""What the README and the documentation name exists: pages, make targets, and JSON that is JSON."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted(path for path in (ROOT / "docs").rglob("*.md") if "_build" not in path.parts)]
TARGETS = re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE)
each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", page.read_text(), re.MULTILINE | re.DOTALL)


@each_page
def test_every_link_leads_to_a_page(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", page.read_text())
    for link in links:
        assert (page.parent / link).exists(), f"{page.name} links to {link}"


@each_page
def test_every_make_target_that_is_named_exists(page: Path) -> None:
    named = re.findall(r"(?:^\$ |`)make ([a-z]+)", page.read_text(), re.MULTILINE)
    assert set(named) <= set(TARGETS)


@each_page
def test_every_json_example_is_json(page: Path) -> None:
    for block in blocks(page, "json"):
        json.loads(block)


def test_the_targets_that_others_rely_on_are_there() -> None:
    assert set(TARGETS) >= {"run", "test", "install", "check", "bench", "docs", "golden", "clean"}
