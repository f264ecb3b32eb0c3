"""A mail server in a process of its own: `python -m tests.web.mail_server FILE [CERTIFICATE KEY]`.

It prints its port, and writes a line of JSON for each mail that it has taken, on the disk before it says so. It takes
no mail to an address that begins with "refused".
"""

import asyncio
import json
import os
import ssl
import sys
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope

USER, PASSWORD = b"recount", b"secret of the mail server"


class Taking:
    """What is done with a mail."""

    def __init__(self, file: Path) -> None:
        self.file = file

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Envelope, address: str, _options: Any) -> str:
        if address.startswith("refused"):
            return f"550 {address} is not here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        line = {"from": envelope.mail_from, "to": envelope.rcpt_tos, "content": envelope.content.decode("ascii")}
        with self.file.open("a") as out:
            out.write(json.dumps(line) + "\n")
            out.flush()
            os.fsync(out.fileno())
        return "250 OK"


def authenticate(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
    return AuthResult(success=(data.login, data.password) == (USER, PASSWORD), handled=False)


async def serve(file: str, *certificate: str) -> None:
    settings: dict[str, Any] = {}
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
        settings = {"tls_context": context, "require_starttls": True, "auth_required": True}
        settings["authenticator"] = authenticate
    taking = Taking(Path(file))
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(taking, hostname="127.0.0.1", **settings), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(*sys.argv[1:]))
