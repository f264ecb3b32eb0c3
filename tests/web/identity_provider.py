"""A small OpenID Connect provider, as a process of its own on 127.0.0.1.

It keeps to the protocol (discovery, keys, codes that are good once, PKCE, the client's secret), and signs in whoever
`/be` named last without asking. `/be` also names what it should get wrong. Run as a module with
CLIENT and SECRET; it prints its issuer.
"""

import base64
import json
import secrets
import sys
import time
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

TENANT = "/8d5c-tenant/v2.0"


class Provider(ThreadingHTTPServer):
    """What the provider knows."""

    daemon_threads = True

    def __init__(self, client: str, secret: str) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.client, self.secret = client, secret
        self.key, self.stranger = (RSAKey.generate_key(2048, {"kid": "one"}) for _ in range(2))
        self.person: dict[str, Any] = {}
        self.wrong = ""
        self.codes: dict[str, dict[str, str]] = {}

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.server_port}{TENANT}"


class Answers(BaseHTTPRequestHandler):
    server: Provider

    def log_message(self, *_: Any) -> None:
        pass

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path == f"{TENANT}/.well-known/openid-configuration":
            self._send(200, self._discovery())
        elif parts.path == "/keys":
            self._send(200, {"keys": [self.server.key.as_dict(private=False, use="sig", alg="RS256")]})
        elif parts.path == "/authorize":
            self._authorize(asked)
        else:
            self._send(404, {})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if self.path == "/be":
            given = json.loads(body)
            self.server.person, self.server.wrong = given["person"], given["wrong"]
            self._send(200, {})
        elif self.path == "/token":
            self._token({name: values[0] for name, values in parse_qs(body).items()})
        else:
            self._send(404, {})

    def _discovery(self) -> dict[str, Any]:
        at = f"http://127.0.0.1:{self.server.server_port}"
        issuer = f"{at}/another" if self.server.wrong == "discovery" else self.server.issuer
        return {
            "issuer": issuer,
            "authorization_endpoint": f"{at}/authorize",
            "token_endpoint": f"{at}/token",
            "jwks_uri": f"{at}/keys",
            "response_types_supported": ["code"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
            "code_challenge_methods_supported": ["S256"],
        }

    def _authorize(self, asked: dict[str, str]) -> None:
        kept = asked["client_id"] == self.server.client and asked["response_type"] == "code"
        if not kept or asked["code_challenge_method"] != "S256" or "openid" not in asked["scope"]:
            self._send(400, {"error": "invalid_request"})
            return
        answer = {"state": asked["state"]}
        if self.server.wrong == "declined":
            answer |= {"error": "access_denied", "error_description": "<script>no</script>"}
        else:
            answer["code"] = secrets.token_urlsafe(16)
            self.server.codes[answer["code"]] = asked
        if self.server.wrong == "mixed up":
            answer["iss"] = "https://another.example"
        self.send_response(302)
        self.send_header("Location", f"{asked['redirect_uri']}?{urlencode(answer)}")
        self.end_headers()

    def _token(self, given: dict[str, str]) -> None:
        if self.server.wrong == "broken":
            self._send(500, {})
            return
        asked = self.server.codes.pop(given.get("code", ""), None)
        proof = {
            "code_challenge": _encoded(sha256(given.get("code_verifier", "").encode()).digest()),
            "redirect_uri": given.get("redirect_uri"),
        }
        if not asked or not proof.items() <= asked.items() or not self._is_the_client():
            self._send(400, {"error": "invalid_grant"})
            return
        answer = {"access_token": secrets.token_urlsafe(16), "token_type": "Bearer", "expires_in": 300}
        if self.server.wrong != "no token":
            answer["id_token"] = self._signed(asked["nonce"])
        self._send(200, answer)

    def _is_the_client(self) -> bool:
        scheme, _, text = self.headers.get("Authorization", "").partition(" ")
        client, _, secret = base64.b64decode(text).decode().partition(":")
        return scheme == "Basic" and (unquote(client), unquote(secret)) == (self.server.client, self.server.secret)

    def _signed(self, nonce: str) -> str:
        wrong, at = self.server.wrong, int(time.time())
        claims: dict[str, Any] = {
            "iss": "https://another.example" if wrong == "issuer" else self.server.issuer,
            "aud": "another service" if wrong == "audience" else self.server.client,
            "iat": at - 3600 if wrong == "expired" else at,
            "exp": at - 1800 if wrong == "expired" else at + 300,
            "nonce": "another" if wrong == "nonce" else nonce,
            **self.server.person,
        }
        if wrong == "nobody":
            del claims["sub"]
        if wrong == "unsigned":
            parts = ({"alg": "none"}, claims)
            return ".".join(_encoded(json.dumps(part).encode()) for part in parts) + "."
        key = self.server.stranger if wrong == "key" else self.server.key
        return "nonsense" if wrong == "nonsense" else jwt.encode({"alg": "RS256", "kid": "one"}, claims, key)

    def _send(self, status: int, document: dict[str, Any]) -> None:
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


if __name__ == "__main__":
    provider = Provider(*sys.argv[1:])
    print(provider.issuer, flush=True)
    provider.serve_forever()
