"""What the error pages say: what happened, and what one can do. No identifier, no name of a file, nothing of the
machine.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error page: its heading, what happened, and what to do next. `told`: what to do where the page already says
    what exactly is wrong; else the steps.
    """

    heading: str
    happened: str
    steps: tuple[str, ...]
    told: tuple[str, ...] = ()
    instead: str = "Open the page without it"
    """What leads to the page without what was wrong in its address."""

    def next_steps(self, detail: str, wait: int = 0) -> tuple[str, ...]:
        """What to do next, where `detail` says what happened; `wait` seconds from now, if that many are known."""
        if wait > 0:
            return (f"Wait {_long(wait)}, then try again.",)
        return (self.told if detail else ()) or self.steps


def _long(seconds: int) -> str:
    """How long to wait, rounded up."""
    if seconds <= LONGEST_IN_SECONDS:
        return f"{seconds} second{'' if seconds == 1 else 's'}"
    minutes = -(-seconds // 60)
    return f"{minutes} minute{'' if minutes == 1 else 's'}"


LONGEST_IN_SECONDS: Final = 90
"""Longer waits are told in minutes."""


_AGAIN: Final = "If it happens again, tell whoever runs Recount for you what you did, and at what time."

_REFUSALS: Final = {
    400: Refusal(
        "This question cannot be understood",
        "Something in the address or in the form is missing, or is not written as it must be.",
        (
            "Go back and look at the dates first: they are written like 2017-07-31.",
            "If a form had been open for a long time, open it again.",
        ),
        ("Go back and put it right.",),
    ),
    401: Refusal(
        "Sign in to see this",
        "You are not signed in, or were signed out after a while.",
        ("Sign in and come back here.",),
    ),
    403: Refusal(
        "Your account may not do this",
        "You are signed in, but your account may not see or do this.",
        ("If your work needs it, ask whoever looks after accounts at the council.",),
    ),
    404: Refusal(
        "Page not found",
        "There is no page at this address, or it is one that your account does not open.",
        (
            "If you typed or pasted the address, check that all of it is there.",
            "If you followed a link here, tell whoever sent it: the page may have moved, or may be for another agency.",
        ),
    ),
    405: Refusal(
        "This cannot be done here",
        "The address exists, but nothing can be sent to it in this way.",
        ("Go back to the page before, and use its links and buttons.",),
    ),
    409: Refusal(
        "This does not fit what is stored",
        "What you sent would contradict something that is already there. Nothing was stored.",
        ("Look at what is stored now, and then decide whether you still need it.",),
    ),
    413: Refusal(
        "The file is too large",
        "It is larger than 64 MB, so it was not read. Nothing was stored.",
        (
            "Check that it is the right file. A long history of monthly files can be sent in parts.",
            "Of a larger file that is evidence, give the hash alone: at a shell, 'recount dispute step' makes it.",
        ),
    ),
    422: Refusal(
        "This was not taken in",
        "Something in what you sent is not as it must be. Nothing was stored.",
        ("Put it right and send it again.",),
    ),
    429: Refusal(
        "Too many attempts",
        "There were more attempts in a short time than one person usually makes, so the next ones are not looked at.",
        ("Wait a few minutes, then try again.",),
    ),
    500: Refusal(
        "Something went wrong here",
        "The fault is ours, not yours. Nothing that you sent was stored.",
        ("Try again in a few minutes.", _AGAIN),
    ),
    503: Refusal(
        "Recount cannot answer just now",
        "It is being maintained, or is busy with other work. What is stored is safe.",
        ("Try again in a few minutes.", _AGAIN),
    ),
    507: Refusal(
        "There is no room to store more",
        "The disk of the service is full. Nothing that you sent was stored; figures can still be read.",
        ("Tell whoever runs Recount for you.",),
    ),
}


_IN_THE_SUM: Final = (
    "Figures of all agencies together, less your own, would tell of single people of other agencies.",
    ("Choose your own agency above a page’s figures: it is shown for any day.",),
)
_OF_CODES: Final = {
    "month-ends-only": Refusal(
        "Shown at month ends only", *_IN_THE_SUM, instead="Open the page at the month end before"
    ),
    "national-month-ends": Refusal(
        "Shown at month ends only",
        "Day by day, figures of other councils would tell of single people.",
        ("Choose the last day of a month, also for what was known.",),
        instead="Open the page at the month end before",
    ),
    "own-agency-only": Refusal("Shown for your own agency only", *_IN_THE_SUM),
    "few-others": Refusal("Too few people of other agencies", *_IN_THE_SUM),
}
"""The words for a refusal of a question, which stores nothing."""


def refusal_of(status: int, code: str = "") -> Refusal:
    """The words for a code, or a status; one that has none of its own reads like the general one of its kind."""
    if code in _OF_CODES:
        return _OF_CODES[code]
    return _REFUSALS.get(status) or _REFUSALS[500 if status >= 500 else 400]
