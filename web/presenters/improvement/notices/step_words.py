"""The steps of a notice as people read them: how each is offered, and what is said once it is taken."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class StepWords:
    """How a step is offered: its address, its button and heading, what its text is, and what happened once taken."""

    slug: str
    button: str
    label: str
    hint: str
    happened: str
    done: str


_LASTS: Final = "It stays on record for good. Do not name anybody."


STEP_WORDS: Final[dict[str, StepWords]] = {
    "issue": StepWords("issue", "Issue it to the provider", "A word with it, if you like", _LASTS, "Issued",
        "The notice is issued. The provider can read it now."),
    "discard": StepWords("discard", "Give the draft up", "Why, if you like", _LASTS, "Draft given up",
        "The draft is given up."),
    "propose a plan for": StepWords("plan", "Propose a remedial plan", "The remedial plan",
        f"What will be done, by whom and by when. {_LASTS}", "Remedial plan proposed",
        "The plan is proposed. The commissioner can read it now."),
    "reject": StepWords("reject", "Reject the notice", "The reasons", f"Why the notice is not accepted. {_LASTS}",
        "Rejected by the provider", "The notice is rejected. The commissioner can read your reasons."),
    "uphold": StepWords("uphold", "Stand by the notice", "Why the notice stands", _LASTS, "Upheld by the commissioner",
        "You stand by the notice. A remedial plan is due again."),
    "accept the plan of": StepWords("accept-plan", "Accept the plan", "A word with it, if you like", _LASTS,
        "Remedial plan accepted", "The plan is accepted."),
    "reject the plan of": StepWords("reject-plan", "Reject the plan", "The reasons", f"What the plan lacks. {_LASTS}",
        "Remedial plan rejected", "The plan is rejected. Another one is due of the provider."),
    "investigate": StepWords("investigate", "Begin a joint investigation", "What is looked into", _LASTS,
        "Joint investigation begun", "The joint investigation has begun."),
    "report the investigation of": StepWords("findings", "Report what was found", "What was found", _LASTS,
        "Joint investigation reported", "The findings are on record."),
    "report an exception to": StepWords("exception", "Report an exception", "What of the plan was missed", _LASTS,
        "Exception report: the plan was missed", "The exception report is on record."),
    "meet about": StepWords("meeting", "Record a meeting", "What came of it", _LASTS, "Meeting held",
        "The meeting is on record."),
    "escalate": StepWords("escalate", "Escalate it", "Why it is escalated", _LASTS, "Escalated",
        "The notice is escalated."),
    "withhold for": StepWords("withhold", "Record a withholding", "Why it is withheld",
        f"A decision is written down. Nothing is paid or kept by it. {_LASTS}", "Withholding decided",
        "The decision is on record."),
    "end the withholding of": StepWords("end-withholding", "End the withholding", "Why it ends", _LASTS,
        "Withholding ended", "The end of the withholding is on record."),
    "close": StepWords("close", "Close the notice", "What came of it", _LASTS, "Closed", "The notice is closed."),
    "withdraw": StepWords("withdraw", "Withdraw the notice", "Why it is withdrawn", _LASTS, "Withdrawn",
        "The notice is withdrawn."),
}  # fmt: skip
"""Every step, in the order in which it is offered."""


STEP_OF_SLUG: Final = {words.slug: step for step, words in STEP_WORDS.items()}


FIRST: Final = frozenset(
    {
        "issue",
        "propose a plan for",
        "reject",
        "accept the plan of",
        "reject the plan of",
        "uphold",
        "report the investigation of",
        "report an exception to",
    }
)
"""The steps that lead it on, and so stand first."""
