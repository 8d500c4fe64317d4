//! What is under way in this process and has an end: connections, requests, streams, webhooks, searches.

use metrics::{counter, describe_counter, describe_gauge, gauge};

use super::float;
use crate::shared::Shared;

pub(super) fn describe() {
    describe_gauge!("rishi_http_requests_at_work", "Requests being answered.");
    describe_gauge!("rishi_http_requests_at_work_limit", "How many may be, of the usual kind.");
    describe_counter!("rishi_http_requests_shed_total", "Refused because too many were at work.");
    describe_gauge!("rishi_http_connections", "Open connections.");
    describe_gauge!("rishi_http_connections_limit", "How many there may be.");
    describe_gauge!("rishi_event_streams", "Open event streams.");
    describe_gauge!("rishi_event_streams_reading", "Of those, the ones that read; at most 2.");
    describe_counter!(
        "rishi_event_streams_given_up_total",
        "Event streams that were ended because nobody read them."
    );
    describe_gauge!(
        "rishi_password_checks_pending",
        "Passwords that are being checked or wait for it; at most 258."
    );
    describe_gauge!("rishi_webhooks_under_way", "Webhooks that were sent and not answered yet.");
    describe_gauge!("rishi_webhooks_under_way_limit", "How many there may be.");
    describe_gauge!("rishi_plan_searches_running", "Plans that are being searched; at most 2.");
    describe_gauge!("rishi_plan_searches_kept", "Searches that are remembered; at most 64.");
}

pub(super) fn write(shared: &Shared) {
    let (load, (open, most)) = (shared.load(), (shared.connections)());
    count("rishi_http_requests_at_work", load.at_work());
    count("rishi_http_requests_at_work_limit", load.most());
    counter!("rishi_http_requests_shed_total").absolute(load.shed());
    count("rishi_http_connections", open);
    count("rishi_http_connections_limit", most);
    let streams = shared.streams();
    count("rishi_event_streams", streams.open());
    count("rishi_event_streams_reading", streams.reading());
    counter!("rishi_event_streams_given_up_total").absolute(streams.given_up());
    count("rishi_password_checks_pending", shared.app.hashing.pending());
    gauge!("rishi_webhooks_under_way").set(f64::from(shared.app.webhook_slots.under_way()));
    gauge!("rishi_webhooks_under_way_limit").set(f64::from(rishi_app::webhooks::Slots::MOST));
    let (running, kept) = shared.app.optimizations.counts();
    count("rishi_plan_searches_running", running);
    count("rishi_plan_searches_kept", kept);
}

fn count(metric: &'static str, number: usize) {
    gauge!(metric).set(float(number as u64));
}
