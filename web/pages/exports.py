"""Pages as files: the tables of any page as CSV or XLSX, as the person who asks sees them there.

The page is asked again, by the same person, within the same request; its tables are read back from it. So a file holds
what the page shows and nothing else, whatever room the page belongs to; a list of several pages leaves whole.
A scorecard's cells hold several numbers each: its table is made from the same lines, a number a column.
Every file says for whom it is and from where it was seen, and is noted in the trail.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final
from urllib.parse import urlencode

from flask import Response, current_app, make_response, request, session, template_rendered, url_for
from flask.ctx import RequestContext
from jinja2 import Template
from werkzeug.exceptions import HTTPException

from projections.performance.scorecard import Scorecard, ScorecardLine
from web.auth.access import Deed
from web.auth.guard import needs, note, principal, snapshot
from web.auth.roles import Reach, Right, Role
from web.exports import bundle, csv, xlsx
from web.exports.read_back import tables_of
from web.exports.tables import AUDIENCES, About, Share, Table
from web.presenters import text as words
from web.problems import not_here
from web.snapshot import NOTICE

from .links import Link
from .navigation import SLICE, STANDPOINT
from .page import PageContext, Pages
from .paging import WHOLE

blueprint = Pages("exports", __name__)

Told = Mapping[str, Any]
"""What a page was written from."""

NO_TABLE: Final = Table("No table", ["What it says"], [["Nothing stands in a table of this page."]])
"""The file of a page that has no rows: a list on which nobody is, is an answer, too."""
_BEFORE: Final = frozenset({"reason.html", "nothing-yet.html"})
"""Templates of what comes in a page's place."""
WORDS: Final = {"xlsx": "XLSX", "csv": "CSV"}
_NOT_IN_NAMES: Final = re.compile(r"[^a-z0-9]+")
_LONGEST_NAME: Final = 60


def taken_away(form: str) -> str:
    """The address of this page's tables as a file; `form` is csv or xlsx."""
    asked = [(name, value) for name, value in request.args.items(multi=True) if name != "page"]
    return f"{url_for('exports.page', form=form, path=request.path[1:])}{'?' if asked else ''}{urlencode(asked)}"


blueprint.add_app_template_global(taken_away)


def files_of_page() -> tuple[Link, ...]:
    """Where the tables of the page that is being written are to be had as files; none elsewhere."""
    if request.method != "GET" or not _is_page(request.endpoint):
        return ()
    return tuple(Link(f"This page’s tables as {words_}", taken_away(form)) for form, words_ in WORDS.items())


@blueprint.get("/exports/<any(csv, xlsx):form>/", defaults={"path": ""})
@blueprint.get("/exports/<any(csv, xlsx):form>/<path:path>")
@needs(Right.DEFINITIONS)
def page(form: str, path: str) -> Response:
    """The tables of a page as a file; the page's own right is asked for where it is written."""
    with _asked_again(f"/{path}") as (answer, told):
        pass
    if answer.status_code in {301, 302, 303, 307, 308}:
        answer.location = f"/exports/{form}{answer.location}"
        return answer
    title, tables = tables_of(answer.get_data(as_text=True)) if answer.status_code == 200 else ("", [])
    if isinstance(card := told.get("card"), Scorecard):
        tables = [scorecard_table(card)]
    if answer.status_code != 200 or told.get("template") in _BEFORE:
        # An error, or a question that comes before: a commissioner says why first.
        return answer
    tables = tables or [NO_TABLE]
    about = _about(title, told)
    note(Deed.DOWNLOADED, about=told.get("endpoint", ""), question={"form": form, **_asked()})
    content, name, media = _FORMS[form](about, tables)
    found = make_response(content)
    found.content_type = media
    found.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return found


@contextmanager
def _asked_again(path: str) -> Iterator[tuple[Response, dict[str, Any]]]:
    """The answer of a page of ours to whoever asks now, and what it was written from."""
    environ = {**request.environ, "PATH_INFO": path, "REQUEST_METHOD": "GET", WHOLE: True}
    environ.pop("werkzeug.request", None)
    told: dict[str, Any] = {}

    def keep(_app: Any, template: Template, context: dict[str, Any], **_given: Any) -> None:
        if request.environ is environ:
            told.update(context, endpoint=request.endpoint, template=template.name)

    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001  Flask's own way to it
    its_session = session._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001
    with RequestContext(app, environ, session=its_session), template_rendered.connected_to(keep, app):
        if isinstance(request.routing_exception, HTTPException) or not _is_page(request.endpoint):
            raise not_here()
        yield app.full_dispatch_request(), told


def _is_page(endpoint: str | None) -> bool:
    room = current_app.blueprints.get((endpoint or "").rpartition(".")[0])
    return isinstance(room, Pages) and room is not blueprint


