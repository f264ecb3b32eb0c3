"""The alerts: each asks for metrics that the service has, and says what to do; Prometheus itself reads them."""

import re
import shutil
import subprocess

import pytest

from web.queries.administration.condition import CHECK_NAMES

from .test_links_and_targets import ROOT

RULES = ROOT / "packaging/recount.rules.yml"
PAGE = (ROOT / "docs/how-to/watch-over-a-service.md").read_text()
# tests/web/test_telemetry.py holds this list against what a running service has.
METRICS = set(re.findall(r"^\| `(recount_\w+)`", (ROOT / "docs/reference/metrics.md").read_text(), re.MULTILINE))


def test_every_alert_asks_for_what_there_is() -> None:
    asked = set(re.findall(r"\brecount_\w+", RULES.read_text()))
    assert {re.sub("_bucket$", "", name) for name in asked} - METRICS == set()
    assert set(re.findall(r'check="([^"]+)"', RULES.read_text())) <= set(CHECK_NAMES)


def test_every_alert_says_what_to_do() -> None:
    alerts = re.findall(r"- alert: (\w+)", RULES.read_text())
    assert len(alerts) > 10
    assert alerts == re.findall(r"^\| `(Recount\w+)`", PAGE, re.MULTILINE)


def test_every_check_is_documented() -> None:
    checks = (ROOT / "docs/reference/metrics.md").read_text().partition("## Checks")[2].partition("\n## ")[0]
    assert tuple(re.findall(r"^\| `([a-z ]+)`", checks, re.MULTILINE)) == CHECK_NAMES


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool, of Prometheus, is not installed")
def test_prometheus_reads_them() -> None:
    checked = subprocess.run(["promtool", "check", "rules", RULES], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
