//! The people who do the work.

mod assignments;
pub(crate) mod cast;
mod directory;
mod presence;
mod profiles;
mod races;
mod rechecks;
