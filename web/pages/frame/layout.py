"""What every page stands in: the design system's templates, the words, and what surrounds the content."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any, Final

from flask import Flask, Response, render_template, request
from jinja2 import BaseLoader, ChoiceLoader, PackageLoader, PrefixLoader
from markupsafe import Markup

from web.charts import interval_bar
from web.presenters import tables, text
from web.presenters.tables import Code, Lines, Link, Table
from web.presenters.text import AnyFigure

from .errors import refusal_of
from .navigation import here

_PACKAGES: Final = ("govuk_frontend_jinja",)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands around a page for the person who reads it.

    `sign_out` is the address that a form is posted to, and `person` who leaves by it. `demonstration` is the sentence
    of the banner, where no person is real. `files` are where the page's tables are to be had as files; a page without
    tables leaves the block of this name empty.
    """

    navigation: tuple[Link, ...] = ()
    files: tuple[Link, ...] = ()
    footer: tuple[Link, ...] = ()
    demonstration: str = ""
    sign_out: str = ""
    person: str = ""
    home: str = "/"

    @property
    def items(self) -> list[dict[str, Any]]:
        """The navigation as the design system's macro takes it."""
        return [
            {"text": link.text, "href": link.href, "active": link.current, "current": link.current and _is_here(link)}
            for link in self.navigation
        ]


def _is_here(link: Link) -> bool:
    """Whether it leads to this very page, and not to one above it."""
    return link.href.partition("?")[0] == request.path


class Page:
    """A page that is not written yet: its template, its heading, its tables and whatever else its template needs.

    The tables are in the order in which they stand on the page, by the names that the template has for them; None is
    a table that is not shown. `title` and `about` are what its files say of themselves: the heading, and pairs of a
    term and what it is.
    """

    def __init__(
        self,
        template: str,
        heading: str,
        named: Mapping[str, Table | Sequence[Table] | None] | None = None,
        /,
        *,
        title: str = "",
        about: Sequence[tuple[str, str]] = (),
        **context: Any,
    ) -> None:
        self.template, self.heading, self.title, self.about = template, heading, title or heading, about
        self.named, self.context = named or {}, context

    @property
    def tables(self) -> list[Table]:
        """The tables that stand on it."""
        page_tables: list[Table] = []
        for one in self.named.values():
            page_tables += [] if one is None else [one] if isinstance(one, Table) else one
        return page_tables

    @property
    def html(self) -> str:
        """The page as it is read."""
        tables = {"has_tables": bool(self.tables)}
        return render_template(self.template, heading=self.heading, **tables | dict(self.named) | self.context)


UNWRITTEN: Final = "unwritten"
"""Where the view of a page keeps the function that gives it as a `Page`."""


def written(view: Callable[..., Any]) -> Callable[..., Any]:
    """A view whose `Page`, or page and status, is written; any other answer stays as it is."""

    @wraps(view)
    def write(**route: Any) -> Any:
        return as_html(view(**route))

    return write


def as_html(answer: Any) -> Any:
    """What a view answers, with its page written."""
    if isinstance(answer, tuple) and isinstance(answer[0], Page):
        return answer[0].html, *answer[1:]
    return answer.html if isinstance(answer, Page) else answer


_NONE: Final = Markup('<span class="app-table__missing">none</span>')
_LINK: Final = Markup('<a class="govuk-link" href="{}">{}{}</a>')
_HIDDEN: Final = Markup('<span class="govuk-visually-hidden">{}</span>')
_CODE: Final = Markup('<span class="app-table__whole app-code">{}</span>')
_MORE: Final = Markup('<span class="app-table__more">{}</span>')


def cell(value: Any) -> str:
    """A cell of a table as a page has it."""
    if value is None:
        return _NONE
    if isinstance(value, Link):
        return _LINK.format(value.href, tables.text(value), _HIDDEN.format(value.more) if value.more else "")
    if isinstance(value, Lines):
        first, *others = value.lines or ("",)
        return Markup("").join([cell(first), *(_MORE.format(cell(one)) for one in others)])
    if isinstance(value, Code):
        return _CODE.format(value)
    content = tables.text(value)
    return Markup("<br>").join(content.split("\n")) if "\n" in content else content


BARE: Final = Surroundings()
"""Around a page that must not ask anything, because the service cannot answer."""


def use_layout(app: Flask, surroundings: Callable[[], Surroundings]) -> None:
    """Let the application's templates extend `layout.html`. `surroundings` is asked once a page, within its request.

    The page's content policy goes by `cspNonce` in the context (`web.security`); `csrf_token` is used where it is.
    """
    # Most templates are our own, and each loader that is asked in vain costs a look at the disk.
    own = [app.jinja_loader] if app.jinja_loader else []
    packages: dict[str, BaseLoader] = {name: PackageLoader(name) for name in _PACKAGES}
    app.jinja_loader = ChoiceLoader([*own, PrefixLoader(packages)])
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        about=about,
        bare_surroundings=BARE,
        here=here,
        interval_bar=interval_bar,
        refusal_of=refusal_of,
        surroundings=surroundings,
        words=text,
    )
    app.jinja_env.filters.update(cell=cell, day=text.day, short_day=text.short_day, percent=text.percent)


def about(figure: AnyFigure) -> list[tuple[str, str]]:
    """What a figure rests on, as terms and what they are; what does not apply to it is left out."""
    interval = [("95% interval (Wilson)", text.interval(figure))] if figure.limits else []
    so_far = (
        [("Percentage so far", text.percentage(figure))] if figure.matured is not None and figure.is_covered else []
    )
    better = [("Better", figure.measure.polarity)] if figure.measure.polarity else []
    return [
        ("Cohort", text.window(figure.first_day, figure.last_day)),
        *so_far,
        *interval,
        *better,
        ("Definition", figure.definition),
        ("Position in the log", f"{figure.standpoint.position:,}"),
    ]


def attached(text: str, name: str, kind: str = "text/csv; charset=utf-8") -> Response:
    """A file to keep."""
    response = Response(text, content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
