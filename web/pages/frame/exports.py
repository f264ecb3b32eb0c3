"""Pages as files: the tables of any page as CSV or XLSX, as the person who asks sees them there.

The file's address leads to the view of the page, which answers with a `Page`: its tables are written into a file in
place of its template. So a file holds what the page shows and nothing else; a list of several pages leaves whole.
Every file says for whom it is and from where it was seen, and is noted in the trail.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlencode

from flask import Response, current_app, make_response, request, url_for
from werkzeug.exceptions import HTTPException

from web.auth.guard import needs, note, principal, snapshot
from web.auth.roles import Reach, Right, Role
from web.auth.trail.access import Deed
from web.exports import csv, files, xlsx
from web.exports.files import About
from web.presenters import text as words
from web.presenters.tables import Column, Link, Table, value, values
from web.problems import not_here
from web.snapshot import NOTICE

from .layout import UNWRITTEN, Page, as_html
from .navigation import SLICE, STANDPOINT
from .page import PageContext, Pages
from .paging import WHOLE

blueprint = Pages("exports", __name__)

NO_TABLE: Final = Table((Column("What it says"),), [["Nothing stands in a table of this page."]], "No table")
"""The file of a page that has no rows: a list on which nobody is, is an answer, too."""
WORDS: Final = {"xlsx": "XLSX", "csv": "CSV"}
_NOT_IN_NAMES: Final = re.compile(r"[^a-z0-9]+")
_LONGEST_NAME: Final = 60


def taken_away(form: str) -> str:
    """The address of this page's tables as a file; `form` is csv or xlsx."""
    query = [(name, value) for name, value in request.args.items(multi=True) if name != "page"]
    return f"{url_for('exports.page', form=form, path=request.path[1:])}{'?' if query else ''}{urlencode(query)}"


blueprint.add_app_template_global(taken_away)


def files_of_page() -> tuple[Link, ...]:
    """Where the tables of the page that is being written are to be had as files; none elsewhere."""
    if request.method != "GET" or _page_at(request.endpoint or "") is None:
        return ()
    return tuple(Link(f"This page’s tables as {name}", taken_away(form)) for form, name in WORDS.items())


@blueprint.get("/exports/<any(csv, xlsx):form>/", defaults={"path": ""})
@blueprint.get("/exports/<any(csv, xlsx):form>/<path:path>")
@needs(Right.DEFINITIONS)
def page(form: str, path: str) -> Response:
    """The tables of a page as a file; the page's own right is asked for where it is made."""
    answer = _answer_of(f"/{path}")
    if isinstance(answer, Page):
        return _file(answer, form)
    # An error, a redirect, or a question that comes before: a commissioner says why first.
    response = make_response(as_html(answer))
    if response.location:
        response.location = f"/exports/{form}{response.location}"
    elif "Content-Disposition" in response.headers:
        raise not_here()
    return response


def _answer_of(path: str) -> Any:
    """What the view of a page of ours answers. The request is that page's from here on: it notes and links as there."""
    adapter = current_app.create_url_adapter(request)
    assert adapter is not None
    try:
        rule, route = adapter.match(path, "GET", return_rule=True)
    except HTTPException:
        raise not_here() from None
    view = _page_at(rule.endpoint)
    if view is None:
        raise not_here()
    request.url_rule, request.view_args, request.path = rule, dict(route), path
    request.environ[WHOLE] = True
    return view(**route)


def _page_at(endpoint: str) -> Callable[..., Any] | None:
    """The view of a page before it is written; None if there is no page."""
    page_view: Callable[..., Any] | None = getattr(current_app.view_functions.get(endpoint), UNWRITTEN, None)
    return page_view


def _file(page_: Page, form: str) -> Response:
    about = _about(page_)
    note(Deed.DOWNLOADED, question={"form": form, **_question()})
    content, name, media = _FORMS[form](about, page_.tables or [NO_TABLE])
    response = make_response(content)
    response.content_type = media
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


# ---- what a file says of itself


def _about(page_: Page) -> About:
    context = page_.context.get("context")
    seen = context if isinstance(context, PageContext) else None
    audience = seen.who.audience if seen else ("own" if principal().reach(Right.FIGURES) is Reach.OWN else "full")
    terms, seen_from = [("Asked by", _ROLES[principal().role])], []
    if seen is not None:
        seen_from = [("Seen from", words.standpoint(seen.standpoint)), ("Whose figures", words.slice_of(seen.slice_))]
        terms += [("Position in the log", f"{seen.standpoint.position}")]
    terms += [*page_.about, ("What it is not", words.LOCAL_ESTIMATE)]
    notice = NOTICE if snapshot().is_demonstration else ""
    return About(page_.title, words.AUDIENCES[audience], terms, seen_from, notice)


_ROLES: Final = {
    Role.COMMISSIONER: "a commissioner",
    Role.PROVIDER: "a provider",
    Role.AUDITOR: "an auditor",
    Role.PUBLIC: "the public",
    Role.ADMINISTRATOR: "an administrator",
}


def _question() -> dict[str, str]:
    """The question as the trail keeps it: the page's kind is noted beside; nothing of a client stands in these."""
    return {name: value for name in (*STANDPOINT, *SLICE) if (value := request.args.get(name))}


def _file_name(text: str, ending: str) -> str:
    return f"recount-{_NOT_IN_NAMES.sub('-', text.lower()).strip('-')[:_LONGEST_NAME].strip('-')}.{ending}"


# ---- forms of files


def _csv(about: About, tables: Sequence[Table]) -> tuple[bytes, str, str]:
    """One table as it is; several together in an archive."""
    if len(tables) == 1:
        return _csv_of(about, tables[0]), _file_name(about.title, "csv"), "text/csv; charset=utf-8"
    parts = [
        (_file_name(f"{number}-{table.title}", "csv"), _csv_of(about, table)) for number, table in enumerate(tables, 1)
    ]
    return files.bundle(parts), _file_name(about.title, "zip"), files.MEDIA


def _csv_of(about: About, table: Table) -> bytes:
    headings = (*map(value, table.headings), "For whom", *(term for term, _ in about.terms))
    rows = ((*row, about.audience, *(text for _, text in about.terms)) for row in values(table))
    # The mark tells a spreadsheet that the letters are UTF-8.
    return b"\xef\xbb\xbf" + csv.table(headings, rows).encode()


def _xlsx(about: About, tables: Sequence[Table]) -> tuple[bytes, str, str]:
    return xlsx.workbook(about, tables), _file_name(about.title, "xlsx"), xlsx.MEDIA


_FORMS: Final[Mapping[str, Callable[[About, Sequence[Table]], tuple[bytes, str, str]]]] = {"csv": _csv, "xlsx": _xlsx}
