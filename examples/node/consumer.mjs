// Follows Rishi's events on NATS JetStream with a durable pull consumer.
//
//     npm ci && NATS_URL=nats://127.0.0.1:4222 node consumer.mjs [SUBJECT]
//
// What was acknowledged does not come again, also after a restart. What was not may: handlers must bear an event twice,
// and tell it by its id. SUBJECT chooses: rishi.events.<organization>.BOOKING_CREATED, or > for all that follows.
import { AckPolicy, jetstream, jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";

const { NATS_URL = "nats://127.0.0.1:4222", RISHI_STREAM = "RISHI", DURABLE = "example-node" } = process.env;
const [subject = "rishi.events.>"] = process.argv.slice(2);

// Does what is to be done. The event is a CloudEvent 1.0.
function handle({ sequence, type, id }) {
  console.log(JSON.stringify({ sequence, type, id }));
}

const connection = await connect({ servers: NATS_URL, name: DURABLE, maxReconnectAttempts: -1 });
const manager = await jetstreamManager(connection);
await manager.consumers.add(RISHI_STREAM, {
  durable_name: DURABLE,
  ack_policy: AckPolicy.Explicit,
  ack_wait: 30_000_000_000, // nanoseconds
  filter_subject: subject,
});
const consumer = await jetstream(connection).consumers.get(RISHI_STREAM, DURABLE);
const messages = await consumer.consume({ max_messages: 64 });
for (const name of ["SIGINT", "SIGTERM"]) process.once(name, () => messages.stop());
for await (const message of messages) {
  handle(message.json());
  message.ack();
}
await connection.drain();
