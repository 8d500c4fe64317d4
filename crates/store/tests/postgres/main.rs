//! What only PostgreSQL can do wrong: connections that break, processes that die beside others, a schema that is
//! older than the program. What every engine must do is in `tests/conformance`.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[allow(dead_code, reason = "others start where nothing can be waited for")]
#[path = "../../../../tests/fixtures/postgres.rs"]
mod database;
mod support;

mod company;
mod connections;
mod damage;
mod leases;
mod lists;
mod log;
mod schema;
mod sequencing;
mod wall;
mod writers;
