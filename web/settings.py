"""Settings from the environment, and the keys that are made on the first run beside an embedded database.

A key lies in a file of its own, named after the database file, readable by its owner alone. With a database on a
server the keys must be given, since they have to outlive the machine that happens to run the command.
"""

import glob
import hmac
import os
import re
import secrets
import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import sqlalchemy as sa

from domain.client import ClientKey
from domain.errors import DatabaseUnavailable, SettingMissing, WrongUse
from domain.log.database import ACCESS, FOR_OWNER_ALONE
from domain.log.turn import BESIDE

DATABASE, CLIENT_KEY, SECRET_KEY, SIGNING_KEY, STOP_LIST, RAW_FILES, WITNESS, NATIONAL, COUNCIL = (
    "RECOUNT_DATABASE",
    "RECOUNT_CLIENT_KEY",
    "RECOUNT_SECRET_KEY",
    "RECOUNT_SIGNING_KEY",
    "RECOUNT_STOP_LIST",
    "RECOUNT_RAW_FILES",
    "RECOUNT_WITNESS",
    "RECOUNT_NATIONAL",
    "RECOUNT_COUNCIL",
)
ORIGIN, OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET = (
    "RECOUNT_ORIGIN",
    "RECOUNT_OIDC_ISSUER",
    "RECOUNT_OIDC_CLIENT_ID",
    "RECOUNT_OIDC_CLIENT_SECRET",
)
PROXY: Final = "RECOUNT_PROXY"
STANDINGS: Final = "RECOUNT_STANDINGS"
BACKUP_RECIPIENT: Final = "RECOUNT_BACKUP_RECIPIENT"
PRIVATE_KEY: Final = "AGE-SECRET-KEY-"
"""With what a private key of age begins."""
SMTP_HOST, SMTP_PORT, SMTP_SECURITY, SMTP_USER, SMTP_PASSWORD, MAIL_FROM = (
    "RECOUNT_SMTP_HOST",
    "RECOUNT_SMTP_PORT",
    "RECOUNT_SMTP_SECURITY",
    "RECOUNT_SMTP_USER",
    "RECOUNT_SMTP_PASSWORD",
    "RECOUNT_MAIL_FROM",
)
DEFAULT_DATABASE: Final = "sqlite:///var/recount.db"
KEY_FILES: Final = {CLIENT_KEY: ".client-key", SECRET_KEY: ".secret-key", SIGNING_KEY: ".signing-key.pem"}
"""What is added to the name of the database file."""
_SIGNING_IN: Final = (ORIGIN, PROXY, OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET)
_MAIL: Final = (SMTP_HOST, SMTP_PORT, SMTP_SECURITY, SMTP_USER, SMTP_PASSWORD, MAIL_FROM)
_PORT_OF: Final = {"starttls": 587, "tls": 465, "none": 25}
"""How a mail server is spoken to, and its port where none is said."""
_LAST_PORT: Final = 65535
_STOP_LIST_FILE: Final = ".stop-list"
_STANDINGS_FILES: Final = ".standings"
_PORT_FILE: Final = ".port"
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


Network = IPv4Network | IPv6Network
LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
"""Names and addresses under which a machine reaches itself."""


@dataclass(frozen=True, slots=True)
class Origin:
    """The service's own address, like https://recount.example: no path, and HTTPS but on the machine itself."""

    scheme: str
    host: str
    port: int | None

    @classmethod
    def read(cls, text: str) -> "Origin":
        """The address that is written; raises WrongUse."""
        wrong = WrongUse(f"{ORIGIN} is no address of a service. Write it like https://recount.example, with no path.")
        try:
            parts = urlsplit(text)
            origin = cls(parts.scheme, parts.hostname or "", parts.port)
        except ValueError:
            raise wrong from None
        beside = parts.path.strip("/") or parts.query or parts.fragment or parts.username or parts.password
        if not origin.host or beside or parts.scheme not in {"http", "https"}:
            raise wrong
        if not origin.is_secure and origin.host not in LOOPBACK:
            raise WrongUse(
                f"{ORIGIN} begins with http://. Outside this machine the service is reached by https:// only."
            )
        return origin

    @property
    def is_secure(self) -> bool:
        """Whether it is reached by HTTPS."""
        return self.scheme == "https"

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}" + (f":{self.port}" if self.port else "")


@dataclass(frozen=True, slots=True)
class IdentityProvider:
    """An OpenID Connect provider, and what the service is to it."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)


MAIL_ADDRESS: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,189}")
"""What an e-mail address looks like, roughly; whether it exists only a mail to it tells.

