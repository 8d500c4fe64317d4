//! API tokens: made once, shown once, kept as a digest.
//!
//! A token acts in one organization with its owner's role there, or with less when it is limited to
//! some capabilities; it never has more. One that was made by another token ends no later than that one
//! and is limited to no more, and it ends with it.

use jiff::{SignedDuration, Timestamp};
use rishi_domain::error::Checks;
use rishi_domain::event::{ApiTokenCreated, ApiTokenRevoked, Fact};
use rishi_domain::id::{OrganizationId, TokenId};
use rishi_domain::permission::Capability;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::auth::{Caller, Means, Principal, TokenSecret, home};
use crate::commit::{Answer, Change, TokenRow};
use crate::credentials::{AccessChange, Token, TokenFilter};
use crate::events::{Cause, Place, subject};
use crate::store::{Listed, Paging};
use crate::{App, Commit, Error};

const SOURCE: &str = "rishi/tokens";

/// How many days a token lives unless its maker says otherwise.
pub const DEFAULT_DAYS: u16 = 90;
/// How many days a token lives at most, unless the operator makes it.
pub const MOST_DAYS: u16 = 365;
/// Longest name, in characters.
const NAME_MAX: usize = 200;
/// Every token of a person: more than anybody has.
const ALL: Paging = Paging { limit: 10_000, offset: 0 };

/// A token to be made by the operator.
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

/// A token that somebody wants for themselves.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateToken {
    /// What it is for.
    #[schemars(length(min = 1, max = NAME_MAX), regex(pattern = r"\S"))]
    pub name: String,
    /// In which organization it is to act; may be left out by who is a member of only one.
    #[serde(default)]
    pub organization_id: Option<OrganizationId>,
    /// What it is limited to; to nothing but its owner's role when absent.
    #[serde(default)]
    #[schemars(length(min = 1, max = Capability::ALL.len()))]
    pub scopes: Option<Vec<Capability>>,
    /// How many days it lives; 90 when absent.
    #[serde(default)]
    #[schemars(range(min = 1, max = MOST_DAYS))]
    pub expires_in_days: Option<u16>,
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
        let secret = TokenSecret::generate()?;
        let row = TokenRow {
            id: self.ids.next(),
            user_id: user.id,
            organization_id: organization,
            name: new.name,
            digest: secret.digest(),
            scopes: None,
            made_by: None,
            expires_at: later(now, new.days),
            created_at: now,
        };
        let id = row.id;
        let fact = Fact::new(&created(&row))?;
        self.run(self.token_commit(&Cause::default(), row, fact)).await?;
        Ok((id, secret))
    }

    fn token_commit(&self, cause: &Cause, row: TokenRow, fact: Fact) -> Commit {
        let place = place(row.id, row.organization_id);
        Commit {
            events: self.tell(&place, cause, row.created_at, vec![fact]),
            changes: vec![Change::Token(Box::new(row))],
            ..Commit::default()
        }
    }

    /// Makes a token for the caller. `reply` is asked twice: for the answer that is kept for a
    /// repetition, without the secret, and for the one that is given now.
    pub async fn create_token(
        &self,
        caller: &Caller,
        command: CreateToken,
        reply: impl Fn(&Token, Option<&TokenSecret>) -> Result<Answer, Error>,
    ) -> Result<Answer, Error> {
        let principal = &caller.principal;
        let organization_id = self.token_organization(principal, command.organization_id).await?;
        let now = self.now();
        let (scopes, expires_at) = limited(principal, &command, now)?;
        let secret = TokenSecret::generate()?;
        let row = TokenRow {
            id: self.ids.next(),
            user_id: principal.user_id(),
            organization_id,
            name: command.name,
            digest: secret.digest(),
            scopes,
            made_by: token_of(principal),
            expires_at,
            created_at: now,
        };
        let token = Token::made(&row, principal.display_name());
        let fact = Fact::with_metadata(&created(&row), &caller.whence)?;
        let commit = self.token_commit(&Cause::from(caller), row, fact);
        let (kept, told) = (reply(&token, None)?, reply(&token, Some(&secret))?);
        self.finish_once(caller, Capability::ReadUsers, commit, kept, told).await
    }

    /// The organization that a token of the caller's is to act in.
    async fn token_organization(
        &self,
        principal: &Principal,
        named: Option<OrganizationId>,
    ) -> Result<OrganizationId, Error> {
        if token_of(principal).is_some() {
            let own = home(principal).ok_or(Error::Unauthenticated)?;
            return match named {
                Some(other) if other != own => Err(Error::NotFound("organization")),
                _ => Ok(own),
            };
        }
        let memberships = self.store.memberships(principal.user_id()).await?;
        match (named, memberships.as_slice()) {
            (Some(id), all) if all.iter().any(|one| one.organization_id == id) => Ok(id),
            (Some(_), _) => Err(Error::NotFound("organization")),
            (None, [only]) => Ok(only.organization_id),
            (None, _) => {
                let message = "a token acts in one organization; name one of yours";
                Err(Error::invalid("organizationId", "required", message))
            }
        }
    }

    /// The tokens that the caller may see: one's own; of an organization whose integrations the caller
    /// manages, everybody's.
    pub async fn tokens(
        &self,
        principal: &Principal,
        organization: Option<OrganizationId>,
        paging: Paging,
    ) -> Result<Listed<Token>, Error> {
        let within = token_of(principal).and(home(principal));
        let manages = organization.is_some_and(|id| manages(principal, id));
        if let Some(wanted) = organization
            && !manages
            && principal.grants().iter().all(|grant| grant.organization_id != wanted)
        {
            return Err(Error::NotFound("organization"));
        }
        let filter = TokenFilter {
            user: (!manages).then_some(principal.user_id()),
            organization: organization.or(within),
        };
        let found = match (organization, within) {
            (Some(wanted), Some(own)) if wanted != own => Listed { items: Vec::new(), total: 0 },
            _ => self.store.tokens(&filter, paging).await?,
        };
        self.of_existing(organization, found).await
    }

    /// Revokes a token, and those that were made by it: one's own, or one of an organization whose
    /// integrations the caller manages.
    pub async fn revoke_token(
        &self,
        caller: &Caller,
        id: TokenId,
        answer: Answer,
    ) -> Result<Answer, Error> {
        let principal = &caller.principal;
        let found = self.store.token_of(id).await?.filter(|token| {
            let reached = match token_of(principal) {
                Some(_) => home(principal) == Some(token.organization_id),
                None => true,
            };
            (token.user_id == principal.user_id() && reached)
                || manages(principal, token.organization_id)
        });
        let token = found.ok_or(Error::NotFound("token"))?;
        let now = self.now();
        let (mut changes, mut events) = (Vec::new(), Vec::new());
        for token in self.with_descendants(token).await? {
            let fact = ApiTokenRevoked {
                token_id: token.id,
                user_id: token.user_id,
                organization_id: token.organization_id,
                name: token.name,
            };
            let fact = Fact::with_metadata(&fact, &caller.whence)?;
            let place = place(token.id, token.organization_id);
            changes.push(Change::Access(Box::new(AccessChange::TokenRevoked(token.id))));
            events.extend(self.tell(&place, &Cause::from(caller), now, vec![fact]));
        }
        let commit = Commit { changes, events, ..Commit::default() };
        self.finish(caller, Capability::ReadUsers, commit, answer, false).await
    }

    async fn with_descendants(&self, token: Token) -> Result<Vec<Token>, Error> {
        let filter = TokenFilter { user: Some(token.user_id), organization: None };
        let all = self.store.tokens(&filter, ALL).await?.items;
        let mut found = vec![token];
        let mut next = 0;
        while let Some(parent) = found.get(next).map(|token| token.id) {
            found.extend(all.iter().filter(|token| token.made_by == Some(parent)).cloned());
            next += 1;
        }
        Ok(found)
    }
}

