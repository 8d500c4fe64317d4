"""Publishes an event of one's own, which enters Rishi's log once, however often it is published.

    NATS_URL=nats://127.0.0.1:4222 python publish.py ORGANIZATION DOOR
"""

import asyncio
import json
import os
import sys

import nats


async def main(organization: str, door: str) -> None:
    event = {
        "specversion": "1.0",
        "id": f"{door}-1",
        "source": "/example/doors",
        "type": "EXTERNAL_DOOR_OPENED",
        "subject": f"door/{door}",
        "datacontenttype": "application/json",
        "data": {"door": door},
    }
    connection = await nats.connect(os.environ.get("NATS_URL", "nats://127.0.0.1:4222"))
    # Acknowledged: the broker has it. Published again it is the same, by its source and id.
    acknowledged = await connection.jetstream().publish(
        f"rishi.ingress.{organization}.{event['type']}",
        json.dumps(event).encode(),
    )
    print(acknowledged.stream, acknowledged.seq)
    await connection.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:3]))
