//! p2: taking bookings through their life.

use std::time::Duration;

use uuid::Uuid;

use super::settled;
use super::writing::{CONNECTIONS, Writing, stretch};
use crate::bare::{Step, Writer, copy, drafts, reader, steps};
use crate::figures::Rounds;
use crate::http::{Client, request};
use crate::report::{Line, Target};
use crate::{Bench, Result, failed};

/// Bookings that are taken through the rest of their life.
const CHAIN: usize = 4_000;
const LONG: Duration = Duration::from_mins(2);

pub(super) fn run(bench: &mut Bench, writing: &mut Writing) -> Result<()> {
    let database = writing.home.file()?.to_owned();
    // Enough drafts for every round; the first one gives the pattern.
    let wanted = writing.capacity * bench.plan.time.as_secs_f64() * bench.plan.rounds as f64 * 1.5;
    if (writing.world.slots.count() as f64) < wanted {
        bench.quiet("p2 making drafts");
        let missing = (wanted - writing.world.slots.count() as f64) / writing.capacity;
        writing.load(CONNECTIONS, Duration::from_secs_f64(missing))?;
    }
    let mut left = drafts(&reader(&database)?)?;
    let first = left.pop().ok_or_else(|| failed("there are no drafts"))?;
    let mut client = Client::connect(writing.server.address, "")?;
    client.ask(&Steps::new(&writing.world.manager, "pending_approval")?.of(first))?;
    settled(&writing.home)?;

    let path = bench.dir.join("status.db");
    copy(&database, &path)?;
    let mut step = Step::read(&path)?;
    let mut limit = Writer::open(&path)?;
    let (mut answered, mut followed) = (Rounds::default(), Rounds::default());
    let (mut whole, mut without) = (Rounds::default(), Rounds::default());
    let mut submitted = Vec::new();
    let share = left.len() / bench.plan.rounds;
    for round in 1..=bench.plan.rounds {
        bench.quiet(&format!("p2 status, {CONNECTIONS} connections, round {round}"));
        let some = left.split_off(left.len() - share);
        let mut request = Steps::new(&writing.world.manager, "pending_approval")?;
        let mut next = 0;
        let mut source = |into: &mut Vec<u8>| request.write(&some, &mut next, into);
        let time = bench.plan.time;
        let done = stretch(&writing.home, &writing.server, CONNECTIONS, time, &mut source)?;
        submitted.extend_from_slice(&some[..next]);
        answered.push(done.answered_rate);
        followed.push(done.settled_rate);
        let pace = steps(&mut limit, &mut step, CONNECTIONS, true, (share / 2, time))?;
        bench.report.bill(&format!("p2 round {round}"), &done.bill(Some(pace.cost)), done.others);
        whole.push(pace.rate);
        let pace = steps(&mut limit, &mut step, CONNECTIONS, false, (share / 2, time / 2))?;
        without.push(pace.rate);
    }
    bench.report.add(Line {
        row: "p2",
        what: format!("status change, {CONNECTIONS} connections, until what follows is there too"),
        unit: "/s",
        ratio: Some(followed.over(&whole)),
        figure: followed,
        limit: Some(whole),
        target: Some(Target::RatioAtLeast(0.8)),
        ..Line::default()
    });
    bench.report.add(Line {
        row: "p2",
        what: "until the last answer; limit without what follows".to_owned(),
        unit: "/s",
        ratio: Some(answered.over(&without)),
        figure: answered,
        limit: Some(without),
        ..Line::default()
    });
    drop(limit);
    std::fs::remove_file(path)?;
    submitted.truncate(CHAIN);
    chain(bench, writing, &submitted)
}

/// The rest of a booking's life, one step after the other.
fn chain(bench: &mut Bench, writing: &Writing, ids: &[Uuid]) -> Result<()> {
    bench.quiet("p2 the rest of the lifecycle");
    for status in ["approved", "confirmed", "in_progress", "completed"] {
        let mut request = Steps::new(&writing.world.admin, status)?;
        let mut next = 0;
        let mut source = |into: &mut Vec<u8>| request.write(ids, &mut next, into);
        let done = stretch(&writing.home, &writing.server, CONNECTIONS, LONG, &mut source)?;
        bench.report.add(Line {
            row: "p2",
            what: format!("to {status}"),
            unit: "/s",
            figure: Rounds(vec![done.answered_rate]),
            ..Line::default()
        });
    }
    Ok(())
}

/// Requests for one step.
pub(crate) struct Steps {
    template: Vec<u8>,
    id: usize,
}

impl Steps {
    pub(crate) fn new(token: &str, status: &str) -> Result<Self> {
        let nil = Uuid::nil().to_string();
        let path = format!("/api/bookings/{nil}/status");
        let body = serde_json::json!({ "status": status });
        let template = request("POST", &path, token, &[], Some(&body));
        let id = template.windows(nil.len()).position(|window| window == nil.as_bytes());
        Ok(Self { template, id: id.ok_or_else(|| failed("the request has no id"))? })
    }

    pub(crate) fn of(&mut self, id: Uuid) -> Vec<u8> {
        let place = &mut self.template[self.id..self.id + uuid::fmt::Hyphenated::LENGTH];
        id.hyphenated().encode_lower(place);
        self.template.clone()
    }

    pub(crate) fn write(&mut self, ids: &[Uuid], next: &mut usize, into: &mut Vec<u8>) -> bool {
        let Some(id) = ids.get(*next) else { return false };
        *next += 1;
        into.extend_from_slice(&self.template);
        let place = &mut into[self.id..self.id + uuid::fmt::Hyphenated::LENGTH];
        id.hyphenated().encode_lower(place);
        true
    }
}
