"""The scorecard for people, with what is entered by hand below it."""

from rich.console import Console

from web.presenters import text
from web.presenters.console import say
from web.presenters.performance.scorecards import print_scorecard
from web.queries.agreement.whole_scorecard import WholeScorecardResult

from .entered import print_entered_scorecard


def print_whole_scorecard(console: Console, card: WholeScorecardResult) -> None:
    """Every KPI in a row, then those entered by hand, where there are any."""
    print_scorecard(console, card)
    entered = card.entered
    if entered is None or not (entered.lines or entered.due or entered.newer):
        return
    say(console, "")
    print_entered_scorecard(console, entered)
    if entered.newer and entered.standpoint.known_at:
        known_at, newer = (text.day(day) for day in (entered.standpoint.known_at, entered.newer))
        say(console, f"Something was entered after {known_at}: ask as known on {newer} to see it.")
