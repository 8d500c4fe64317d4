//! The `SQLite` file itself: closing it, copying it, and what damage to it looks like from outside.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod backups;
mod closing;
mod crash;
mod damage;
mod support;
mod workflows;
