"""The command line in this process, on an empty database of its own."""

import fcntl
import json
import shutil
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import pytest
from argon2 import PasswordHasher
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache
from werkzeug.routing import Rule

from web.app import create_app
from web.auth import passwords
from web.cli.main import main
from web.settings import CLIENT_KEY, DATABASE, SECRET_KEY, SIGNING_KEY, Settings

SIGNS_NOTHING = Ed25519PrivateKey.from_private_bytes(bytes(32)).private_bytes(
    Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
)
KEYS = {
    CLIENT_KEY: "names the persons of these tests",
    SECRET_KEY: "protects nobody",
    SIGNING_KEY: SIGNS_NOTHING.decode(),
}


class CompiledOnce(BytecodeCache):
    """Templates as one application of these tests has compiled them, for all that come after it."""

    def __init__(self) -> None:
        self.compiled: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if (code := self.compiled.get(bucket.key)) is not None:
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.compiled[bucket.key] = bucket.bytecode_to_string()


@pytest.fixture(scope="session", autouse=True)
def usual_work() -> Iterator[PasswordHasher]:
    """Passwords are hashed with less work, since people sign in thousands of times; gives what usually hashes them."""
    usual = passwords._HASHER
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
        yield usual


class RuleCompiledOnce(Rule):
    """A rule of addresses, compiled once for all applications of these tests."""

    compiled: ClassVar[dict[Hashable, Rule]] = {}

    def compile(self) -> None:
        key = (self.rule, self.subdomain, self.merge_slashes, self.strict_slashes, repr(self.defaults))
        if (first := self.compiled.get(key)) is None:
            super().compile()
            self.compiled[key] = self
            return
        self._parts, self._trace, self._converters = first._parts, first._trace, first._converters
        self.arguments = first.arguments
        self._build = first._build.__func__.__get__(self, None)
        self._build_unknown = first._build_unknown.__func__.__get__(self, None)


# Every test has an application of its own: compiling its templates and rules anew was half of what a test of a page
# took.
Flask.jinja_options = {"bytecode_cache": CompiledOnce()}
Flask.url_rule_class = RuleCompiledOnce


@dataclass
class CommandLine:
    """`recount` with its settings; `folder` is for files."""

    folder: Path
    settings: dict[str, str] = field(default_factory=dict)

    def __call__(self, *arguments: Any, code: int = 0, typed: str | None = None) -> Result:
        """Run a command that should end with this exit code; `typed` is its standard input."""
        environment = {**dict.fromkeys(KEYS), **self.settings}
        result = CliRunner(env=environment).invoke(main, list(map(str, arguments)), input=typed)
        assert result.exit_code == code, result.output
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return result

    def json(self, *arguments: Any, code: int = 0, typed: str | None = None) -> Any:
        """The document that a command prints."""
        return json.loads(self(*arguments, "--json", code=code, typed=typed).stdout)


@pytest.fixture
def recount(database_url: str, tmp_path: Path) -> CommandLine:
    """On both databases."""
    return CommandLine(tmp_path, {DATABASE: database_url, **KEYS})


@pytest.fixture
def embedded(tmp_path: Path) -> CommandLine:
    """On SQLite, with the keys that are made on the first run."""
    return CommandLine(tmp_path, {DATABASE: f"sqlite:///{tmp_path / 'data' / 'recount.db'}"})


@pytest.fixture
def app(recount: CommandLine) -> Iterator[Flask]:
    """The service over the database of `recount`, in this process."""
    app = create_app(Settings.from_environment(recount.settings), TESTING=True)
    yield app
    app.extensions["recount"].close()


@pytest.fixture(scope="session")
def loaded_demonstration(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder with the demonstration archive's database, loaded once a run by the first test process that wants it."""
    run = tmp_path_factory.getbasetemp()
    folder = (run if worker_id == "master" else run.parent) / "loaded-demonstration"
    with folder.with_suffix(".turn").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if not folder.exists():
            unfinished = tmp_path_factory.mktemp("loading")
            CommandLine(unfinished, {DATABASE: f"sqlite:///{unfinished / 'recount.db'}", **KEYS})("demo")
            unfinished.rename(folder)
    return folder


@pytest.fixture(scope="session")
def a_demonstration(loaded_demonstration: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], CommandLine]:
    """Gives the demonstration archive in a database of one's own."""

    def copied() -> CommandLine:
        folder = shutil.copytree(loaded_demonstration, tmp_path_factory.mktemp("demonstration"), dirs_exist_ok=True)
        return CommandLine(folder, {DATABASE: f"sqlite:///{folder / 'recount.db'}", **KEYS})

    return copied


@pytest.fixture(scope="session")
def demonstration(a_demonstration: Callable[[], CommandLine]) -> Iterator[Flask]:
    """The service over the demonstration archive: tests make accounts and change no data."""
    app = create_app(Settings.from_environment(a_demonstration().settings), TESTING=True)
    yield app
    app.extensions["recount"].close()
