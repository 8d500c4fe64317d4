//! Telling the log of requests that were refused.

use std::net::IpAddr;

use rishi_domain::event::{AccessDenied, Fact, Whence};
use rishi_domain::id::{OrganizationId, UserId};

use crate::events::{Cause, Place, subject};
use crate::{App, Commit, Error};

const SOURCE: &str = "rishi/access";

/// Refused requests of one caller at one route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denial {
    /// What is told of them.
    pub fact: AccessDenied,
    /// Whose log tells it: the caller's organization, if there is one.
    pub organization: Option<OrganizationId>,
    /// Where they came from; nothing where they came from many places.
    pub address: Option<IpAddr>,
}

impl App {
    /// Tells the log of them, all or none.
    pub async fn tell_of_denials(&self, denials: &[Denial]) -> Result<(), Error> {
        let now = self.now();
        let mut events = Vec::with_capacity(denials.len());
        for denial in denials {
            let address = denial.address.map(|address| address.to_string());
            let whence = Whence { address, ..Whence::default() };
            let fact = Fact::with_metadata(&denial.fact, &whence)?;
            let user = denial.fact.user_id;
            let place = Place {
                source: SOURCE,
                subject: subject::user(user.unwrap_or(UserId(uuid::Uuid::nil()))),
                organization: denial.organization,
            };
            let cause = Cause { user, ..Cause::default() };
            events.extend(self.tell(&place, &cause, now, vec![fact]));
        }
        self.run(Commit { events, ..Commit::default() }).await
    }
}