Signs that mean a list, a group, a comment or an encoded word in the head of a mail are no part of it: of some no mail
can be made, and a list would be several people.
"""


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mails are handed over, and from whom they are; `links` is the address with which their links begin."""

    host: str
    port: int
    security: str
    user: str
    password: str = field(repr=False)
    sender: str
    links: str

    @classmethod
    def read(cls, given: Mapping[str, str], origin: "Origin | None") -> "MailServer":
        """The server that is set; raises SettingMissing and WrongUse."""
        for name in (SMTP_HOST, MAIL_FROM):
            if name not in given:
                raise SettingMissing(f"{name} is not set. Sending e-mail needs it.")
        if origin is None:
            raise SettingMissing(f"{ORIGIN} is not set. The links in e-mails begin with it.")
        security = given.get(SMTP_SECURITY, "starttls").lower()
        if security not in _PORT_OF:
            raise WrongUse(f"{SMTP_SECURITY} is '{security}'. Write starttls, tls or none.")
        if security == "none" and given[SMTP_HOST] not in LOOPBACK:
            raise WrongUse(f"{SMTP_SECURITY} is none: that is for a mail server on this machine alone.")
        port = given.get(SMTP_PORT, str(_PORT_OF[security]))
        if not (port.isascii() and port.isdigit() and 1 <= int(port) <= _LAST_PORT):
            raise WrongUse(f"{SMTP_PORT} is '{port}'. Write the number of a port.")
        if not MAIL_ADDRESS.fullmatch(given[MAIL_FROM]):
            raise WrongUse(f"{MAIL_FROM} is no e-mail address. Write one like recount@council.example.")
        user, password = given.get(SMTP_USER, ""), given.get(SMTP_PASSWORD, "")
        return cls(given[SMTP_HOST], int(port), security, user, password, given[MAIL_FROM], str(origin))


