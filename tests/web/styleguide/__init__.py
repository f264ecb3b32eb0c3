"""One page with every component in it, on a small application of its own: what the browser tests look at."""

from datetime import date
from pathlib import Path

from flask import Flask, render_template

import web
from domain.measures.registry import measure_named
from domain.periods import add_months, last_day_of_month, last_months
from domain.standpoint import Standpoint
from projections.standings.engine import Figure, Waiting
from projections.standings.slices import Slice
from projections.store.submissions import Coverage
from web.charts import (
    Band,
    Drawing,
    HeatMapCell,
    HeatMapRow,
    Move,
    ProcessPoint,
    SharePart,
    ShareRow,
    TrendPoint,
    heat_map,
    process_chart,
    shares,
    sparkline,
    trend,
    waterfall,
)
from web.pages.frame.layout import Surroundings, use_layout
from web.pages.frame.navigation import here
from web.pages.frame.paging import Paging
from web.presenters.tables import Column, Link, Table, month
from web.security import protect
from web.snapshot import NOTICE

AS_OF = date(2017, 7, 31)
STANDPOINT = Standpoint(AS_OF, date(2017, 8, 15), 12345)
AGENCIES = ("H0001", "H0002", "H0003")


def figure(code: str, numerator: int, denominator: int | None, missing: tuple[str, ...] = (), **more: object) -> Figure:
    """A figure of July 2017."""
    coverage = Coverage(AGENCIES, missing, "incomplete" if missing else "provisional")
    first_day = last_months(AS_OF, 12).first_day
    return Figure(
        measure_named(code), "2017-04", Slice(), STANDPOINT, numerator, denominator, first_day, AS_OF, coverage, **more
    )  # type: ignore[arg-type]


FIGURES = (
    figure("4.0", 24, 438),
    figure("5.0u", 0, 9, matured=2),
    figure("4.1", 11, 47, missing=("H0003",)),
    figure("4.2", 0, 0),
    figure("W.started", 30, 32, waiting=Waiting(3, 41)),
    figure("N.exits", 21, None, parts={"successful": 12, "unplanned": 9}),
)
VALUES = (5.1, 5.4, 4.9, 4.4, 4.6, None, 5.2, 5.8, 6.1, 5.9, 5.6, 5.5)
MONTHS = [last_day_of_month(add_months(date(2016, 8, 1), i)) for i in range(12)]
POINTS = [
    TrendPoint(day, value, f"{day:%B %Y}: {value or 'nothing known'}", is_complete=i < 10)
    for i, (day, value) in enumerate(zip(MONTHS, VALUES, strict=True))
]
COUNTS = (3, 4, 2, 5, 3, 4, 3, 11, 4, 3, 2, 4)


def charts() -> dict[str, Drawing]:
    """One chart of each kind, by the id that it has on the page."""
    moves = [
        Move("Returned to treatment within 21 days, which was reported late", -3),
        Move("Discharge reason corrected to a success", 1),
    ]
    cells = tuple(HeatMapCell(moved, f"{24 + moved}/438", f"{24 + moved} of 438") for moved in (0, -1, -2))
    months = [HeatMapRow("31 May 2017", (HeatMapCell(0, "26/440", "26 of 440"),) * 3), HeatMapRow("31 Jul 2017", cells)]
    rows = [
        *months,
        HeatMapRow("31 Aug 2017", (None, HeatMapCell(0, "25/441", "25 of 441"), HeatMapCell(1, "26/441", "26 of 441"))),
    ]
    parts = [
        SharePart(name, tuple(ShareRow(100 * n / 200, f"{n / 2:.0f}% ({n})", f"{name}: {n} of 200") for n in counts))
        for name, counts in (("Under 1 year", (80, 30)), ("1 to 6 years", (0, 50)), ("6 years or more", (120, 120)))
    ]
    return {
        "trend": trend("Successful completions, opiate", POINTS, target=6.0, band=Band("Similar areas", 5.6, 7.4)),
        "process": process_chart(
            "Unplanned exits a month",
            [
                ProcessPoint(day, count, f"{day:%B %Y}: {count}", "above the upper limit" if count > 10 else "")
                for day, count in zip(MONTHS, COUNTS, strict=True)
            ],
            mean=4,
            lower=0,
            upper=9.3,
            noun="unplanned exits",
        ),
        "waterfall": waterfall("Why it changed", ("As known on 15 Aug 2017", 24), moves, "As known on 20 Oct 2017"),
        "heat": heat_map(
            "Revisions", ["15 Aug 2017", "15 Sep 2017", "20 Oct 2017"], rows, across="As known on", down="As of"
        ),
        "shares": shares("Years in treatment", ["In the last 12 months (200)", "Open on the day (200)"], parts),
    }


def surroundings() -> Surroundings:
    """As a signed-in person of the demonstration has them."""
    return Surroundings(
        navigation=(
            Link("Scorecard", "/", current=True),
            Link("Submissions", "/submissions"),
            Link("Audit trail", "/trail"),
        ),
        footer=(Link("Accessibility statement", "/accessibility"), Link("Help", "/help")),
        demonstration=NOTICE,
        sign_out="/sign-out",
        person="Avery Example",
    )


def styleguide() -> Flask:
    """The application: the page, an error page for each status, and the API's page."""
    rooms = Path(web.__file__).parent
    app = Flask("styleguide", static_folder=rooms / "static", template_folder=rooms / "templates")
    protect(app)
    use_layout(app, surroundings)
    page = (Path(__file__).parent / "page.html").read_text(encoding="utf-8")
    template = app.jinja_env.from_string(page)

    @app.get("/")
    def everything() -> str:
        return render_template(
            template,
            figures=FIGURES,
            standpoint=STANDPOINT,
            charts=charts(),
            spark=sparkline("Successful completions, opiate", POINTS, target=6.0),
            moves=(Link("Previous month end", here(as_of="2017-06-30")), Link("Board 16 Aug 2017", here(cut="board"))),
            months=Table(
                (Column("Month"), Column("Counted", number=True), Column("Percentage", number=True), Column("More")),
                [(month(point.day), 24, point.value, Link("Members", "/members")) for point in POINTS],
                "The months",
            ),
            paging=Paging(5, 1234),
            errors=(Link("Choose a file", "#file"),),
        )

    @app.get("/error/<int:status>")
    def error(status: int) -> str:
        return render_template("error.html", status=status, code="", detail="")

    @app.get("/api")
    def api() -> str:
        return render_template(
            "swagger_ui.html", title="Recount", spec_url="/openapi.json", swagger_ui_url="/static/swagger-ui/",
            swagger_ui_config={"docExpansion": "list"},
        )  # fmt: skip

    @app.get("/openapi.json")
    def openapi() -> dict[str, object]:
        told = {"responses": {"200": {"description": "What is asked for"}}, "summary": "Figures at a standpoint"}
        return {
            "openapi": "3.1.0",
            "info": {"title": "Recount", "version": "1"},
            "paths": {"/api/v1/figures": {"get": told}},
        }

    return app
