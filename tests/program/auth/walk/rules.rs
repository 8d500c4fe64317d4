//! What an answer must be, from the table of permissions.

use std::fmt;

use jiff::Timestamp;
use rishi_domain::permission::{
    Capability, Grant, Reach, Target, Visibility, permits, permits_everywhere, reach, visible,
};

use super::entries::Entry;
use super::stage::{Caller, Place, Thing};

/// What decides.
#[derive(Debug, Clone, Copy)]
pub(super) enum Rule {
    /// Whoever asks, signed in or not.
    Open,
    /// Whoever is signed in by a session; those who walk have tokens.
    SessionOnly,
    /// Whoever is signed in; it is about oneself.
    Anyone,
    /// Whoever has this everywhere.
    Everywhere(Capability),
    /// A list: whoever has this somewhere; it shows nothing of where not.
    Lists(Capability),
    /// The same, where naming an organization that one does not see is answered with 404.
    ListsOf(Capability),
    /// About an organization as a whole, as a question: who has the capability there. Who may not even
    /// see it by `sees` gets 404.
    Asks { sees: Capability, does: Capability },
    /// A list of people: who may read profiles of anybody; of an organization that one neither knows nor
    /// reads of, 404.
    Directory,
    /// Something of the organization that the caller's own token acts in.
    Home,
    /// A list of the caller's own tokens, and of all of an organization whose integrations one manages; of an
    /// organization that one does not belong to otherwise, 404.
    OwnTokens,
    /// A list of what people have declared: who declares, or decides on leave, somewhere.
    Declarations,
    /// Something about an organization that one has this in, or in a part of it.
    Named(Capability),
    /// What a person of the organization has declared: who decides on the leave of everybody there sees
    /// it (else 404); whether one may do this to what another declared (else 403).
    Declared { does: bool },
    /// One thing: who may see it.
    Sees(Capability),
    /// One thing: who may see it (else 404) and do this to it (else 403).
    Does { sees: Capability, does: Capability },
    /// A new thing in an organization: who may know of the organization by `sees` (else 404) and may
    /// make it there (else 403).
    Makes { sees: Capability, does: Capability },
}

/// What may be answered.
#[derive(Debug, Clone)]
pub(super) enum Expected {
    /// One of these refusals.
    Refused(u16),
    /// It was done or shown, or was refused for a reason that comes after permission.
    Passed(Vec<u16>),
}

impl Expected {
    pub(super) fn allows(&self, status: u16) -> bool {
        match self {
            Self::Refused(expected) => status == *expected,
            Self::Passed(also) => (200..300).contains(&status) || also.contains(&status),
        }
    }
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(status) => write!(f, "{status}"),
            Self::Passed(also) => write!(f, "2xx (or {also:?})"),
        }
    }
}

/// What must be answered.
pub(super) fn expected(entry: &Entry, caller: &Caller, place: &Place, thing: &Thing) -> Expected {
    let passed = Expected::Passed(entry.also.to_vec());
    if caller.user_id.is_none() && !matches!(entry.rule, Rule::Open) {
        return Expected::Refused(401);
    }
    let may = |capability| may(capability, caller, place, thing);
    let nothing = |capability| sees_nothing(caller, capability);
    let (sees, does) = match entry.rule {
        Rule::Open | Rule::Anyone => (true, true),
        Rule::SessionOnly => (true, false),
        Rule::Everywhere(capability) => (true, permits_everywhere(&caller.grants, capability)),
        Rule::Lists(capability) => (true, !nothing(capability)),
        Rule::ListsOf(capability) => {
            (nothing(capability) || touches(caller, capability, place), !nothing(capability))
        }
        Rule::Directory => {
            let capability = Capability::ReadStaffProfiles;
            let reads =
                caller.grants.iter().any(|grant| reach(grant.role, capability) != Reach::None);
            let knows = covers(caller, capability, place)
                || names(caller, Capability::ReadOrganizations, place);
            (!reads || knows, reads)
        }
        Rule::Home => {
            let home = |grant: &Grant| grant.organization_id == place.organization.id;
            (caller.grants.iter().any(home), true)
        }
        Rule::OwnTokens => {
            let own = |grant: &Grant| grant.organization_id == place.organization.id;
            let manages = covers(caller, Capability::ManageIntegrations, place);
            (manages || caller.grants.iter().any(own), true)
        }
        Rule::Named(capability) => (names(caller, capability, place), true),
        Rule::Asks { sees, does } => {
            let does = covers(caller, does, place);
            (does || touches(caller, sees, place), does)
        }
        Rule::Declarations => {
            (true, !nothing(Capability::ApproveLeave) || !nothing(Capability::OwnAvailability))
        }
        Rule::Declared { does } => (covers(caller, Capability::ApproveLeave, place), does),
        Rule::Sees(capability) => (may(capability), true),
        Rule::Does { sees, does } => (may(sees), may(does)),
        Rule::Makes { sees, does } => (names(caller, sees, place), may(does)),
    };
    match (sees, does) {
        (false, _) => Expected::Refused(404),
        (true, false) => Expected::Refused(403),
        (true, true) => passed,
    }
}

fn may(capability: Capability, caller: &Caller, place: &Place, thing: &Thing) -> bool {
    let Some(actor) = caller.user_id else { return false };
    let now = Timestamp::now();
    let target = Target {
        booking: thing.booking,
        roles: &thing.roles,
        person: thing.person,
        ..Target::new(&place.organization, now, actor)
    };
    permits(&caller.grants, capability, &target)
}

fn sees_nothing(caller: &Caller, capability: Capability) -> bool {
    visible(&caller.grants, capability)
        == Visibility::Organizations { whole: Vec::new(), own_in: Vec::new(), assigned: false }
}

/// Whether all of the place's data of a kind is the caller's to see.
pub(super) fn covers(caller: &Caller, capability: Capability, place: &Place) -> bool {
    match visible(&caller.grants, capability) {
        Visibility::All => true,
        Visibility::Organizations { whole, .. } => whole.contains(&place.organization.id),
    }
}

/// Whether some of it may be because of what the place is.
fn names(caller: &Caller, capability: Capability, place: &Place) -> bool {
    match visible(&caller.grants, capability) {
        Visibility::All => true,
        Visibility::Organizations { whole, own_in, .. } => {
            let id = &place.organization.id;
            whole.contains(id) || own_in.contains(id)
        }
    }
}

/// Whether some of it may be.
fn touches(caller: &Caller, capability: Capability, place: &Place) -> bool {
    match visible(&caller.grants, capability) {
        Visibility::All => true,
        Visibility::Organizations { whole, own_in, assigned } => {
            let id = &place.organization.id;
            assigned || whole.contains(id) || own_in.contains(id)
        }
    }
}
