"""`make bench` measures every page that people read: a page that is added is added there, too."""

from datetime import date

from flask import Flask
from werkzeug.routing import MapAdapter

from tests.benchmarks.archive import Archive
from tests.benchmarks.pages import pages

from .browser import without_a_server

NOT_READ = {
    "static", "health.lives", "health.ready", "health.health", "health.metrics",
    "sign-in.form", "sign-in.by_link", "sign-in.to_provider", "sign-in.from_provider", "displays.connect",
    "exports.page", "trail_pages.export", "certificates_pages.document", "certificates_pages.public_key",
    "submissions_pages.check_rejected", "submissions_pages.check", "submissions_pages.why",
    "submissions_pages.to_correct", "worklist-pages.mapping", "schedules_pages.table", "schedules_pages.document",
    "schedules_pages.pdf", "colour_rules_pages.sample", "entered_pages.of_dispute", "entered_pages.certificate",
    "handover_pages.handover", "other-reports.one", "action-plans.paper", "performance-notices.document",
    "home.clients",
    "calendar.feed", "reminders.confirming",
    "return-reviews.one", "return-reviews.by_number",
    "audits.sheet",
    "committee-report.paper", "committee-reports.one", "committee-reports.paper",
    "meetings.pack",
    "national_pages.national",
}  # fmt: skip
"""What serves no page, what is seen before there is a session, files to take away, steps on the way to a form, and
a handover and a kept comparison: the archive has none. Nor has it other councils; their read is measured apart. The
clients of a provider are its own to see."""


@without_a_server
def test_every_page_that_is_read_is_measured(app: Flask) -> None:
    address: MapAdapter = app.url_map.bind("localhost")
    archive = Archive(clients=1, years=1, first_day=date(2017, 1, 1))
    measured = {address.match(page.path.partition("?")[0])[0] for page in pages(archive)}
    read = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and not rule.rule.startswith("/api/")
    }
    assert read - NOT_READ == measured
