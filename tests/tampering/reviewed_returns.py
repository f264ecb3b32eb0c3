"""Every event of the reviews of returns, in a database."""

from datetime import date
from typing import Any
from uuid import uuid4

from domain.improvement.return_reviews import (
    ReturnReviewCorrected,
    ReturnReviewed,
    ReturnReviewWithdrawn,
    ReturnRule,
    review_stream,
)
from tests.web.conftest import CommandLine
from web.commands.improvement.author import Author
from web.commands.improvement.return_reviews import set_rule
from web.services import OPERATOR, Services
from web.settings import Settings

DAY, LAST = date(2017, 5, 3), date(2017, 7, 3)


def reviewed_returns(recount: CommandLine) -> None:
    """A rule, and a review that was written, corrected and withdrawn; of a return that these files do not have."""
    services = Services(Settings.from_environment(recount.settings))
    author = Author("tester", OPERATOR, "commissioner", DAY, LAST)
    set_rule(services.register, "H0001", ReturnRule(20, working=True), author)
    stream = review_stream(1)
    said: dict[str, Any] = {"findings": ("cannot-tell",), "lesson": "Nothing to learn."}
    services.register.submit(
        [
            ReturnReviewed(**author.fields(stream, 1, 1), **said, episode=uuid4(), agency="H0001"),
            ReturnReviewCorrected(**author.fields(stream, 2, 1), **said),
            ReturnReviewWithdrawn(**author.fields(stream, 3, 1), reason="Wrong return"),
        ]
    )
    services.close()
