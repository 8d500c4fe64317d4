//! Dead letters: found, grouped, shown.

use std::fmt;
use std::str::FromStr;

use rishi_bus::{DeadLetter, LetterFilter, LetterGroup, Position};

use super::may_read;
use crate::auth::Principal;
use crate::store::{Listed, Paging};
use crate::{App, Error};

/// What a dead letter is called: `<subscription>:<position>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LetterId {
    /// Who could not handle it.
    pub subscription: String,
    /// Which event.
    pub position: Position,
}

impl LetterId {
    /// The filter that finds it alone.
    pub fn filter(&self) -> LetterFilter {
        LetterFilter {
            subscription: Some(self.subscription.clone()),
            position: Some(self.position),
            error: None,
        }
    }
}

impl From<&DeadLetter> for LetterId {
    fn from(letter: &DeadLetter) -> Self {
        Self { subscription: letter.subscription.clone(), position: letter.position }
    }
}

impl fmt::Display for LetterId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.subscription, self.position)
    }
}

/// A text that names no dead letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a dead letter is named <subscription>:<position>, e.g. booking-created:42")]
pub struct NotALetter;

impl FromStr for LetterId {
    type Err = NotALetter;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (subscription, position) = text.rsplit_once(':').ok_or(NotALetter)?;
        let position = position.parse().ok().filter(|position| *position > 0);
        match position {
            // A position beyond SQL's integers names nothing.
            Some(position) if !subscription.is_empty() && i64::try_from(position).is_ok() => {
                Ok(Self { subscription: subscription.to_owned(), position })
            }
            _ => Err(NotALetter),
        }
    }
}

impl App {
    /// Dead letters, oldest first, for a caller who may see the system.
    pub async fn dead_letters(
        &self,
        principal: &Principal,
        filter: &LetterFilter,
        paging: Paging,
    ) -> Result<Listed<DeadLetter>, Error> {
        may_read(principal)?;
        let (items, total) = self.desk.letters(filter, paging.limit, paging.offset).await?;
        Ok(Listed { items, total })
    }

    /// Dead letters by what went wrong.
    pub async fn dead_letter_groups(
        &self,
        principal: &Principal,
        filter: &LetterFilter,
    ) -> Result<Vec<LetterGroup>, Error> {
        may_read(principal)?;
        Ok(self.desk.letter_groups(filter).await?)
    }

    /// One event that a subscription could not handle.
    pub async fn dead_letter(
        &self,
        principal: &Principal,
        id: &LetterId,
    ) -> Result<DeadLetter, Error> {
        may_read(principal)?;
        self.letter(id).await
    }

    /// The same for the operator at the command line.
    pub async fn letter(&self, id: &LetterId) -> Result<DeadLetter, Error> {
        let found = self.desk.letter(&id.subscription, id.position).await?;
        found.ok_or(Error::NotFound("dead letter"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_is_named_by_its_subscription_and_position() {
        let id: LetterId = "notify@v2:42".parse().unwrap();
        assert_eq!((id.subscription.as_str(), id.position), ("notify@v2", 42));
        assert_eq!(id.to_string(), "notify@v2:42");
        let odd: LetterId = "a:b:7".parse().unwrap();
        assert_eq!((odd.subscription.as_str(), odd.position), ("a:b", 7));
        for text in ["", "a", "a:", ":1", "a:0", "a:-1", "a:x", "a:9223372036854775808"] {
            assert_eq!(text.parse::<LetterId>(), Err(NotALetter), "{text}");
        }
    }
}
