//! What this process has to do with the broker of events.

use metrics::{counter, describe_counter, describe_gauge, gauge};
use rishi_app::transport::TransportCounts;

use super::float;

pub(super) fn describe() {
    describe_gauge!("rishi_nats_connected", "Whether there is a connection to NATS.");
    describe_gauge!("rishi_relay_active", "Whether this process relays events to NATS.");
    describe_gauge!(
        "rishi_relay_position",
        "NATS has every event up to here, as far as this process knows."
    );
    describe_counter!("rishi_relay_published_total", "Events that NATS took from this process.");
    describe_counter!("rishi_relay_repeated_total", "Of those it had already.");
    describe_counter!(
        "rishi_relay_resumed_total",
        "Places in the stream that had to be found again."
    );
    describe_counter!("rishi_nats_wakeups_total", "Looks into the log that a message led to.");
    describe_counter!("rishi_nats_gaps_total", "Messages that did not follow the one before.");
    describe_counter!(
        "rishi_ingress_messages_total",
        "Messages of others, by what became of them."
    );
    describe_counter!(
        "rishi_ingress_refused_total",
        "Messages of others that were refused, by reason."
    );
}

pub(super) fn write(now: &TransportCounts) {
    gauge!("rishi_nats_connected").set(float(u64::from(now.connected)));
    gauge!("rishi_relay_active").set(float(u64::from(now.relaying)));
    gauge!("rishi_relay_position").set(float(now.cursor));
    counter!("rishi_relay_published_total").absolute(now.published);
    counter!("rishi_relay_repeated_total").absolute(now.repeated);
    counter!("rishi_relay_resumed_total").absolute(now.resumed);
    counter!("rishi_nats_wakeups_total").absolute(now.woken);
    counter!("rishi_nats_gaps_total").absolute(now.gaps);
    for (outcome, count) in
        [("taken", now.taken), ("known", now.known), ("postponed", now.postponed)]
    {
        counter!("rishi_ingress_messages_total", "outcome" => outcome).absolute(count);
    }
    for (reason, count) in &now.refused {
        counter!("rishi_ingress_refused_total", "reason" => *reason).absolute(*count);
    }
}
