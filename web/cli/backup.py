"""What the commands that make a backup and put it back do: backup, restore."""

import sys
from pathlib import Path

from rich.console import Console

from domain.errors import SettingMissing
from projections.projector import rebuild as rebuilding
from projections.projector import verify as verifying
from projections.projector.verify import Verification
from web import stop_list
from web.clock import today
from web.operations import backup as backups
from web.operations.backup import Restored
from web.presenters import text
from web.presenters.console import messages, say
from web.presenters.trail import print_verification
from web.schemas import keeping as documents
from web.services import OPERATOR, Services
from web.settings import CLIENT_KEY, SIGNING_KEY, STOP_LIST

from .output import answer, clear_remains, new_services, refusals
from .verification import DIFFERS


def backup(*, file: Path, as_json: bool) -> None:
    """Write a backup into a new file."""
    services = new_services()
    with refusals(as_json=as_json):
        made = backups.backup(services.engine, file)
    answer(
        as_json=as_json,
        demonstration=services.is_demonstration,
        document=made.document,
        tables=lambda console: say(
            console,
            f"{made.file}: {text.plural(made.bytes, 'byte')}, everything up to position {made.position}.",
            f"SHA-256 {made.sha256}",
            "The keys and the stop-list are not in it. Keep them too, and apart from it.",
        ),
    )


def restore(*, file: Path, as_json: bool) -> None:
    """Put a backup into the empty database, erase again whom the stop-list names, and verify."""
    services = new_services()
    _need_keys(services)
    path = services.settings.stop_list
    if path is None or not path.exists():
        say(
            messages(),
            f"There is no stop-list{f' at {path}' if path else f', since {STOP_LIST} is not set'}: whoever was erased "
            "since the backup was made comes back with it. If there is one, put it there and run 'recount erase "
            "--again'.",
        )
    with refusals(as_json=as_json):
        restored = backups.restore(
            services.register_of_restored,
            services.settings.client_key,
            file,
            stop_list.read_file(path) if path else (),
            today(),
            actor=services.actor,
            role=OPERATOR,
        )
    if not restored.complete:
        rebuilding.rebuild(services.engine, services.mapper)
    clear_remains(services)
    say(messages(), "Checking what was put back.")
    found = verifying.verify(services.engine, services.mapper, keys=services.signer.keys)
    answer(
        as_json=as_json,
        demonstration=services.is_demonstration,
        document=lambda: {
            "restored": {"file": restored.file, "position": restored.position},
            "erasure": restored.erasure.document(),
            "verification": documents.verification(found),
        },
        tables=lambda console: _print_restored(console, restored, found),
    )
    if not found.holds:
        sys.exit(DIFFERS)


def _print_restored(console: Console, restored: Restored, found: Verification) -> None:
    episodes = text.plural(restored.erasure.episodes, "episode")
    say(
        console,
        f"{restored.file} is put back, up to position {restored.position}.",
        f"Erased again, as the stop-list says: {episodes}.",
        "",
    )
    print_verification(console, found)


def _need_keys(services: Services) -> None:
    """A key made up now would name everybody anew, or would not be the one that signed what the backup holds."""
    settings = services.settings
    missing = [name for name in (CLIENT_KEY, SIGNING_KEY) if name in settings.missing_keys()]
    if missing:
        files = f" Or put the files '{settings.file}.*key*' of the old database there." if settings.file else ""
        raise SettingMissing(
            f"{' and '.join(missing)} of the database that was backed up must be given before it is put back.{files}"
        )
