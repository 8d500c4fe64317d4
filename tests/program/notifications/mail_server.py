"""A mail server for tests, by aiosmtpd: keeps what it takes, a line of JSON for each message.

Usage: mail_server.py PORT FILE [slow]. It refuses `nobody…` for good and `later…` the first time, and when
it is slow it takes a connection and never says a word.
"""

import asyncio
import email
import email.policy
import json
import sys

from aiosmtpd.smtp import SMTP


class Keeper:
    def __init__(self, path):
        self.path = path
        self.later = set()

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("nobody"):
            return "550 5.1.1 no such mailbox"
        if address.startswith("later") and address not in self.later:
            self.later.add(address)
            return "450 4.2.0 not now"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        kept = {
            "to": envelope.rcpt_tos,
            "from": envelope.mail_from,
            "headers": {name.lower(): str(value) for name, value in message.items()},
            "text": message.get_body(("plain",)).get_content(),
            "html": message.get_body(("html",)).get_content(),
        }
        with open(self.path, "a", encoding="utf-8") as file:
            file.write(json.dumps(kept) + "\n")
        return "250 kept"


async def main(port, path, slow):
    loop = asyncio.get_running_loop()
    if slow:
        server = await asyncio.start_server(lambda reader, writer: reader.read(), "127.0.0.1", port)
    else:
        keeper = Keeper(path)
        make = lambda: SMTP(keeper, hostname="test", enable_SMTPUTF8=True)
        server = await loop.create_server(make, "127.0.0.1", port)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()


asyncio.run(main(int(sys.argv[1]), sys.argv[2], "slow" in sys.argv[3:]))