@dataclass(frozen=True)
class Settings:
    """Where the data lie, and the keys. `file` is that of an embedded database, None for one on a server.

    `given` holds keys, and is in no `repr`.
    """

    database: sa.URL
    file: Path | None
    given: Mapping[str, str] = field(repr=False)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """The settings of this process.

        Raises:
            WrongUse: RECOUNT_DATABASE is no address that we know.
        """
        names = (
            DATABASE,
            STOP_LIST,
            RAW_FILES,
            WITNESS,
            STANDINGS,
            NATIONAL,
            COUNCIL,
            BACKUP_RECIPIENT,
            *_SIGNING_IN,
            *_MAIL,
            *KEY_FILES,
        )
        given = {name: value for name in names if (value := environment.get(name, "").strip())}
        url = _database_url(given.get(DATABASE, DEFAULT_DATABASE))
        file = Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None
        return cls(url, file, given)

    @property
    def address(self) -> str:
        """The address for `make_engine`."""
        return self.database.render_as_string(hide_password=False)

    @property
    def client_key(self) -> ClientKey:
        """The key that names persons.

        Raises:
            SettingMissing: it is not given, and does not lie beside the database file.
        """
        return ClientKey(self._key(CLIENT_KEY).encode())

    @property
    def secret_key(self) -> str:
        """What protects sessions, made of the secret for this database alone: another council's service that was given
        a copy of the secret accepts nothing of this one's; raises as `client_key`.
        """
        return hmac.new(self._key(SECRET_KEY).encode(), self._place.encode(), sha256).hexdigest()

    @property
    def mark(self) -> str:
        """Ten letters by which what this council's service leaves in browsers and in folders that others use too is
        told from theirs; they say nothing of it. Raises as `client_key`.
        """
        return sha256(f"mark {self.secret_key}".encode()).hexdigest()[:10]

    @property
    def _place(self) -> str:
        """Where the database lies: its file, or its name on a server, which different machines may call differently."""
        if self.file:
            return str(self.file.absolute())
        return f"{self.database.database} {self.database.query.get('options', '')}"

    @property
    def signing_key(self) -> bytes:
        """The Ed25519 key that signs, PEM; raises as `client_key`."""
        return self._key(SIGNING_KEY).encode()

    @property
    def stop_list(self) -> Path | None:
        """The file of those who were erased, beside the keys; None for a database on a server that is given none."""
        if STOP_LIST in self.given:
            return Path(self.given[STOP_LIST])
        return self._beside(_STOP_LIST_FILE) if self.file else None

    @property
    def access_file(self) -> Path | None:
        """The file of accounts, tokens and the trail of access; None on a server, where they lie beside the log."""
        return self._beside(ACCESS) if self.file else None

    @property
    def standings(self) -> Path | None:
        """With what the names of the files begin that processes share: in the folder that is set, else beside an
        embedded database; None for one on a server where none is set. A folder may be that of several databases.
        """
        if STANDINGS in self.given:
            place = self._place if self.file else self.database.render_as_string(hide_password=True)
            database = sha256(place.encode()).hexdigest()
            return Path(self.given[STANDINGS]) / f"recount-{database[:16]}{_STANDINGS_FILES}"
        return self._beside(_STANDINGS_FILES) if self.file else None

    @property
    def port_file(self) -> Path | None:
        """Where a running service notes its port; None for a database on a server."""
        return self._beside(_PORT_FILE) if self.file else None

    @property
    def witnesses(self) -> tuple[str, ...]:
        """Where each new head is handed: files and addresses of the other party's, white space between."""
        return tuple(self.given.get(WITNESS, "").split())

    @property
    def national(self) -> tuple[Path, str] | None:
        """The folder that standings are written into after each commit, and as which council's; None for nowhere.

        Raises:
            SettingMissing: one of the two is set, and the other is not.
        """
        folder, council = self.given.get(NATIONAL), self.given.get(COUNCIL)
        if folder and council:
            return Path(folder), council
        if folder or council:
            raise SettingMissing(
                f"Of {NATIONAL} and {COUNCIL} only one is set. Writing for a national read needs both."
            )
        return None

    @property
    def backup_recipients(self) -> tuple[str, ...]:
        """The public keys (age) that backups are encrypted for, white space between; none where they are not.

        Raises:
            WrongUse: one is no such key, or is a private one.
        """
        recipients = tuple(self.given.get(BACKUP_RECIPIENT, "").split())
        if recipients:
            _check_recipients(recipients)
        return recipients

    @property
    def takes_raw_files(self) -> bool:
        """Whether files with initials and birth dates may be sent to the service; else they must be prepared before.

        If nothing is said: with an embedded database, which is that of one machine, and not with one on a server.

        Raises:
            WrongUse: what is said is neither yes nor no.
        """
        said = self.given.get(RAW_FILES, "").lower()
        if said not in {"", "yes", "no"}:
            raise WrongUse(f"{RAW_FILES} is '{said}'. Write yes or no.")
        return said == "yes" or (not said and self.file is not None)

    @property
    def origin(self) -> Origin | None:
        """Under which address people reach the service; None where it serves this machine alone.

        Raises:
            WrongUse: it is no such address, or would send what people type across a network in the clear.
        """
        return Origin.read(self.given[ORIGIN]) if ORIGIN in self.given else None

    @property
    def proxies(self) -> tuple[Network, ...]:
        """The addresses from which a proxy says who came, how and under which name; nobody else is believed.

        Raises:
            WrongUse: what is written is no address.
        """
        said = self.given.get(PROXY, "").replace(",", " ").split()
        try:
            return tuple(map(ip_network, said))
        except ValueError:
            raise WrongUse(
                f"{PROXY} is no list of addresses. Write those that your proxy comes from, like 127.0.0.1."
            ) from None

    @property
    def identity_provider(self) -> IdentityProvider | None:
        """Where people sign in by OpenID Connect; None where it is not set up.

        Raises:
            SettingMissing: a part of it is set, and another is not.
        """
        parts = (OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET)
        if not any(name in self.given for name in parts):
            return None
        for name in (*parts, ORIGIN):
            if name not in self.given:
                raise SettingMissing(f"{name} is not set. Signing in by OpenID Connect needs it.")
        return IdentityProvider(*(self.given[name] for name in parts))

    @property
    def mail_server(self) -> MailServer | None:
        """Where mails are handed over; None where nothing of it is set, so that nothing is sent.

        Raises:
            SettingMissing: a part of it is set, and another is not.
            WrongUse: a setting is not as it must be.
        """
        if not any(name in self.given for name in _MAIL):
            return None
        return MailServer.read(self.given, self.origin)

    def protect(self) -> list[str]:
        """Take from everybody else what an earlier version, or a copy, let them do with our files.

        A sentence of each file with which that cannot be done.
        """
        complaints = []
        for path in self._own_files():
            try:
                if path.stat().st_mode & _OTHERS:
                    path.chmod(FOR_OWNER_ALONE)
            except FileNotFoundError:
                continue
            except OSError as error:
                complaints.append(
                    f"Others on this machine may open {path}, and that cannot be mended from here ({error.strerror}). "
                    f"Let its owner run: chmod 600 {path}"
                )
        return complaints

    def _own_files(self) -> Iterator[Path]:
        """The files of the database and what lies beside it, whether they are there or not."""
        if self.stop_list:
            yield self.stop_list
        if self.standings:
            yield from self.standings.parent.glob(f"{glob.escape(self.standings.name)}*")
        if self.file is None:
            return
        for database in ("", ACCESS):
            for suffix in ("", "-wal", "-shm", "-journal", BESIDE):
                yield self._beside(database + suffix)
        for suffix in (_PORT_FILE, *KEY_FILES.values()):
            yield self._beside(suffix)

    def missing_keys(self) -> list[str]:
        """The names of the keys that are not there, and would be made up on the first run."""
        given = {name for name in KEY_FILES if name in self.given}
        beside = {name for name, suffix in KEY_FILES.items() if self.file and self._beside(suffix).exists()}
        return [name for name in KEY_FILES if name not in given | beside]

    def _beside(self, suffix: str) -> Path:
        assert self.file
        return self.file.with_name(self.file.name + suffix)

    def prepare(self) -> None:
        """Before the first run: the folder of an embedded database, and its keys. On a server: are the keys given?

        Raises:
            SettingMissing: a key that must be given is not.
            DatabaseUnavailable: the folder cannot be made or written.
        """
        if self.file and self._holds_data:
            return
        if self.file:
            try:
                self.file.parent.mkdir(mode=FOR_OWNER_ALONE | stat.S_IXUSR, parents=True, exist_ok=True)
            except OSError as error:
                raise _not_writable(self.file, error) from error
        for name in KEY_FILES:
            self._key(name)

    @property
    def _holds_data(self) -> bool:
        return self.file is not None and self.file.exists() and self.file.stat().st_size > 0

    def _key(self, name: str) -> str:
        if name in self.given:
            return self.given[name]
        if self.file is None:
            raise SettingMissing(f"{name} is not set. It must be given for a database on a server.")
        path = self._beside(KEY_FILES[name])
        try:
            return path.read_text(encoding="ascii").strip()
        except FileNotFoundError:
            self._refuse_another(name, path)
        except (OSError, ValueError) as error:
            raise SettingMissing(f"The key {path} cannot be read ({error}). Restore it, or set {name}.") from error
        try:
            return _kept_key(path, _MAKE[name]())
        except OSError as error:
            raise _not_writable(path, error) from error

    def _refuse_another(self, name: str, path: Path) -> None:
        """What is stored already was named, and signed, by the key that is gone: a new one would be another."""
        does = {CLIENT_KEY: "names the persons", SIGNING_KEY: "signs the log"}
        if name in does and self._holds_data:
            raise SettingMissing(
                f"The key that {does[name]} of {self.file} is not at {path}. Restore it from where it was kept, "
                f"or set {name}."
            )