/// What a new token of the caller's is limited to, and when it ends.
fn limited(
    principal: &Principal,
    command: &CreateToken,
    now: Timestamp,
) -> Result<(Option<Vec<Capability>>, Timestamp), Error> {
    let mut checks = Checks::new();
    checks.heading("name", &command.name, NAME_MAX);
    let days = command.expires_in_days.unwrap_or(DEFAULT_DAYS);
    checks.between("expiresInDays", days, 1, MOST_DAYS);
    let mut expires_at = later(now, days);
    let mut scopes = command.scopes.clone();
    if let Some(scopes) = &mut scopes {
        checks.require(
            !scopes.is_empty(),
            "scopes",
            "required",
            "name at least one scope, or leave scopes out",
        );
        scopes.sort_unstable_by_key(|scope| scope.as_str());
        scopes.dedup();
    }
    if token_of(principal).is_some() {
        let most = principal.grants().iter().find_map(|grant| grant.only.clone());
        if let Some(most) = most {
            let wider = scopes.iter().flatten().any(|scope| !most.contains(scope));
            checks.require(
                !wider,
                "scopes",
                "wider",
                "a token cannot make one that may do more than itself",
            );
            scopes = scopes.or(Some(most));
        }
        checks.require(
            // One beyond what anybody may ask for is refused already.
            command.expires_in_days.is_none()
                || days > MOST_DAYS
                || expires_at <= principal.expires_at(),
            "expiresInDays",
            "out_of_range",
            "a token cannot make one that lives longer than itself",
        );
        expires_at = expires_at.min(principal.expires_at());
    }
    checks.done()?;
    Ok((scopes, expires_at))
}

fn token_of(principal: &Principal) -> Option<TokenId> {
    match principal.means() {
        Means::Token(id) => Some(id),
        Means::Session(_) | Means::Operator => None,
    }
}

fn manages(principal: &Principal, organization: OrganizationId) -> bool {
    principal.scope(Capability::ManageIntegrations).covers(organization)
}

fn later(now: Timestamp, days: u16) -> Timestamp {
    let life = SignedDuration::from_hours(24 * i64::from(days));
    now.saturating_add(life).unwrap_or(Timestamp::MAX)
}

fn created(row: &TokenRow) -> ApiTokenCreated {
    ApiTokenCreated {
        token_id: row.id,
        user_id: row.user_id,
        organization_id: row.organization_id,
        name: row.name.clone(),
        scopes: row.scopes.clone(),
        expires_at: row.expires_at,
    }
}

fn place(id: TokenId, organization: OrganizationId) -> Place {
    Place { source: SOURCE, subject: subject::token(id), organization: Some(organization) }
}
