//! What every handler can reach.

use std::ops::Deref;
use std::sync::Arc;

use crate::Api;
use crate::cookies::SessionCookie;
use crate::events::Streams;
use crate::limits::Limits;
use crate::system::health::Measured;
use crate::tally::Tally;

/// The API's ports and what it keeps for itself. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Shared(Arc<Inner>);

pub(crate) struct Inner {
    api: Api,
    streams: Streams,
    tally: Tally,
    measured: Measured,
    limits: Option<Arc<Limits>>,
}

impl Shared {
    pub(crate) fn new(api: Api) -> Self {
        let streams = Streams::new(api.config.streams_per_user);
        let tally = Tally::new(api.app.clock.now());
        let limits = api.config.rate_limits.as_ref();
        let limits = limits.map(|rates| Arc::new(Limits::new(rates, &api.elapsed)));
        Self(Arc::new(Inner { api, streams, tally, measured: Measured::default(), limits }))
    }

    /// How often requests may come, where that is limited.
    pub(crate) fn limits(&self) -> Option<&Arc<Limits>> {
        self.0.limits.as_ref()
    }

    /// The cookie of sessions.
    pub(crate) fn cookie(&self) -> SessionCookie {
        SessionCookie { secure: self.config.secure_cookies }
    }

    /// The open event streams.
    pub(crate) fn streams(&self) -> &Streams {
        &self.0.streams
    }

    /// What was answered so far.
    pub(crate) fn tally(&self) -> &Tally {
        &self.0.tally
    }

    /// How the platform is.
    pub(crate) fn measured(&self) -> &Measured {
        &self.0.measured
    }
}

impl Deref for Shared {
    type Target = Api;

    fn deref(&self) -> &Api {
        &self.0.api
    }
}
