"""Commentary: written about a figure, shared with the other party, rewritten, withdrawn, published. It changes none."""

from typing import Final

from domain.contract_life.transitions import COMMISSIONER, NONE, check_version, next_state
from domain.errors import Refused
from domain.improvement.meetings.commentary import (
    COMMENT,
    REWRITINGS,
    STEPS,
    Comment,
    CommentDrafted,
    CommentShared,
    comment_stream,
)
from domain.improvement.written import WRITING_REFUSALS, ImprovementEvent, WrittenAbout, written_text
from domain.register import Recording, Register
from projections.improvement.meetings.commentary import comment_within_reach, comments
from web.auth.viewer import NotOwn
from web.commands.commit import next_number
from web.commands.improvement.author import Author, check_day

REFUSALS: Final = WRITING_REFUSALS | {
    "comment-unknown": "There is no comment with this number.",
    "comment-no-figure": "There is no figure to write about: no file covers its day, or it is not shown to this side.",
}
"""Why a step of a comment is refused, by code; nothing is stored then."""


def write_comment(
    register: Register, about: WrittenAbout, words: str, author: Author, *, shared: bool = False
) -> Comment:
    """Write about a figure as it is known; as a draft of one's own side, or `shared` with the other party at once.

    Raises:
        Refused: there are no words, a day does not fit, or the step is not the author's.
    """
    state = next_state(COMMENT, "draft", NONE, author.party)
    check_day(author, None)
    words = written_text(words, "comment")
    with register.recording() as recording:
        number = next_number(recording, CommentDrafted)
        stream = comment_stream(number)
        events: list[ImprovementEvent] = [
            CommentDrafted(**author.fields(stream, 1, number), about=about, agencies=_whose(about, author), words=words)
        ]
        if shared:
            next_state(COMMENT, "share", state, author.party)
            events.append(CommentShared(**author.fields(stream, 2, number)))
        return Comment.folded(recording.append(events))


def _whose(about: WrittenAbout, author: Author) -> tuple[str, ...]:
    """Whose agencies it concerns: a provider's words those granted to it, the commissioner's that of the figure."""
    if author.party == COMMISSIONER:
        return (about.agency,) if about.agency else ()
    return tuple(sorted(author.own or ()))


def rewrite_comment(
    register: Register, number: int, about: WrittenAbout | None, words: str, author: Author, seen: int | None = None
) -> Comment:
    """Write it anew: a draft is replaced, what was shared gets a new version. `about` is the figure as it is known by
    then; without one, the words stay tied to the figure of before.

    Raises:
        Refused: as `write_comment`, or the step is not to be taken now.
        ChangedMeanwhile: it is not the version that was `seen`.
        NotOwn: it is not within the author's reach.
    """
    words = written_text(words, "comment")
    with register.recording() as recording:
        comment = _one(recording, register, number, author)
        step = "edit" if comment.state == "draft" else "rewrite"
        _check(comment, step, author, seen)
        about = about or comment.text.about
        event = REWRITINGS[step](
            **author.fields(comment_stream(number), comment.version + 1, number),
            about=about,
            agencies=comment.text.agencies,
            words=words,
        )
        return Comment.folded((*comment.recorded, *recording.append([event])))


def take_comment_step(
    register: Register, number: int, step: str, author: Author, reason: str = "", seen: int | None = None
) -> Comment:
    """Take a step that says no new words: one of `STEPS`.

    Raises:
        Refused: the step is not the author's or not to be taken now.
        ChangedMeanwhile: it is not the version that was `seen`.
        NotOwn: it is not within the author's reach.
    """
    reason = written_text(reason, "reason", needed=False)
    with register.recording() as recording:
        comment = _one(recording, register, number, author)
        _check(comment, step, author, seen)
        event = STEPS[step](**author.fields(comment_stream(number), comment.version + 1, number), reason=reason)
        return Comment.folded((*comment.recorded, *recording.append([event])))


def _check(comment: Comment, step: str, author: Author, seen: int | None) -> None:
    next_state(COMMENT, step, comment.state, author.party)
    check_version(COMMENT, seen, comment.version)
    check_day(author, comment.newest_day)


def _one(recording: Recording, register: Register, number: int, author: Author) -> Comment:
    """The comment with this number, if it is within the author's reach."""
    every = comments(recording.connection, register.mapper)
    comment = next((one for one in every if one.number == number), None)
    if comment is None:
        raise Refused("comment-unknown", f"There is no comment {number}. 'recount comment list' names them.")
    if not comment_within_reach(comment, author.own):
        raise NotOwn
    return comment
