//! What a decider answers: the state after, and the facts that led there.

use crate::error::Invalid;
use crate::event::{Fact, Unwritable};

/// A change that was agreed to. State and facts are to be written together or not at all.
#[derive(Debug, Clone)]
pub struct Decision<T> {
    /// The entity as it is after the change.
    pub state: T,
    /// What happened, in order; never empty.
    pub facts: Vec<Fact>,
}

impl<T> Decision<T> {
    /// A change told by one fact.
    pub fn new(state: T, fact: Fact) -> Self {
        Self { state, facts: vec![fact] }
    }
}

/// Why a change of an organization, a person, a membership or a location is refused.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// The input breaks rules.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// The organization may not act at present.
    #[error("the organization is suspended")]
    OrganizationSuspended,
    /// A fact could not be written down.
    #[error(transparent)]
    Unwritable(#[from] Unwritable),
}
