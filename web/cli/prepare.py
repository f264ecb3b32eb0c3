"""What `prepare` does. It needs a client key, and no database."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from domain.client import ClientKey
from domain.errors import SettingMissing, WrongUse
from web.clock import today
from web.files.prepare import Prepared
from web.files.prepare import prepare as prepare_file
from web.files.prepared import key_check
from web.presenters.file_summary import summary_of_prepared
from web.settings import CLIENT_KEY, Settings

from .output import print_document, refusals


def prepare(*, files: Sequence[Path], out: Path | None, client_key_file: Path | None, as_json: bool) -> None:
    """Prepare files, in the order given; the first refused ends it."""
    client_key = _client_key(client_key_file)
    done: list[Prepared] = []

    def document() -> dict[str, Any]:
        return {"client_key_check": key_check(client_key), "files": [prepared.document() for prepared in done]}

    with refusals(as_json=as_json, beside=document):
        for file in files:
            prepared = prepare_file(file, client_key, today())
            path = prepared.write(out or file.parent)
            done.append(prepared)
            if not as_json:
                click.echo(summary_of_prepared(prepared, path))
    if as_json:
        print_document(document(), demonstration=False)


def _client_key(file: Path | None) -> ClientKey:
    """The key that is there: one that was made up here would make somebody else of everybody."""
    if file is None:
        settings = Settings.from_environment()
        if CLIENT_KEY in settings.missing_keys():
            raise SettingMissing(
                f"There is no client key here. Ask the commissioner for the file, and give it as --client-key-file, or "
                f"set {CLIENT_KEY}."
            )
        return settings.client_key
    try:
        text = file.read_text(encoding="utf-8").strip()
    except UnicodeDecodeError as error:
        raise WrongUse(f"{file} is no client key: it is not text.") from error
    if not text:
        raise WrongUse(f"{file} is empty, and so no client key. Ask the commissioner for it.")
    return ClientKey(text.encode())
