"""Follows Rishi's events on NATS JetStream with a durable pull consumer.

    pip install nats-py
    NATS_URL=nats://127.0.0.1:4222 python consumer.py [SUBJECT]

What was acknowledged does not come again, also after a restart. What was not may: handlers must bear an event twice, and
tell it by its id. SUBJECT chooses: rishi.events.<organization>.BOOKING_CREATED, or > for all that follows.
"""

import asyncio
import json
import os
import signal
import sys

import nats
from nats.js.api import ConsumerConfig

STREAM = os.environ.get("RISHI_STREAM", "RISHI")
DURABLE = os.environ.get("DURABLE", "example-python")


def handle(event: dict) -> None:
    """Does what is to be done. The event is a CloudEvent 1.0."""
    print(json.dumps({"sequence": event["sequence"], "type": event["type"], "id": event["id"]}), flush=True)


async def main(subject: str) -> None:
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    connection = await nats.connect(
        os.environ.get("NATS_URL", "nats://127.0.0.1:4222"), name=DURABLE, max_reconnect_attempts=-1
    )
    consumer = await connection.jetstream().pull_subscribe(
        subject, durable=DURABLE, stream=STREAM, config=ConsumerConfig(ack_wait=30, max_ack_pending=256)
    )
    while not stop.is_set():
        try:
            messages = await consumer.fetch(64, timeout=1)
        except asyncio.TimeoutError:
            continue  # nothing new
        for message in messages:
            handle(json.loads(message.data))
            await message.ack()
    # With the last acknowledgements.
    await connection.flush()
    await connection.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1] if len(sys.argv) > 1 else "rishi.events.>"))
