//! Failing at a chosen step.

use std::future::pending;

use super::{MemoryLedger, State};
use crate::LedgerError;

/// A call of the dispatcher, as the hook sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "named after the methods of `Ledger`")]
pub enum Call {
    Read,
    RefreshHead,
    Register,
    Settle { commits: usize },
    ParkedHeads,
    NextParked,
    Event,
    Controls,
    NextTimer,
    FireTimers,
    Rehearse,
}

/// What is to happen to a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fault {
    /// Nothing out of the ordinary.
    #[default]
    None,
    /// It fails and nothing happened.
    Error,
    /// It happens and says that it failed.
    ErrorAfter,
    /// It never returns and nothing happened, as when the process dies before.
    CrashBefore,
    /// It happens and never returns, as when the process dies after.
    CrashAfter,
}

impl MemoryLedger {
    /// Does the work of a call, unless the hook has other plans for it.
    pub(super) async fn call<T>(
        &self,
        call: Call,
        work: impl FnOnce(&mut State) -> T + Send,
    ) -> Result<T, LedgerError> {
        let fault = {
            let mut state = self.state();
            state.hook.as_mut().map(|hook| hook(call)).unwrap_or_default()
        };
        let work = || {
            let mut state = self.state();
            let answer = work(&mut state);
            // Only who writes, or looks at the head, learns of what others wrote.
            if matches!(call, Call::Settle { .. } | Call::FireTimers | Call::RefreshHead) {
                self.raise(&mut state);
            }
            answer
        };
        match fault {
            Fault::None => Ok(work()),
            Fault::Error => Err(LedgerError::new("injected")),
            Fault::ErrorAfter => {
                work();
                Err(LedgerError::new("injected, after it happened"))
            }
            Fault::CrashBefore => pending().await,
            Fault::CrashAfter => {
                work();
                pending().await
            }
        }
    }
}
