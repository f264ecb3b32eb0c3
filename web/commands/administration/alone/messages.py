"""What the process that verifies is told, and what it says at its end."""

import msgspec


class VerifyTask(msgspec.Struct, frozen=True):
    """At how many standpoints to count again, and who wants to know."""

    standpoints: int
    actor: str
    role: str


class VerifyEnded(msgspec.Struct, frozen=True):
    """How it ended: whether it verified, or another process did; and the error that it met, by the name of its kind."""

    is_alone: bool
    error: str = ""
    message: str = ""
