//! What an operator says: checked, told in an event, and given to the database with it.

use rishi_bus::{LetterFilter, Order, ParkedState, Position, Standing};
use rishi_domain::event::{
    DeadLettersDiscarded, DeadLettersRedriven, EventsRetained, Fact, SubscriptionForgotten,
    SubscriptionPaused, SubscriptionReplayed, SubscriptionResumed, SubscriptionsSwapped,
    Unwritable, Whence, told_from,
};
use rishi_domain::permission::Capability;

use super::{LetterId, may_write};
use crate::auth::Caller;
use crate::commit::{Answer, Committed};
use crate::events::{Cause, Place, subject};
use crate::scope::Scope;
use crate::{App, Commit, Error, policies};

const SOURCE: &str = "rishi/operations";
/// The longest reason, in characters.
const REASON_MAX: usize = 500;

/// Where a replay begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReplayFrom {
    /// After this position.
    After(Position),
    /// With what was made at this instant.
    Since(jiff::Timestamp),
}

impl App {
    /// Gives an order on a caller's behalf, with the answer that a repetition gets again.
    pub async fn order(
        &self,
        caller: &Caller,
        order: Order,
        answer: Answer,
    ) -> Result<Answer, Error> {
        may_write(&caller.principal)?;
        let commit = self.ordered(&Cause::from(caller), Some(&caller.whence), vec![order])?;
        self.finish(caller, Capability::ReadSystem, commit, answer, false).await
    }

    /// Gives orders as the operator at the command line, together or not at all. Answers how much
    /// they reached: dead letters redriven or discarded, events removed.
    pub async fn operate(&self, orders: Vec<Order>) -> Result<u64, Error> {
        let commit = self.ordered(&Cause::default(), None, orders)?;
        match self.store.commit(commit).await {
            Ok(Committed::Fresh { affected, .. }) => Ok(affected),
            Ok(Committed::Replayed(_)) => Ok(0),
            Err(error) => Err(Error::refused(error, &Scope::system(), false)),
        }
    }

    /// Whether the caller may give orders about a subscription, and how it stands.
    pub async fn orderable(&self, caller: &Caller, name: &str) -> Result<Standing, Error> {
        may_write(&caller.principal)?;
        self.standing(name).await
    }

    /// How many dead letters an order about these would reach now. A single one that is named must
    /// be there and dead.
    pub async fn reached(&self, filter: &LetterFilter) -> Result<u64, Error> {
        if let Some(name) = &filter.subscription {
            self.standing(name).await?;
        }
        if let (Some(subscription), Some(position)) = (&filter.subscription, filter.position) {
            let id = LetterId { subscription: subscription.clone(), position };
            let state = match self.letter(&id).await?.state {
                ParkedState::Dead => return Ok(1),
                ParkedState::Retrying => "it is being retried",
                ParkedState::Waiting => "it waits for an event before it",
            };
            return Err(Error::OrderRefused(format!("{id} is no dead letter: {state}")));
        }
        Ok(self.desk.letters(filter, 1, 0).await?.1)
    }

    /// Where a replay from there begins: after which position. A replay only goes back; what lies
    /// after the cursor is handled anyway.
    pub async fn replay_after(&self, name: &str, from: ReplayFrom) -> Result<Position, Error> {
        let cursor = self.standing(name).await?.cursor;
        match from {
            ReplayFrom::After(position) if position > cursor => Err(Error::OrderRefused(format!(
                "{name:?} has come to position {cursor}: a replay goes back, not on to {position}"
            ))),
            ReplayFrom::After(position) => Ok(position),
            ReplayFrom::Since(instant) => {
                let moment = jiff::SignedDuration::from_micros(1);
                let before = instant.saturating_sub(moment).unwrap_or(jiff::Timestamp::MIN);
                let anchor = self.desk.anchor().await?.position;
                Ok(self.desk.position_at(before).await?.max(anchor).min(cursor))
            }
        }
    }

    /// Whether this program has a subscription of this name, be it equipped for it here or not.
    pub fn handles(&self, name: &str) -> bool {
        policies::needs(name).is_some() || self.is_equipped_for(name)
    }

    /// Whether a subscription of this name works wherever this configuration holds.
    pub fn is_equipped_for(&self, name: &str) -> bool {
        policies::subscriptions(self).iter().any(|one| one.spec.name == name)
    }

