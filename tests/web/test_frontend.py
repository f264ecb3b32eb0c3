"""The ground of the pages: what is built is what is committed, nothing comes from elsewhere, words are safe."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, render_template_string, request
from flask.testing import FlaskClient
from flask_wtf import CSRFProtect

import web
from web.pages.frame.errors import refusal_of
from web.pages.frame.layout import Surroundings, use_layout
from web.pages.frame.navigation import here
from web.pages.frame.paging import Paging
from web.presenters.tables import Column, Link, Table

from .styleguide import charts, styleguide

WEB = Path(web.__file__).parent
STATIC = WEB / "static"
BUILT = sorted(path.relative_to(STATIC) for folder in ("govuk", "swagger-ui") for path in (STATIC / folder).iterdir())
STATUSES = (400, 401, 403, 404, 405, 409, 413, 422, 429, 500, 503, 507)


@pytest.fixture(scope="module")
def guide() -> FlaskClient:
    return styleguide().test_client()


@pytest.fixture(scope="module")
def page(guide: FlaskClient) -> str:
    return guide.get("/").text


def bare(**config: object) -> Flask:
    """An application with the layout and nothing else."""
    app = Flask("bare", static_folder=str(STATIC), template_folder=str(WEB / "templates"))
    app.config.update(SECRET_KEY="protects nobody", **config)
    use_layout(app, lambda: Surroundings(sign_out="/sign-out", person="Avery Example"))
    return app


class TestBuilt:
    def test_the_stylesheet_asks_for_nothing_else(self):
        css = (STATIC / "recount.css").read_text(encoding="utf-8")
        assert not re.findall(r"url\(|@import|@font-face", css)
        assert "GDS Transport" not in css
        assert "crown" not in css
        assert "crest" not in css

    def test_every_licence_stands_beside_what_it_covers(self):
        assert "MIT License" in (STATIC / "govuk" / "LICENSE.txt").read_text(encoding="utf-8")
        assert "Apache License" in (STATIC / "swagger-ui" / "LICENSE").read_text(encoding="utf-8")
        assert (STATIC / "swagger-ui" / "NOTICE").exists()

    def test_the_lock_says_what_and_not_from_where(self):
        lock = (WEB / "frontend" / "package-lock.json").read_text(encoding="utf-8")
        assert "http" not in lock
        packages = json.loads(lock)["packages"]
        assert all("integrity" in locked for name, locked in packages.items() if name)
        assert packages["node_modules/govuk-frontend"]["version"] == "6.3.0"

    def test_every_kind_of_mark_has_its_look(self):
        css = (STATIC / "recount.css").read_text(encoding="utf-8")
        kinds = {mark.kind for chart in charts().values() for mark in chart.marks}
        assert not {kind for kind in kinds if f".app-mark--{kind}" not in css}

    @pytest.mark.slow
    def test_building_again_gives_what_is_committed(self, tmp_path: Path):
        node, npm = shutil.which("node"), shutil.which("npm")
        if not (node and npm):
            pytest.skip("NOT HELD: node and npm are not here, so web/static/ is not compared with its sources")
        sources = tmp_path / "frontend"
        shutil.copytree(WEB / "frontend", sources, ignore=shutil.ignore_patterns("node_modules"))
        quickly = ("--prefer-offline", "--fetch-retries=0", "--fetch-timeout=20000")
        installed = subprocess.run([npm, "ci", *quickly], cwd=sources, capture_output=True, text=True, check=False)
        if installed.returncode:
            pytest.skip("NOT HELD: the packages could not be had, so web/static/ is not compared with its sources")
        subprocess.run([node, "build.mjs", tmp_path / "static"], cwd=sources, check=True)
        for path in (Path("recount.css"), *BUILT):
            assert (tmp_path / "static" / path).read_bytes() == (STATIC / path).read_bytes(), path


class TestPage:
    def test_nothing_is_asked_of_another_machine(self, page: str):
        assert not re.findall(r'(?:src|href|action)="(?:https?:)?//', page)

    def test_no_style_and_no_handler_stands_inline(self, page: str):
        assert not re.findall(r"<style|\sstyle=|\son[a-z]+=", page)

    def test_each_inline_script_carries_the_nonce_of_its_answer(self, guide: FlaskClient):
        answer = guide.get("/")
        (nonce,) = re.findall(r"'nonce-([^']+)'", answer.headers["Content-Security-Policy"])
        assert re.findall(r"<script(?![^>]* src=)([^>]*)>", answer.text) == [f' nonce="{nonce}"']

    def test_ids_are_given_once(self, page: str):
        ids = re.findall(r'\sid="([^"]+)"', page)
        assert len(ids) == len(set(ids))

    def test_title_banner_and_footer_say_where_one_is(self, page: str):
        assert "<title>Error: Every component – Recount</title>" in page
        assert "every person, record and agency in it is invented" in page
        assert "Accessibility statement" in page
        assert 'aria-current="page"' in page

    def test_an_immature_figure_leads_with_its_counts(self, page: str):
        figure = page.split('id="figure-2"')[1].split("</section>", maxsplit=1)[0]
        assert "0 of 9 so far; 2 have had their six months" in figure
        assert "app-figure__percentage" not in figure
        assert "Percentage so far" in figure
        assert "<svg" not in figure

    def test_an_empty_group_has_no_percentage(self, page: str):
        figure = page.split('id="figure-4"')[1].split("</section>", maxsplit=1)[0]
        assert "0 of 0" in figure
        assert "there is no percentage" in figure
        assert "<svg" not in figure

    def test_words_of_others_are_never_markup(self):
        source = """{% from "components/table.html" import data_table, definitions %}
        {% from "components/state.html" import nothing_yet %}
        {{ data_table("t", table) }}{{ definitions([(evil, evil)]) }}{{ nothing_yet(evil) }}"""
        with bare().test_request_context():
            evil = "<script>alert(1)</script>"
            table = Table((Column(evil), Column("b")), [(evil, Link(evil, evil))], evil)
            told = render_template_string(source, evil=evil, table=table)
        assert "<script" not in told
        assert told.count("&lt;script&gt;") == 8

    def test_leaving_is_a_form_with_its_token(self):
        app = bare()
        CSRFProtect(app)
        with app.test_request_context():
            told = render_template_string('{% extends "layout.html" %}{% set heading = "Here" %}')
        assert '<form method="post" action="/sign-out">' in told
        assert re.search(r'name="csrf_token" value="[^"]+"', told)

    def test_without_a_token_to_give_none_is_written(self):
        with bare().test_request_context():
            assert "csrf_token" not in render_template_string('{% extends "layout.html" %}')


class TestStates:
    @pytest.mark.parametrize("macro", ['nothing_yet("No file.")', "no_permission()", "too_few()"])
    def test_what_to_do_next_stands_in_it(self, macro: str):
        source = (
            '{% from "components/state.html" import nothing_yet, no_permission, too_few %}'
            f"{{% call {macro} %}}<p>Send the first one.</p>{{% endcall %}}"
        )
        with bare().test_request_context():
            assert render_template_string(source).count("<p>Send the first one.</p>") == 1


class TestErrors:
    @pytest.mark.parametrize("status", STATUSES)
    def test_says_what_happened_and_what_to_do(self, guide: FlaskClient, status: int):
        told = guide.get(f"/error/{status}").text
        refusal = refusal_of(status)
        assert f'<h1 class="govuk-heading-l">{refusal.heading}</h1>' in told
        assert refusal.happened.replace("'", "&#39;") in told
        assert all(step.replace("'", "&#39;") in told for step in refusal.steps)
        assert refusal.steps

    def test_each_has_words_of_its_own(self):
        assert len({refusal_of(status) for status in STATUSES}) == len(STATUSES)
        assert refusal_of(418) == refusal_of(400)
        assert refusal_of(502) == refusal_of(500)

    def test_what_may_be_read_is_said_in_place_of_the_general_words(self):
        with bare().test_request_context():
            told = render_template_string('{% include "error.html" %}', status=422, detail="Row <17> has no date.")
        assert "Row &lt;17&gt; has no date." in told
        assert refusal_of(422).happened not in told

    def test_how_long_to_wait_is_told_in_seconds_or_minutes(self):
        assert refusal_of(429).next_steps("", 1) == ("Wait 1 second, then try again.",)
        assert refusal_of(429).next_steps("", 90) == ("Wait 90 seconds, then try again.",)
        assert refusal_of(429).next_steps("", 91) == ("Wait 2 minutes, then try again.",)
        assert refusal_of(429).next_steps("") == refusal_of(429).steps

    @pytest.mark.parametrize("status", [500, 503, 507])
    def test_a_service_that_does_not_work_is_asked_nothing(self, status: int):
        def unavailable() -> Surroundings:
            raise ConnectionError

        app = Flask("failing", static_folder=str(STATIC), template_folder=str(WEB / "templates"))
        use_layout(app, unavailable)
        with app.test_request_context():
            assert refusal_of(status).heading in render_template_string('{% include "error.html" %}', status=status)


class TestAddresses:
    @pytest.fixture
    def asked(self) -> Iterator[None]:
        app = bare()
        app.add_url_rule("/agencies/<agency>", "agency", lambda agency: agency)
        with app.test_request_context("/agencies/H0001?as_of=2017-07-31&measure=4.0&measure=4.1&page=3"):
            yield

    def test_a_change_keeps_every_other_question(self, asked: None):
        assert here(page=4) == "/agencies/H0001?as_of=2017-07-31&measure=4.0&measure=4.1&page=4"
        assert here() == request.full_path

    def test_a_question_can_be_left_out(self, asked: None):
        assert here(page=None, measure=None) == "/agencies/H0001?as_of=2017-07-31"


class TestPaging:
    @pytest.mark.parametrize(
        ("asked", "total", "page", "shown"),
        [
            (1, 0, 1, [1]),
            (1, 100, 1, [1]),
            (1, 101, 1, [1, 2]),
            (5, 1234, 5, [1, None, 4, 5, 6, None, 13]),
            (99, 1234, 13, [1, None, 12, 13]),
            (-3, 1234, 1, [1, 2, None, 13]),
            (3, 450, 3, [1, 2, 3, 4, 5]),
        ],
    )
    def test_the_ends_and_the_neighbours_are_linked(self, asked: int, total: int, page: int, shown: list[int | None]):
        paging = Paging(asked, total)
        assert (paging.page, paging.shown) == (page, shown)

    def test_pages_part_the_list(self):
        rows = list(range(250))
        assert [len(rows[Paging(page, 250).rows]) for page in (1, 2, 3)] == [100, 100, 50]
