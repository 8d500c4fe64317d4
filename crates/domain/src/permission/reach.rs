//! How far a role may go with a capability.

use std::fmt;

use crate::organization::Tier;

/// The content of a cell of the table. "Own" is the organization of the membership, "served" are
/// the organizations that the membership names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Nowhere.
    None,
    /// Every organization.
    All,
    /// Every organization, except where a super administrator is concerned.
    AllButSuperAdmin,
    /// The organizations served.
    Served,
    /// The organizations served and the own one.
    ServedAndOwn,
    /// Brand agents, and no other role, in the own organization and those served; they may serve
    /// only what the membership itself serves.
    ServedAgents,
    /// The own organization.
    Own,
    /// The own organization, if it has one of these tiers.
    OwnIfTier(&'static [Tier]),
    /// Bookings of the own organization that have not begun.
    OwnBeforeStart,
    /// Bookings of the own organization that the person made and nobody submitted yet; new ones too.
    OwnDraft,
    /// Client roles in the own organization.
    OwnClientRoles,
    /// Bookings that the person is assigned to, wherever they are, or made in an organization that is
    /// own or served; of assignments and availability, the person's own.
    Assigned,
    /// What is about the person.
    Oneself,
}

impl fmt::Display for Reach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "–",
            Self::All => "A",
            Self::AllButSuperAdmin => "A, not super_admin",
            Self::Served => "R",
            Self::ServedAndOwn => "R, O",
            Self::ServedAgents => "R agents",
            Self::Own => "O",
            Self::OwnIfTier(tiers) => {
                let numbers: Vec<_> =
                    tiers.iter().map(|tier| u8::from(*tier).to_string()).collect();
                return write!(f, "O if tier {}", numbers.join(" or "));
            }
            Self::OwnBeforeStart => "O before start",
            Self::OwnDraft => "own drafts",
            Self::OwnClientRoles => "O, client roles",
            Self::Assigned => "S",
            Self::Oneself => "own",
        })
    }
}
