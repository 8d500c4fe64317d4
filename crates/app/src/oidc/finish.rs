//! Taking up who comes back from the provider.

use rishi_domain::event::{Fact, IdentityLinked, SignInMethod, told_from};
use rishi_domain::id::{OrganizationId, UserId};
use rishi_domain::membership::Membership;
use rishi_domain::user::{CreateUser, Given, User, UserStatus, create, email_key};

use super::roles::{Update, Wanted};
use super::start::unreachable;
use super::{Oidc, Proof, Refused, Unproven};
use crate::auth::secret::digest;
use crate::auth::{Beliefs, Secret, Visitor};
use crate::commit::{Change, CommitError};
use crate::credentials::{AccessChange, Account, Identity};
use crate::events::{Cause, Place, subject};
use crate::oidc::flow::Flow;
use crate::scope::Scope;
use crate::{App, Commit, Error};

const SOURCE: &str = "rishi/access";
/// How often it is tried again when somebody changes the person at the same moment.
const TRIES: usize = 3;
/// Longest name that is taken over, in characters.
const NAME_MAX: usize = 200;

/// What a browser brings back from the provider.
#[derive(Debug, Clone, Default)]
pub struct Return {
    /// The flow from its cookie.
    pub flow: Option<String>,
    /// The state from the address.
    pub state: Option<String>,
    /// The code, when the provider let the person through.
    pub code: Option<String>,
    /// The provider's word for why it did not.
    pub error: Option<String>,
    /// Who says that it is the provider (RFC 9207).
    pub issuer: Option<String>,
}

/// The person who came back, and what the rules say of them.
struct Arrival {
    proof: Proof,
    identity: Identity,
    /// The account that they have, if any.
    account: Option<Account>,
    /// The roles that they have.
    memberships: Vec<Membership>,
    /// Whether the account is known to be the identity's.
    linked: bool,
    wanted: Wanted,
}

/// A person with what a commit makes of them.
struct Admitted {
    commit: Commit,
    user: UserId,
    home: Option<OrganizationId>,
}

impl App {
    /// Finishes a sign-in by the provider: begins a session, and says which path is next. The secret is not
    /// kept.
    pub async fn finish_oidc(
        &self,
        visitor: &Visitor,
        back: Return,
    ) -> Result<(Secret, String), Error> {
        let oidc = self.identities()?;
        let flow = self.opened(&back.flow.ok_or(Error::SignInLost)?)?;
        let is_own = back.state.as_deref() == Some(flow.state.as_str())
            && back.issuer.is_none_or(|issuer| issuer == oidc.provider.issuer());
        if !is_own {
            return Err(Error::SignInLost);
        }
        let Some(code) = back.code else {
            tracing::info!(
                error = back.error,
                "the provider of identities let somebody not through"
            );
            return Err(self.turned_away(visitor, None, None, Refused::Declined).await?);
        };
        let proof = match oidc.provider.redeem(&oidc.redirect(), &code, flow.tie()).await {
            Ok(proof) => proof,
            Err(Unproven::Refused(why)) => {
                tracing::warn!(why, "a sign-in by the provider of identities does not hold");
                return Err(self.turned_away(visitor, None, None, Refused::Declined).await?);
            }
            Err(unproven) => return Err(unreachable(unproven)),
        };
        let secret = self.arrive(oidc, visitor, &flow, &proof).await?;
        Ok((secret, flow.to))
    }

    async fn arrive(
        &self,
        oidc: &Oidc,
        visitor: &Visitor,
        flow: &Flow,
        proof: &Proof,
    ) -> Result<Secret, Error> {
        let (mut tries, mut keep) = (0, false);
        loop {
            tries += 1;
            let arrival = self.recognized(oidc, proof).await?;
            let email = proof.email.as_deref();
            if let Some(refused) = self.objection(&arrival).await? {
                let account = arrival.account.as_ref();
                return Err(self.turned_away(visitor, email, account, refused).await?);
            }
            let admitted = self.admitted(visitor, &arrival, keep)?;
            let now = self.now();
            let Some(Admitted { commit, user, home }) = admitted else {
                // Whoever has lost every role does so now, not when they get in again.
                match self.roles_lost(visitor, &arrival, keep).await {
                    Err(Error::LastAdministrator) if !keep => {
                        keep = true;
                        continue;
                    }
                    Err(Error::VersionConflict { .. }) if tries < TRIES => continue,
                    lost => lost?,
                }
                let account = arrival.account.as_ref();
                return Err(self.turned_away(visitor, email, account, Refused::NoRole).await?);
            };
            let (begun, secret) =
                self.session_commit(visitor, user, home, SignInMethod::Oidc, now)?;
            let digest = digest(&flow.state);
            let used = AccessChange::FlowUsed { digest, at: now, until: flow.until };
            let mut commit = commit.and(begun);
            // First, so that of two who finish it at once one is refused.
            commit.changes.insert(0, Change::Access(Box::new(used)));
            let shaken = Beliefs::shaken_by(&commit);
            let committed = self.store.commit(commit).await;
            if shaken {
                self.beliefs.shake();
            }
            match committed {
                Ok(_) => return Ok(secret),
                Err(CommitError::Refused(_)) => return Err(Error::SignInLost),
                Err(CommitError::LastAdministrator) if !keep => {
                    tracing::warn!(%user, "the last super administrator stays one, whatever the provider says");
                    keep = true;
                }
                Err(CommitError::VersionConflict { .. } | CommitError::Duplicate(_))
                    if tries < TRIES => {}
                Err(error) => return Err(Error::refused(error, &Scope::system(), false)),
            }
        }
    }

