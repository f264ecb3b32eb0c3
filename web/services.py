"""What a command or a service works with: the database, the keys, and who acts; each made when first asked for."""

import getpass
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache, cached_property
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from domain.client import ClientKey
from domain.errors import DatabaseUnavailable, NotAgreed
from domain.event_types import EVENT_TYPES
from domain.log.database import access_engine, at_once, at_the_door, make_engine, reading, wipe, writing
from domain.log.heads import newest_head, signing
from domain.log.mapper import JsonMapper
from domain.log.tables import access_metadata, check_client_key, keep_setting, knows_client_key
from domain.proof.head import TrailHead
from projections.projector.projector import following
from projections.publication.publish import forgetting
from projections.standings.cache import StandingsCache
from projections.standings.shared_columns import SharedColumns
from projections.store import generations
from projections.store.migrations.version import open_or_make

from .clock import now
from .counts import SharedCounts
from .settings import Settings
from .snapshot import DEMONSTRATION, Snapshot
from .tables import access, all_tables, trail_head
from .witnesses import Witnesses

if TYPE_CHECKING:
    from domain.proof.signing import Signer
    from domain.register import Register

    from .national_folder import NationalWriter

OPERATOR: Final = "administrator"
"""The role of whoever has the machine's command line: what a command says is said as this."""


