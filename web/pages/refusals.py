"""What the error pages say: what happened, and what one can do. No identifier, no name of a file, nothing of the
machine.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error page: its heading, what happened, and what to do next."""

    heading: str
    happened: str
    steps: tuple[str, ...]


_AGAIN: Final = "If it happens again, tell whoever runs Recount for you what you did, and at what time."

_REFUSALS: Final = {
    400: Refusal(
        "The question cannot be understood",
        "Something in the address or the form is missing or is not as it must be.",
        (
            "Go back, and look at dates first: they are written like 2017-07-31.",
            "A form that stood open long: open it again.",
        ),
    ),
    401: Refusal(
        "Sign in to see this",
        "You are not signed in, or were signed out after a while.",
        ("Sign in and come back here.",),
    ),
    403: Refusal(
        "Your account may not do this",
        "You are signed in, and this is not among the things that your account may see or do.",
        ("If your work needs it, ask whoever looks after accounts at the council.",),
    ),
    404: Refusal(
        "There is nothing here for you to see",
        "The address is wrong, or what was there is not yours to see.",
        ("If you typed the address, check it. If you followed a link, ask whoever sent it.",),
    ),
    405: Refusal(
        "This cannot be done here",
        "The address is right, but it does not take what was sent to it.",
        ("Go back to the page before, and use its links and buttons.",),
    ),
    409: Refusal(
        "This does not fit what is stored",
        "What you sent would contradict something that is already there. Nothing was stored.",
        ("Look at what is there by now, and decide again.",),
    ),
    413: Refusal(
        "The file is too large",
        "It is larger than a monthly file can be, so it was not read. Nothing was stored.",
        ("Check that it is the right file, and one month of it. A longer history can be sent in parts.",),
    ),
    422: Refusal(
        "This was not taken in",
        "Something in what you sent is not as it must be. Nothing was stored.",
        ("Put it right and send it again.",),
    ),
    429: Refusal(
        "Too many attempts",
        "There were more attempts in a short time than one person makes.",
        ("Wait a few minutes, then try again.",),
    ),
    500: Refusal(
        "Something went wrong here",
        "The mistake is ours, not yours. Nothing of what you sent was stored.",
        ("Try again in a few minutes.", _AGAIN),
    ),
    503: Refusal(
        "Recount cannot answer just now",
        "It is being looked after, or is busy with other work. What is stored is safe.",
        ("Try again in a few minutes.", _AGAIN),
    ),
    507: Refusal(
        "There is no room to store more",
        "The disk of the service is full. Nothing of what you sent was stored; figures can still be read.",
        ("Tell whoever runs Recount for you.",),
    ),
}


def refusal_of(status: int) -> Refusal:
    """The words for a status; one that has none of its own reads like the general one of its kind."""
    return _REFUSALS.get(status) or _REFUSALS[500 if status >= 500 else 400]