# ---- what a file says of itself


def _about(title: str, told: Told) -> About:
    asked: PageContext | None = told.get("asked")
    who = asked.who.audience if asked else ("own" if principal().reach(Right.FIGURES) is Reach.OWN else "full")
    said, where = [("Asked by", _ROLES[principal().role])], []
    if asked is not None:
        where = [("Seen from", words.standpoint(asked.standpoint)), ("Whose figures", words.slice_of(asked.where))]
        said += [("Position in the log", f"{asked.standpoint.position}")]
    if isinstance(card := told.get("card"), Scorecard):
        said += [("Status", words.status(card).removeprefix("Status: "))]
    notice = NOTICE if snapshot().is_demonstration else ""
    return About(title, AUDIENCES[who], [*said, ("What it is not", words.LOCAL_ESTIMATE)], where, notice)


_ROLES: Final = {
    Role.COMMISSIONER: "a commissioner",
    Role.PROVIDER: "a provider",
    Role.AUDITOR: "an auditor",
    Role.PUBLIC: "the public",
    Role.ADMINISTRATOR: "an administrator",
}


def _asked() -> dict[str, str]:
    """The question as the trail keeps it: the page's kind is noted beside; nothing of a client stands in these."""
    return {name: value for name in (*STANDPOINT, *SLICE) if (value := request.args.get(name))}


def _file_name(text: str, ending: str) -> str:
    return f"recount-{_NOT_IN_NAMES.sub('-', text.lower()).strip('-')[:_LONGEST_NAME].strip('-')}.{ending}"


# ---- forms of files


def _csv(about: About, tables: Sequence[Table]) -> tuple[bytes, str, str]:
    """One table as it is; several together in an archive."""
    if len(tables) == 1:
        return _csv_of(about, tables[0]), _file_name(about.title, "csv"), "text/csv; charset=utf-8"
    files = [
        (_file_name(f"{number}-{table.title}", "csv"), _csv_of(about, table)) for number, table in enumerate(tables, 1)
    ]
    return bundle.bundle(files), _file_name(about.title, "zip"), bundle.MEDIA


def _csv_of(about: About, table: Table) -> bytes:
    columns = (*table.columns, "For whom", *(term for term, _ in about.terms))
    rows = ((*row, about.audience, *(words_ for _, words_ in about.terms)) for row in table.rows)
    # The mark tells a spreadsheet that the letters are UTF-8.
    return b"\xef\xbb\xbf" + csv.table([csv.cell(column) for column in columns], rows).encode()


def _xlsx(about: About, tables: Sequence[Table]) -> tuple[bytes, str, str]:
    return xlsx.workbook(about, tables), _file_name(about.title, "xlsx"), xlsx.MEDIA


_FORMS: Final[Mapping[str, Callable[[About, Sequence[Table]], tuple[bytes, str, str]]]] = {"csv": _csv, "xlsx": _xlsx}


# ---- the scorecard


SCORECARD_COLUMNS: Final = (
    *("Measure", "Name", "Numerator", "Denominator", "Percentage", "95% from", "95% to", "State", "Target"),
    *("Target ends", "Direction", "Compared with", "Difference (points; of counts, people)", "May be chance"),
    *("Cohort from", "Cohort to", "Had six months", "Status", "Definition"),
)


def scorecard_table(card: Scorecard) -> Table:
    """Every line of a scorecard, a number a column."""
    return Table("Scorecard", SCORECARD_COLUMNS, [_line(line, card) for line in card.lines])


def _line(line: ScorecardLine, card: Scorecard) -> list[Any]:
    figure, travel, target = line.figure, line.movement, line.against.target
    # An immature figure has its counts: its percentage would be read as the answer.
    low, high = (None if figure.matured is not None else figure.limits) or (None, None)
    reached = getattr(line.against, "reached", None)
    before = getattr(travel, "before", None)
    return [
        *(figure.measure.code, figure.measure.name, figure.numerator, figure.denominator),
        *(_share(None if figure.matured is not None else figure.percentage), _share(low), _share(high)),
        str(line.state),
        _share(float(reached)) if reached is not None else None,
        target.terms.last_day if target is not None else None,
        str(getattr(travel, "judged", None) or getattr(travel, "why", "")) or None,
        before.last_day if before is not None else None,
        getattr(travel, "difference", None),
        {True: "yes", False: "no"}.get(getattr(travel, "within_chance", None)),  # type: ignore[arg-type]
        *(figure.first_day, figure.last_day, figure.matured, card.coverage.status, figure.definition),
    ]


def _share(value: float | None) -> Share | None:
    return None if value is None else Share(value)