class Services:
    """The surroundings of one command, or of a service; each part is made when it is first asked for.

    A service asks again and again: it gives the `cache` standings that its process keeps, and `in_background` what
    nobody should wait for.
    """

    def __init__(
        self, settings: Settings | None = None, cache: StandingsCache | None = None, *, in_background: bool = False
    ) -> None:
        self.settings = settings or Settings.from_environment()
        self.cache, self._in_background = cache, in_background
        self.stopping = Event()
        """Set once the service is told to stop: nothing long should begin or go on."""

    @cached_property
    def actor(self) -> str:
        """Who acts: the name under which the system knows them."""
        try:
            return getpass.getuser()
        except (KeyError, OSError):
            return "unknown"

    @cached_property
    def engine(self) -> sa.Engine:
        """The database, with all its tables; made on the first run.

        Raises:
            DatabaseOfAnotherVersion: its tables are not those of this program; the text says what to do.
        """
        open_or_make(self.engine_of_any_version)
        return self.engine_of_any_version

    @cached_property
    def engine_of_any_version(self) -> sa.Engine:
        """The database as it is, for what has to open one of another version too."""
        self.settings.prepare()
        return make_engine(self.settings.address, stays=self._in_background)

    @cached_property
    def access_engine(self) -> sa.Engine:
        """The access database: accounts, tokens and the trail of access. Who writes there waits for no submission.

        Raises:
            DatabaseUnavailable: it is a file that is not there any more; the text says what to do.
        """
        log = self.engine
        file = self.settings.access_file
        if file is not None and not file.exists():
            self._check_new_trail(file)
        beside = access_engine(log)
        with reading(beside) as connection:
            is_made = sa.inspect(connection).has_table(access.name)
        if not is_made:
            with writing(beside) as connection:
                access_metadata.create_all(connection)
        return beside

    @cached_property
    def door(self) -> sa.Engine:
        """Where one statement asks who is at the door and how far the log has come."""
        _ = self.access_engine  # with its tables
        return at_the_door(self.engine)

    def _check_new_trail(self, file: Path) -> None:
        """An access file that is gone is not quietly made anew: with it went every account, and who looked at whom."""
        with reading(self.engine) as connection:
            newest = newest_head(connection)
        if newest and newest.head.trail and newest.head.trail.size:
            raise DatabaseUnavailable(
                f"{file} is not there: accounts, tokens and the trail of access lie in it. Put it back beside the "
                "database. If it is lost for good, make an empty file of that name to begin a new one; 'recount "
                "verify' will say so from then on."
            )

    def trail_head(self) -> TrailHead:
        """How far the trail of access has come."""
        with at_once(self.access_engine) as connection:
            return trail_head(connection)

    @cached_property
    def counts(self) -> SharedCounts:
        """What is counted so that nobody does it too often."""
        return SharedCounts(self.engine)

    def close(self) -> None:
        """Give the databases' connections back."""
        if "counts" in self.__dict__:
            self.counts.close()
        if "witnesses" in self.__dict__:
            self.witnesses.close()
        if (writer := self.__dict__.get("national_writer")) is not None:
            writer.close()
        for name in ("door", "access_engine", "engine_of_any_version"):
            if name in self.__dict__:
                self.__dict__[name].dispose()

    @cached_property
    def mapper(self) -> JsonMapper:
        """Reads and writes the events of the log."""
        return JsonMapper(EVENT_TYPES)

    @cached_property
    def client_key(self) -> ClientKey:
        """The key that names persons: the one that the database was filled with.

        Raises:
            WrongClientKey: it was filled with another.
        """
        key = self.settings.client_key
        with reading(self.engine) as connection:
            is_known = knows_client_key(connection, key.check_value())
        if not is_known:
            with writing(self.engine) as connection:
                check_client_key(connection, key.check_value())
        return key

    @cached_property
    def register(self) -> "Register":
        """The door that saves events; read models and the signed head follow in the same transaction.

        Raises:
            NotAgreed: a backup was put back past 'recount restore', and knows persons who were erased.
        """
        self._check_stop_list()
        return self.register_of_restored

    @cached_property
    def register_of_restored(self) -> "Register":
        """The door, also where those who were erased have yet to be erased again."""
        from domain.register import Register

        read_models = generations.in_live_generation(following(self.mapper))
        projections = [forgetting, read_models, signing(self.signer, self.trail_head)]
        # What of their settings is wrong is said before anything is committed.
        after = [self.witnesses.hand_over, *([self.national_writer.write] if self.national_writer else [])]

        def committed() -> None:
            for step in after:
                step()

        return Register(self.engine, EVENT_TYPES, projections, now, committed)

    @cached_property
    def national_writer(self) -> "NationalWriter | None":
        """What writes standings for a national read after each commit; None where it is not set. Raises as
        `Settings.national`.
        """
        if (place := self.settings.national) is None:
            return None
        from .national_folder import NationalPlace, NationalWriter

        return NationalWriter(NationalPlace(*place, self.signer.name), self.snapshot, in_background=self._in_background)

    @cached_property
    def witnesses(self) -> Witnesses:
        """The other party's places that get each new head.

        Raises:
            WrongUse: one would have it sent across a network in the clear.
        """
        return Witnesses(self.engine, self.signer.keys, self.settings.witnesses, in_background=self._in_background)

    @cached_property
    def shared_columns(self) -> SharedColumns | None:
        """The files of standings that the processes of a service share, if there is a place for them."""
        return SharedColumns(self.settings.standings) if self.settings.standings else None

    @cached_property
    def signer(self) -> "Signer":
        """The key that signs heads and certificates.

        Raises:
            SettingMissing: it is not given, or is no such key.
        """
        from domain.proof.signing import Signer

        return Signer.read(self.settings.signing_key)

    def _check_stop_list(self) -> None:
        """Neither the stop-list's file nor its table may lack what the other has."""
        from web import stop_list

        if (path := self.settings.stop_list) is None:
            return
        in_file = stop_list.read_file(path)
        with reading(self.engine) as connection:
            in_table, missing = stop_list.load(connection), stop_list.missing(connection, in_file)
        if missing:
            raise NotAgreed(
                f"The stop-list {path} names {len(missing)} who were erased and who are not known to be so here: this "
                "database is older than the stop-list. Run 'recount erase --again' first."
            )
        if set(in_table) - set(in_file):
            self._write_stop_list(path)

    def _write_stop_list(self, path: Path) -> None:
        from web import stop_list

        with writing(self.engine) as connection:
            stop_list.write_file(path, stop_list.load(connection))

    def finish_erasure(self) -> bool:
        """After records were erased: the stop-list file is brought up to date, and what is left of the records in
        the database's files and in unfinished rebuilds goes. False if somebody reads just now, so that it has to wait.
        """
        if path := self.settings.stop_list:
            self._write_stop_list(path)
        # Before what may have to wait: nobody is in the way of this.
        is_cleared = self.shared_columns is None or self.shared_columns.clear()
        generations.drop_others(self.engine)
        return wipe(self.engine, all_tables()) and is_cleared

    @contextmanager
    def snapshot(self, *, in_memory: bool = False) -> Iterator[Snapshot]:
        """One snapshot in which to ask; `in_memory` for questions so many that the standings are best read all at once.

        A service keeps them in memory anyhow.
        """
        with reading(self.engine) as connection, ExitStack() as stack:

            @cache
            def open_access() -> sa.Connection:
                return stack.enter_context(reading(self.access_engine))

            beside = open_access if self.settings.access_file else None
            yield Snapshot.of(connection, self.mapper, self.cache or (StandingsCache() if in_memory else None), beside)

    @property
    def is_demonstration(self) -> bool:
        """Whether no person in the data is real."""
        with self.snapshot() as snapshot:
            return snapshot.is_demonstration

    def mark_demonstration(self, value: bytes) -> None:
        """Say of the database that no person in it is real; `value` says how far its loading has come."""
        with writing(self.engine) as connection:
            keep_setting(connection, DEMONSTRATION, value)
