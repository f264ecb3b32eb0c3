"""Ed25519 signatures, and the keys that make and verify them.

A key is named by the SHA-256 of the 32 bytes of its public half, in hexadecimal. A signing key is a PEM text: the
private key, and behind it the public halves of the keys that were used before, so that what they signed still holds.
"""

import re
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from domain.errors import Refused, SettingMissing

_BLOCK: Final = re.compile(rb"-----BEGIN ([A-Z ]+)-----.*?-----END \1-----", re.DOTALL)


class PublicKeys:
    """The keys that somebody trusts, by name."""

    def __init__(self, keys: Iterable[Ed25519PublicKey]) -> None:
        self._keys: Mapping[str, Ed25519PublicKey] = {key_name(key): key for key in keys}

    @classmethod
    def read(cls, pem: bytes, file: str = "") -> "PublicKeys":
        """The public keys of a PEM text, one at least.

        Raises:
            Refused: it holds none, or something else.
        """
        try:
            return cls(_public_keys(pem))
        except (ValueError, UnsupportedAlgorithm) as error:
            raise Refused(
                "no-public-key",
                f"{file or 'This'} is no Ed25519 public key in PEM ({error}). 'recount public-key' prints one.",
                file,
            ) from None

    def __contains__(self, name: str) -> bool:
        return name in self._keys

    def verifies(self, name: str, signature: bytes, signed: bytes) -> bool:
        """Whether the key of this name, which must be one of these, made the signature over these bytes."""
        try:
            self._keys[name].verify(signature, signed)
        except InvalidSignature:
            return False
        return True


class Signer:
    """The key that the service signs with. `keys` are those that verify what it signs, and what it signed before."""

    def __init__(self, private: Ed25519PrivateKey, former: Iterable[Ed25519PublicKey] = ()) -> None:
        self._private, self._public = private, private.public_key()
        self.name: Final = key_name(self._public)
        self.keys: Final = PublicKeys([self._public, *former])

    @classmethod
    def read(cls, pem: bytes) -> "Signer":
        """The signing key of a PEM text: the private key, then the public halves of former ones.

        Raises:
            SettingMissing: it is no such text.
        """
        block = _BLOCK.search(pem)
        try:
            private = serialization.load_pem_private_key(block[0] if block else pem, password=None)
            former = _public_keys(pem[block.end() :]) if block and pem[block.end() :].strip() else []
        except (ValueError, TypeError, UnsupportedAlgorithm):
            private, former = None, []
        if not isinstance(private, Ed25519PrivateKey):
            raise SettingMissing("The signing key is no Ed25519 private key in PEM. Restore it from where it was kept.")
        return cls(private, former)

    def sign(self, signed: bytes) -> bytes:
        """The 64 bytes of the signature; the same each time for the same bytes."""
        return self._private.sign(signed)

    @property
    def public_pem(self) -> str:
        """The public key, PEM."""
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        return self._public.public_bytes(serialization.Encoding.PEM, form).decode()


def key_name(key: Ed25519PublicKey) -> str:
    """The name of a key."""
    return sha256(key.public_bytes_raw()).hexdigest()


def _public_keys(pem: bytes) -> list[Ed25519PublicKey]:
    blocks = [match[0] for match in _BLOCK.finditer(pem)]
    if not blocks:
        raise ValueError("there is no PEM block in it")
    return [_public_key(block) for block in blocks]


def _public_key(pem: bytes) -> Ed25519PublicKey:
    key = serialization.load_pem_public_key(pem)
    if not isinstance(key, Ed25519PublicKey):
        raise ValueError("it is a key of another kind")
    return key
