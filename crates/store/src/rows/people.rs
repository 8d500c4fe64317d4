//! People and what they act as.

use rishi_domain::membership::Membership;
use rishi_domain::permission::Role;
use rishi_domain::user::{User, UserStatus};

use super::{Fields, id, instant, json, number, string, word};

/// A person.
pub(crate) const USER: &str = "u.id, u.email, u.display_name, u.status, u.locale, u.timezone, \
    u.created_at, u.updated_at, u.version";
/// How many columns that is.
pub(crate) const USER_COLUMNS: usize = 9;

pub(crate) fn user<R: Fields>(row: &R) -> Result<User, R::Error> {
    Ok(User {
        id: id(row, 0)?,
        email: string(row, 1)?,
        display_name: string(row, 2)?,
        status: word(row, 3, UserStatus::parse)?,
        locale: string(row, 4)?,
        timezone: string(row, 5)?,
        created_at: instant(row, 6)?,
        updated_at: instant(row, 7)?,
        version: number(row, 8)?,
    })
}

/// A membership.
pub(crate) const MEMBERSHIP: &str = "m.id, m.user_id, m.organization_id, m.role, m.serves, \
    m.created_at, m.updated_at, m.version";

pub(crate) fn membership<R: Fields>(row: &R) -> Result<Membership, R::Error> {
    membership_from(row, 0)
}

/// A person with a membership, from a row of [`USER`] and [`MEMBERSHIP`].
pub(crate) fn member<R: Fields>(row: &R) -> Result<(User, Membership), R::Error> {
    Ok((user(row)?, membership_from(row, USER_COLUMNS)?))
}

fn membership_from<R: Fields>(row: &R, from: usize) -> Result<Membership, R::Error> {
    Ok(Membership {
        id: id(row, from)?,
        user_id: id(row, from + 1)?,
        organization_id: id(row, from + 2)?,
        role: word(row, from + 3, Role::parse)?,
        serves: json(row, from + 4)?,
        created_at: instant(row, from + 5)?,
        updated_at: instant(row, from + 6)?,
        version: number(row, from + 7)?,
    })
}
