"""What every page stands in: the design system's templates, the words, and what surrounds the content."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from flask import Flask
from jinja2 import BaseLoader, ChoiceLoader, PackageLoader, PrefixLoader

from web.presenters import text
from web.presenters.text import AnyFigure

from ..charts import interval_bar
from .errors import refusal_of
from .links import Link, here

_PACKAGES: Final = ("govuk_frontend_jinja", "govuk_frontend_wtf")


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
        return [{"text": link.text, "href": link.href, "current": link.current} for link in self.navigation]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table; numbers stand to the right. `whole`: what stands in it is short and is not broken."""

    heading: str
    number: bool = False
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Lines:
    """A cell of several lines: the first is what it says, the others say more of it. A line is words or a `Link`."""

    lines: tuple[Any, ...]


def lines(*said: Any) -> Lines:
    """A cell of those lines that say anything."""
    return Lines(tuple(line for line in said if line))


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
    app.jinja_env.filters.update(day=text.day, short_day=text.short_day, percent=text.percent)


def about(figure: AnyFigure) -> list[tuple[str, str]]:
    """What a figure rests on, as terms and what they are; what does not apply to it is left out."""
    interval = [("95% interval (Wilson)", text.interval(figure))] if figure.limits else []
    so_far = [("Percentage so far", text.percent(figure.percentage))] if figure.matured is not None else []
    better = [("Better", figure.measure.polarity)] if figure.measure.polarity else []
    return [
        ("Cohort", text.window(figure.first_day, figure.last_day)),
        *so_far,
        *interval,
        *better,
        ("Definition", figure.definition),
        ("Position in the log", f"{figure.standpoint.position:,}"),
    ]
