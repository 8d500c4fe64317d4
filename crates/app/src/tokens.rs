//! API tokens: made once, shown once, kept as a digest.

use jiff::SignedDuration;
use rishi_domain::event::{ApiTokenCreated, Fact};
use rishi_domain::id::{OrganizationId, TokenId};

use crate::auth::TokenSecret;
use crate::commit::{Change, TokenRow};
use crate::events::{Cause, Place, subject};
use crate::{App, Commit, Error};

const SOURCE: &str = "rishi/tokens";

/// How many days a token lives unless its maker says otherwise.
pub const DEFAULT_DAYS: u16 = 90;

/// A token to be made.
#[derive(Debug, Clone)]
pub struct NewToken {
    /// Whose, by e-mail address.
    pub email: String,
    /// For which membership; may be left out by who has only one.
    pub organization: Option<OrganizationId>,
    /// What its owner calls it.
    pub name: String,
    /// How many days it lives, 1–3650.
    pub days: u16,
}

impl App {
    /// Makes a token, as the operator at the command line does. The secret is not kept.
    pub async fn add_token(&self, new: NewToken) -> Result<(TokenId, TokenSecret), Error> {
        let found = self.store.user_by_email(&new.email).await?;
        let (user, memberships) = found.ok_or(Error::NotFound("user"))?;
        let organization = match (new.organization, memberships.as_slice()) {
            (Some(wanted), all) if all.iter().any(|one| one.organization_id == wanted) => wanted,
            (None, [only]) => only.organization_id,
            (Some(_), _) => return Err(Error::NotFound("membership of this user")),
            (None, _) => {
                return Err(Error::NotFound(
                    "single membership of this user; name the organization",
                ));
            }
        };
        let now = self.now();
        let id: TokenId = self.ids.next();
        let secret = TokenSecret::generate()?;
        let life = SignedDuration::from_hours(24 * i64::from(new.days));
        let expires_at = now.saturating_add(life).unwrap_or(jiff::Timestamp::MAX);
        let fact = Fact::new(&ApiTokenCreated {
            token_id: id,
            user_id: user.id,
            organization_id: organization,
            name: new.name.clone(),
            expires_at,
        })?;
        let place =
            Place { source: SOURCE, subject: subject::token(id), organization: Some(organization) };
        let row = TokenRow {
            id,
            user_id: user.id,
            organization_id: organization,
            name: new.name,
            digest: secret.digest(),
            expires_at,
            created_at: now,
        };
        self.run(Commit {
            changes: vec![Change::Token(Box::new(row))],
            events: self.tell(&place, &Cause::default(), now, vec![fact]),
            ..Commit::default()
        })
        .await?;
        Ok((id, secret))
    }
}
