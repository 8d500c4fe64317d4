//! Is a subscription's progress true to the log?

use super::Fault;
use crate::{Position, RowState, Tally};

/// Looks whether what a subscription says of itself can be: its cursor lies in the log, and its rows belong to events
/// that are there and that it has come to.
///
/// Then every event up to the cursor is handled, unwanted, or visible in its row, and every one after it is still to
/// come: unless somebody has moved the cursor within the log past the dispatcher, which nothing tells. `anchor` is the last position that retention removed; skipped rows may outlive their events.
pub fn coverage(
    subscription: &str,
    anchor: Position,
    cursor: Position,
    head: Position,
    rows: &[(Position, RowState)],
) -> Result<(), Fault> {
    let subscription = || subscription.to_owned();
    if cursor > head {
        let subscription = subscription();
        return Err(Fault::CursorBeyondHead { subscription, position: cursor, head });
    }
    if cursor < anchor {
        let subscription = subscription();
        return Err(Fault::CursorBeforeAnchor { subscription, position: cursor, anchor });
    }
    for &(position, state) in rows {
        if position == 0 || position > head || (position <= anchor && state != RowState::Skipped) {
            return Err(Fault::NoSuchEvent { subscription: subscription(), position });
        }
        if position > cursor {
            return Err(Fault::RowBeyondCursor { subscription: subscription(), position, cursor });
        }
    }
    Ok(())
}

/// Looks whether a subscription has the rows that it should have: one that was taken away leaves no other trace, and its
/// event would pass for handled.
pub fn tallied(subscription: &str, cursor: Position, tally: Tally) -> Result<(), Fault> {
    let Tally { found, recorded } = tally;
    if found == recorded {
        return Ok(());
    }
    Err(Fault::Rows { subscription: subscription.to_owned(), position: cursor, found, recorded })
}
