//! What was made of an event once, for whoever handles the same event next.

use std::any::Any;
use std::fmt;
use std::sync::{Arc, OnceLock};

/// Holds one value of a type that the bus does not know, such as the payload as a struct: many subscriptions
/// see an event, and reading its text is what most of them would spend their time on. It is no part of the event: a copy
/// may have one or not, and nothing that is written shows it.
#[derive(Clone, Default)]
pub struct Memo(OnceLock<Arc<dyn Any + Send + Sync>>);

impl Memo {
    /// The value that is kept, or the one that `make` makes, which is kept from then on. Where a value of another type
    /// is kept already, what `make` makes is not.
    pub fn or_make<T: Send + Sync + 'static, E>(
        &self,
        make: impl FnOnce() -> Result<T, E>,
    ) -> Result<Arc<T>, E> {
        if let Some(kept) = self.0.get()
            && let Ok(kept) = Arc::clone(kept).downcast()
        {
            return Ok(kept);
        }
        let value = Arc::new(make()?);
        // Two at once each use what they have made.
        self.0.get_or_init(|| Arc::<T>::clone(&value));
        Ok(value)
    }
}

impl fmt::Debug for Memo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.get().is_some() { "Memo(made)" } else { "Memo" })
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    fn text(memo: &Memo, text: &str) -> String {
        let made = memo.or_make(|| Ok::<_, Infallible>(text.to_owned()));
        made.unwrap().as_str().to_owned()
    }

    #[test]
    fn what_was_made_once_is_not_made_again() {
        let memo = Memo::default();
        assert_eq!(text(&memo, "first"), "first");
        assert_eq!(text(&memo, "second"), "first");
    }

    #[test]
    fn what_cannot_be_made_is_tried_again() {
        let memo = Memo::default();
        memo.or_make::<String, _>(|| Err("not yet")).unwrap_err();
        assert_eq!(text(&memo, "first"), "first");
    }

    #[test]
    fn who_wants_another_type_gets_it() {
        let memo = Memo::default();
        assert_eq!(text(&memo, "first"), "first");
        assert_eq!(*memo.or_make(|| Ok::<_, Infallible>(7)).unwrap(), 7);
        assert_eq!(text(&memo, "second"), "first");
    }
}
