//! `rishi serve --demo`: sample data for a database that holds nothing yet.
//!
//! Cast: [`content`] reads what is to be there; [`story`] turns each booking into the steps that
//! bring it to where it stands today; [`stage`] acts them out. Everything goes through the use cases,
//! as people would do it: no row is written past the one door. Because nobody may book the past, the
//! stage has a clock of its own that begins three weeks back and is moved from act to act.
//!
//! Guarantee: a database that holds more than its internal organization is left alone.

use std::fmt::Write;

use rishi_app::tokens::{DEFAULT_DAYS, NewToken};
use rishi_domain::id::OrganizationId;

use crate::compose::Base;
use crate::failure::Failure;

mod content;
mod stage;
mod story;

#[cfg(test)]
mod tests;

use content::Content;
use stage::Stage;

/// For whom credentials are printed: one of each view on the platform.
const SHOWN: [&str; 3] = ["priya", "marcus", "ana"];
/// The organization that all of them see.
const SEEN: &str = "juniper";

/// What became of the wish for sample data.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// It is there.
    Filled(Vec<Credential>),
    /// The database holds data already; nothing was changed.
    NotEmpty,
}

/// A way in, shown once.
#[derive(Debug)]
pub(crate) struct Credential {
    role: &'static str,
    email: String,
    password: String,
    token: String,
    /// Some organization that the person sees.
    organization: OrganizationId,
}

/// Fills the database unless it holds data.
pub(crate) async fn fill(base: &Base) -> Result<Outcome, Failure> {
    let head = base.store.refresh_head().await;
    // The internal organization is the one event of a new database.
    if head.map_err(|error| Failure::broken("cannot read the event log", error))? > 1 {
        return Ok(Outcome::NotEmpty);
    }
    let content = Content::read()?;
    let now = base.clock.now();
    let mut stage = Stage::set(base, &content, now).await?;
    for act in story::acts(&content, now)? {
        stage.play(act).await?;
    }
    let organization = stage.organization(SEEN)?;
    let shown = || content.people.iter().filter(|person| SHOWN.contains(&person.key.as_str()));
    let passwords: Result<Vec<_>, _> = shown().map(|person| stage.password(&person.key)).collect();
    stage.clear().await;

    let mut credentials = Vec::new();
    for (person, password) in shown().zip(passwords?) {
        let new = NewToken {
            email: person.email.clone(),
            organization: None,
            name: "demo".to_owned(),
            days: DEFAULT_DAYS,
        };
        let (_, secret) = base.app.add_token(new).await.map_err(Failure::refusal)?;
        credentials.push(Credential {
            role: person.role.as_str(),
            email: person.email.clone(),
            password,
            token: secret.reveal().to_owned(),
            organization,
        });
    }
    Ok(Outcome::Filled(credentials))
}

impl Outcome {
    /// What is said about it, for a server at `url`.
    pub(crate) fn text(&self, url: &str) -> String {
        let Self::Filled(credentials) = self else {
            return "demo: this database holds data already, so no sample data was added. Make a token with\n  \
                    rishi token create --user EMAIL\n"
                .to_owned();
        };
        let mut text = format!(
            "demo: sample data was added. Passwords and tokens are shown once; tokens expire in {DEFAULT_DAYS} days.\n"
        );
        for Credential { role, email, password, token, organization } in credentials {
            // Writing to a text cannot fail.
            let _ = write!(
                text,
                "\n{role}: {email}, password {password}\n  curl -s -H 'Authorization: Bearer {token}' \\\n    \
                 '{url}/api/bookings?organizationId={organization}&limit=5'\n"
            );
        }
        text
    }
}
