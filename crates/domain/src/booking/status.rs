//! The life of a booking: eight states and the steps between them.
//!
//! | from | to |
//! |---|---|
//! | `draft` | `pending_approval`, `cancelled` |
//! | `pending_approval` | `approved`, `cancelled` |
//! | `approved` | `confirmed`, `cancelled`, `on_hold` |
//! | `confirmed` | `in_progress`, `cancelled`, `on_hold` |
//! | `in_progress` | `completed`, `cancelled` |
//! | `on_hold` | `approved`, `cancelled` |
//! | `completed`, `cancelled` | nothing |
//!
//! A step that is not in the table does not happen, whoever asks for it.

words! {
    /// Where in its life a booking stands.
    pub enum BookingStatus {
        /// Being written.
        Draft = "draft",
        /// Handed in, waiting for a decision.
        PendingApproval = "pending_approval",
        /// Agreed to; staff and location are being settled.
        Approved = "approved",
        /// Staff and location are settled.
        Confirmed = "confirmed",
        /// Happening.
        InProgress = "in_progress",
        /// Done.
        Completed = "completed",
        /// Set aside for now; it keeps its place and its staff.
        OnHold = "on_hold",
        /// Will not happen.
        Cancelled = "cancelled",
    }
}

impl BookingStatus {
    /// The states that may follow, in the order of the table above.
    #[expect(clippy::match_same_arms, reason = "one line per row of the table")]
    pub const fn next(self) -> &'static [Self] {
        match self {
            Self::Draft => &[Self::PendingApproval, Self::Cancelled],
            Self::PendingApproval => &[Self::Approved, Self::Cancelled],
            Self::Approved => &[Self::Confirmed, Self::Cancelled, Self::OnHold],
            Self::Confirmed => &[Self::InProgress, Self::Cancelled, Self::OnHold],
            Self::InProgress => &[Self::Completed, Self::Cancelled],
            Self::OnHold => &[Self::Approved, Self::Cancelled],
            Self::Completed | Self::Cancelled => &[],
        }
    }

    /// Whether nothing follows.
    pub const fn is_final(self) -> bool {
        self.next().is_empty()
    }
}
