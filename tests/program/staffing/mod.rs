//! The people who do the work.

mod assignments;
mod candidates;
pub(crate) mod cast;
mod codes;
mod costs;
mod directory;
mod optimizing;
mod presence;
mod profiles;
mod races;
mod rechecks;