    /// Whose account it is: the identity's, once it is linked, else that of who has the verified address.
    async fn recognized(&self, oidc: &Oidc, proof: &Proof) -> Result<Arrival, Error> {
        let issuer = oidc.provider.issuer().to_owned();
        let identity = Identity { issuer, subject: proof.subject.clone() };
        let mut account = self.store.account_of(&identity).await?;
        let linked = account.is_some();
        if !linked && let Some(email) = proof.email.as_deref().filter(|_| proof.email_verified) {
            account = self.store.account(email).await?;
        }
        let memberships = match &account {
            Some(account) => self.store.memberships(account.user.id).await?,
            None => Vec::new(),
        };
        let wanted = self.wanted_roles(oidc, &proof.claims).await?;
        Ok(Arrival { proof: proof.clone(), identity, account, memberships, linked, wanted })
    }

    /// What speaks against somebody, if something does.
    async fn objection(&self, arrival: &Arrival) -> Result<Option<Refused>, Error> {
        // Also of who is linked: an address that the provider takes back is told from one that it never had.
        if !arrival.proof.email_verified || arrival.proof.email.is_none() {
            return Ok(Some(Refused::EmailNotVerified));
        }
        let Some(account) = &arrival.account else { return Ok(None) };
        if account.user.status != UserStatus::Active {
            return Ok(Some(Refused::Disabled));
        }
        // An address goes on to somebody else; an identity does not.
        let taken = !arrival.linked
            && self.store.is_linked(account.user.id, &arrival.identity.issuer).await?;
        Ok(taken.then_some(Refused::OtherIdentity))
    }

    /// The commit that brings the person and their roles up to date; nothing for who would have no role.
    fn admitted(
        &self,
        visitor: &Visitor,
        arrival: &Arrival,
        keep: bool,
    ) -> Result<Option<Admitted>, Error> {
        let id = arrival.account.as_ref().map_or_else(|| self.ids.next(), |one| one.user.id);
        let Update { commit: roles, memberships } = self.updated(visitor, arrival, id, keep)?;
        let home = match memberships.as_slice() {
            [] => return Ok(None),
            [only] => Some(only.organization_id),
            _ => None,
        };
        let mut commit = Commit::default();
        if arrival.account.is_none() {
            commit = commit.and(self.made(visitor, &arrival.proof, id, home)?);
        }
        // After the person, whom memberships refer to.
        commit = commit.and(roles);
        if !arrival.linked {
            commit = commit.and(self.linked(visitor, &arrival.identity, id, home)?);
        }
        Ok(Some(Admitted { commit, user: id, home }))
    }

    fn updated(
        &self,
        visitor: &Visitor,
        arrival: &Arrival,
        user: UserId,
        keep: bool,
    ) -> Result<Update, Error> {
        self.brought_up_to_date(visitor, user, &arrival.memberships, &arrival.wanted, keep)
    }

    /// Takes the roles that the provider has taken.
    async fn roles_lost(
        &self,
        visitor: &Visitor,
        arrival: &Arrival,
        keep: bool,
    ) -> Result<(), Error> {
        let Some(account) = &arrival.account else { return Ok(()) };
        let update = self.updated(visitor, arrival, account.user.id, keep)?;
        if update.commit.changes.is_empty() { Ok(()) } else { self.run(update.commit).await }
    }

    /// The commit that adds a person whom nobody knew.
    fn made(
        &self,
        visitor: &Visitor,
        proof: &Proof,
        id: UserId,
        home: Option<OrganizationId>,
    ) -> Result<Commit, Error> {
        let now = self.now();
        let email = proof.email.clone().unwrap_or_default();
        let name: String =
            proof.name.as_deref().unwrap_or_default().trim().chars().take(NAME_MAX).collect();
        let display_name = if name.is_empty() { email.clone() } else { name };
        let command = CreateUser { email, display_name, locale: None, timezone: None };
        let decision = create(&Given { now, id }, command)?;
        let facts = told_from(decision.facts, &visitor.whence)?;
        let events = self.tell(&place(id, home), &Cause::of(visitor, Some(id)), now, facts);
        let changes = vec![Change::User(Box::<User>::new(decision.state))];
        Ok(Commit { changes, events, ..Commit::default() })
    }

    /// The commit by which a person is known by an identity.
    fn linked(
        &self,
        visitor: &Visitor,
        identity: &Identity,
        user: UserId,
        home: Option<OrganizationId>,
    ) -> Result<Commit, Error> {
        let now = self.now();
        let Identity { issuer, subject } = identity.clone();
        let payload = IdentityLinked { user_id: user, issuer, subject };
        let fact = Fact::with_metadata(&payload, &visitor.whence)?;
        let linked = AccessChange::IdentityLinked { user, identity: identity.clone(), at: now };
        Ok(Commit {
            changes: vec![Change::Access(Box::new(linked))],
            events: self.tell(&place(user, home), &Cause::of(visitor, Some(user)), now, vec![fact]),
            ..Commit::default()
        })
    }

    /// Tells the log who was not let in, and why; the refusal.
    async fn turned_away(
        &self,
        visitor: &Visitor,
        email: Option<&str>,
        account: Option<&Account>,
        refused: Refused,
    ) -> Result<Error, Error> {
        let key = email.map(email_key).unwrap_or_default();
        let commit = self.refusal(visitor, key, account, refused.reason(), self.now())?;
        self.run(commit).await?;
        Ok(Error::SignInRefused(refused))
    }
}

fn place(id: UserId, organization: Option<OrganizationId>) -> Place {
    Place { source: SOURCE, subject: subject::user(id), organization }
}
