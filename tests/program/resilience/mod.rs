//! What the platform does when something is slow, down or full, seen from outside.

mod circuits;
mod crowds;
mod disk;
mod health;
mod metrics;
mod read_only;
mod services;