def _check_recipients(recipients: tuple[str, ...]) -> None:
    from pyrage import RecipientError, x25519

    if any(recipient.upper().startswith(PRIVATE_KEY) for recipient in recipients):
        raise WrongUse(
            f"{BACKUP_RECIPIENT} has a private key. It must not be on this machine: take it away, make a new pair "
            "elsewhere with 'recount backup-key', and set the public key here."
        )
    for recipient in recipients:
        try:
            x25519.Recipient.from_str(recipient)
        except RecipientError:
            raise WrongUse(
                f"{BACKUP_RECIPIENT} has '{recipient}', which is no public key of age. One begins with age1."
            ) from None


def _database_url(text: str) -> sa.URL:
    try:
        url = sa.make_url(text)
    except (sa.exc.ArgumentError, ValueError):
        raise _unknown_address() from None
    backend = url.get_backend_name()
    if backend == "postgresql":
        return url.set(drivername="postgresql+psycopg")
    if backend != "sqlite" or not url.database or url.database == ":memory:":
        raise _unknown_address()
    return url


def _unknown_address() -> WrongUse:
    return WrongUse(
        f"{DATABASE} is no address of a database. Write sqlite:///FILE or postgresql+psycopg://USER@HOST/NAME."
    )


def _not_writable(path: Path, error: OSError) -> DatabaseUnavailable:
    return DatabaseUnavailable(
        f"{path} cannot be made ({error.strerror}). Check that its folder exists and that you may write there."
    )


def _random_text() -> str:
    return secrets.token_hex(32)


def _signing_key() -> str:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return (
        Ed25519PrivateKey.generate()
        .private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        .decode()
    )


_MAKE: Final[Mapping[str, Callable[[], str]]] = {
    CLIENT_KEY: _random_text,
    SECRET_KEY: _random_text,
    SIGNING_KEY: _signing_key,
}


def _kept_key(path: Path, key: str) -> str:
    """Write a key whole, on the disk, or not at all; of two processes that make one, both take the first one's."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, FOR_OWNER_ALONE), "w") as out:
        out.write(key.strip() + "\n")
        out.flush()
        os.fsync(out.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    finally:
        draft.unlink()
    return key.strip()
