"""A real SMTP server (aiosmtpd) whose letters can be read back over HTTP, for the tests.

Started by scripts/with-smtp, which exports
  PLAYHOUSE_TEST_SMTP              127.0.0.1:PORT, plain, offering STARTTLS and AUTH (PLAIN, LOGIN)
  PLAYHOUSE_TEST_SMTP_CERTIFICATE  the certificate to trust for STARTTLS
  PLAYHOUSE_TEST_SMTP_READ         http://127.0.0.1:PORT

  GET    /letters          [{"from", "to": [], "data", "login": name or null, "tls": bool}], oldest first
  GET    /letters?to=ADDR  only those to this address
  DELETE /letters          forget them (?to= as above)

AUTH knows one login: `house`, password `front-of-house`. What a recipient's name does:
  550-anything@, 451-anything@  this recipient is refused with this code (any 4xx or 5xx)
  data-554-anything@            the letter itself is refused with this code
  drop-anything@                the letter is taken, but the line goes dead before the answer
"""

import asyncio
import json
import re
import signal
import ssl
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from aiosmtpd.smtp import SMTP, AuthResult

letters: list[dict] = []
lock = threading.Lock()


def asked_refusal(pattern: str, recipient: str) -> str | None:
    found = re.match(pattern, recipient)
    return f"{found[1]} Refused, because the address asks for it" if found else None


class Postman:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if refusal := asked_refusal(r"([45]\d\d)-", address):
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        for recipient in envelope.rcpt_tos:
            if refusal := asked_refusal(r"data-([45]\d\d)-", recipient):
                return refusal
        letter = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "data": envelope.content.decode("utf-8", "replace"),
            "login": session.auth_data,
            "tls": session.ssl is not None,
        }
        with lock:
            letters.append(letter)
        if any(recipient.startswith("drop-") for recipient in envelope.rcpt_tos):
            server.transport.abort()
        return "250 Taken"


def authenticate(server, session, envelope, mechanism, data):
    known = data.login == b"house" and data.password == b"front-of-house"
    return AuthResult(success=known, handled=False, auth_data="house" if known else None)


class Reader(BaseHTTPRequestHandler):
    def wanted(self):
        """Says whether a letter is asked for; None if the address is not one of ours."""
        url = urlsplit(self.path)
        to = parse_qs(url.query).get("to", [None])[0]
        return (lambda letter: to is None or to in letter["to"]) if url.path == "/letters" else None

    def do_GET(self):
        if wanted := self.wanted():
            with lock:
                self.answer(200, [letter for letter in letters if wanted(letter)])
        else:
            self.answer(404, [])

    def do_DELETE(self):
        if wanted := self.wanted():
            with lock:
                letters[:] = [letter for letter in letters if not wanted(letter)]
            self.answer(200, [])
        else:
            self.answer(404, [])

    def answer(self, status, content):
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


async def serve(certificate: str, key: str) -> None:
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate, key)

    def greet() -> SMTP:
        return SMTP(
            Postman(),
            hostname="localhost",
            tls_context=tls,
            authenticator=authenticate,
            auth_require_tls=False,
        )

    loop = asyncio.get_running_loop()
    postman = await loop.create_server(greet, "127.0.0.1", 0)
    reader = ThreadingHTTPServer(("127.0.0.1", 0), Reader)
    threading.Thread(target=reader.serve_forever, daemon=True).start()
    smtp_port = postman.sockets[0].getsockname()[1]
    print(f"127.0.0.1:{smtp_port} http://127.0.0.1:{reader.server_port}", flush=True)

    told_to_stop = asyncio.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, told_to_stop.set)
    await told_to_stop.wait()
    postman.close()


if __name__ == "__main__":
    asyncio.run(serve(*sys.argv[1:]))
