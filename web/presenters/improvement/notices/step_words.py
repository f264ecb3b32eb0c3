"""The steps of a notice as people read them: how each is offered, and what is said once it is taken."""

from typing import Final

from web.presenters.improvement.steps import LASTS, StepWords

STEP_WORDS: Final[dict[str, StepWords]] = {
    "issue": StepWords("issue", "Issue it to the provider", "A word with it, if you like", LASTS, "Issued",
        "The notice is issued. The provider can read it now."),
    "discard": StepWords("discard", "Give the draft up", "Why, if you like", LASTS, "Draft given up",
        "The draft is given up."),
    "propose a plan for": StepWords("plan", "Propose a remedial plan", "The remedial plan",
        f"What will be done, by whom and by when. {LASTS}", "Remedial plan proposed",
        "The plan is proposed. The commissioner can read it now."),
    "reject": StepWords("reject", "Reject the notice", "The reasons", f"Why the notice is not accepted. {LASTS}",
        "Rejected by the provider", "The notice is rejected. The commissioner can read your reasons."),
    "uphold": StepWords("uphold", "Stand by the notice", "Why the notice stands", LASTS, "Upheld by the commissioner",
        "You stand by the notice. A remedial plan is due again."),
    "accept the plan of": StepWords("accept-plan", "Accept the plan", "A word with it, if you like", LASTS,
        "Remedial plan accepted", "The plan is accepted."),
    "reject the plan of": StepWords("reject-plan", "Reject the plan", "The reasons", f"What the plan lacks. {LASTS}",
        "Remedial plan rejected", "The plan is rejected. Another one is due of the provider."),
    "investigate": StepWords("investigate", "Begin a joint investigation", "What is looked into", LASTS,
        "Joint investigation begun", "The joint investigation has begun."),
    "report the investigation of": StepWords("findings", "Report what was found", "What was found", LASTS,
        "Joint investigation reported", "The findings are on record."),
    "report an exception to": StepWords("exception", "Report an exception", "What of the plan was missed", LASTS,
        "Exception report: the plan was missed", "The exception report is on record."),
    "meet about": StepWords("meeting", "Record a meeting", "What came of it", LASTS, "Meeting held",
        "The meeting is on record."),
    "escalate": StepWords("escalate", "Escalate it", "Why it is escalated", LASTS, "Escalated",
        "The notice is escalated."),
    "withhold for": StepWords("withhold", "Record a withholding", "Why it is withheld",
        f"A decision is written down. Nothing is paid or kept by it. {LASTS}", "Withholding decided",
        "The decision is on record."),
    "end the withholding of": StepWords("end-withholding", "End the withholding", "Why it ends", LASTS,
        "Withholding ended", "The end of the withholding is on record."),
    "close": StepWords("close", "Close the notice", "What came of it", LASTS, "Closed", "The notice is closed."),
    "withdraw": StepWords("withdraw", "Withdraw the notice", "Why it is withdrawn", LASTS, "Withdrawn",
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
