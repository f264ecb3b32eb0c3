"""The exceptions of Recount: broken promises, not bad data (a bad row is a value, a `Rejection`).

RecountError                  everything below; its text is one sentence a person can act on
├── Refused                   an input that is not taken in; nothing of it is stored (has a code)
│   └── ChangedMeanwhile      it was written over a version that is not the newest; both are shown
├── WrongUse                  a question that makes no sense (unknown measure, a day that is none)
├── WrongClientKey            the database was filled with another client key
├── SettingMissing            a setting that has no default here is not given
├── DatabaseBusy              another writer held the database longer than we wait
├── DatabaseFull              the disk has no room; nothing was stored
├── DatabaseUnavailable       the database cannot be reached or is none
├── DatabaseOfAnotherVersion  the database was written by an earlier or a newer program
├── MigrationFailed           bringing a database up to date went wrong; it is as it was
├── WorkersUnavailable        Spark or the processes that a rebuild works with are not there, or gave up
├── LogCorrupt                the log contradicts itself: a gap, an unknown topic, a leaf that changed
└── NotAgreed                 stored read models and the log do not say the same
"""


class RecountError(Exception):
    """Something that Recount promised cannot be kept; the text says what, and what to do next."""


class Refused(RecountError):
    """An input refused whole. `code` is stable for programs, the text is for people."""

    def __init__(self, code: str, message: str, file: str = "") -> None:
        super().__init__(message)
        self.code, self.message, self.file = code, message, file


class ChangedMeanwhile(Refused):
    """Somebody else changed it since it was read: `seen` is the version that was read, `newest` the one that stands."""

    def __init__(self, code: str, message: str, seen: int, newest: int) -> None:
        super().__init__(code, message)
        self.seen, self.newest = seen, newest


class WrongUse(RecountError):
    """A question or command that cannot be understood; the command line answers it with exit code 2."""


class WrongClientKey(RecountError):
    """The database was filled with another client key: going on would split every person in two."""


class SettingMissing(RecountError):
    """A setting that cannot be made up here (with PostgreSQL: the keys) is not given."""


class DatabaseBusy(RecountError):
    """Another process held the writer's lock for longer than we wait."""


class DatabaseFull(RecountError):
    """The disk has no room; the transaction was rolled back whole."""


class DatabaseUnavailable(RecountError):
    """The database cannot be reached, or the file is no database."""


class DatabaseOfAnotherVersion(RecountError):
    """The tables are those of an earlier or a newer version of Recount."""


class MigrationFailed(RecountError):
    """A step from one version of the tables to the next went wrong; the transaction was rolled back whole."""


class WorkersUnavailable(RecountError):
    """Spark or the processes to rebuild with are not there, or gave up; the tables that are read are as they were."""


class LogCorrupt(RecountError):
    """The log contradicts itself; the text names the position."""


class NotAgreed(RecountError):
    """Stored read models and the log do not say the same; the text says where."""