    /// The subscriptions that work here by this configuration and of which the database knows nothing.
    pub async fn unregistered(&self) -> Result<Vec<String>, Error> {
        let known = self.desk.standings().await?;
        let is_new = |name: &String| known.iter().all(|standing| standing.name != *name);
        let all = policies::subscriptions(self).into_iter().map(|one| one.spec.name.into_owned());
        Ok(all.filter(is_new).collect())
    }

    /// The commit that gives orders; told with from where, if it was not the operator at the command line.
    fn ordered(
        &self,
        cause: &Cause,
        whence: Option<&Whence>,
        orders: Vec<Order>,
    ) -> Result<Commit, Error> {
        let mut facts = Vec::with_capacity(orders.len());
        for order in &orders {
            match order {
                Order::Discard { reason, .. } => check_reason(reason)?,
                Order::Forget { subscription } if self.handles(subscription) => {
                    return Err(Error::OrderRefused(format!(
                        "{subscription:?} is part of this program and would begin anew at its next start; \
                         pause it instead"
                    )));
                }
                _ => {}
            }
            facts.push(fact(order)?);
        }
        if let Some(whence) = whence {
            facts = told_from(facts, whence)?;
        }
        let place = Place { source: SOURCE, subject: subject::system(), organization: None };
        let events = self.tell(&place, cause, self.now(), facts);
        Ok(Commit { events, orders, ..Commit::default() })
    }
}

/// Refuses a reason that says nothing, or too much.
pub fn check_reason(reason: &str) -> Result<(), Error> {
    let length = reason.trim().chars().count();
    if (1..=REASON_MAX).contains(&length) && !reason.contains('\0') {
        return Ok(());
    }
    Err(Error::invalid("reason", "length", format!("say why, in 1 to {REASON_MAX} characters")))
}

/// The event that tells of an order.
fn fact(order: &Order) -> Result<Fact, Unwritable> {
    match order.clone() {
        Order::Pause { subscription } => Fact::new(&SubscriptionPaused { subscription }),
        Order::Resume { subscription } => Fact::new(&SubscriptionResumed { subscription }),
        Order::Replay { subscription, after } => {
            Fact::new(&SubscriptionReplayed { subscription, after })
        }
        Order::Swap { subscription, with } => {
            Fact::new(&SubscriptionsSwapped { subscription, with })
        }
        Order::Forget { subscription } => Fact::new(&SubscriptionForgotten { subscription }),
        Order::Redrive(LetterFilter { subscription, position, error }) => {
            Fact::new(&DeadLettersRedriven { subscription, position, error })
        }
        Order::Discard { letters: LetterFilter { subscription, position, error }, reason } => {
            Fact::new(&DeadLettersDiscarded { subscription, position, error, reason })
        }
        Order::Retain { through } => Fact::new(&EventsRetained { through }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_order_is_told_with_all_that_it_says() {
        let subscription = "mail".to_owned();
        let letters = LetterFilter { subscription: None, position: Some(7), error: None };
        for (order, told, data) in [
            (
                Order::Pause { subscription: subscription.clone() },
                "SUBSCRIPTION_PAUSED",
                r#"{"subscription":"mail"}"#,
            ),
            (
                Order::Replay { subscription, after: 3 },
                "SUBSCRIPTION_REPLAYED",
                r#"{"subscription":"mail","after":3}"#,
            ),
            (
                Order::Forget { subscription: "mail@v2".to_owned() },
                "SUBSCRIPTION_FORGOTTEN",
                r#"{"subscription":"mail@v2"}"#,
            ),
            (Order::Redrive(letters.clone()), "DEAD_LETTERS_REDRIVEN", r#"{"position":7}"#),
            (
                Order::Discard { letters, reason: "a trial".to_owned() },
                "DEAD_LETTERS_DISCARDED",
                r#"{"position":7,"reason":"a trial"}"#,
            ),
            (Order::Retain { through: 9 }, "EVENTS_RETAINED", r#"{"through":9}"#),
        ] {
            let fact = fact(&order).unwrap();
            assert_eq!((fact.event_type, fact.data.get()), (told, data));
        }
    }

    #[test]
    fn a_letter_is_given_up_for_a_reason_only() {
        assert!(check_reason("made for a trial").is_ok());
        for bad in ["", "  ", "a\0b", &"x".repeat(501)] {
            assert!(matches!(check_reason(bad), Err(Error::Invalid(_))), "{bad:?}");
        }
    }
}
