//! What every handler can reach.

use std::ops::Deref;
use std::sync::Arc;

use tokio::sync::Semaphore;

use crate::Api;
use crate::cookies::{FlowCookie, SessionCookie};
use crate::events::{Frames, Streams};
use crate::extract::Bare;
use crate::limits::Limits;
use crate::load::Load;
use crate::system::health::Measured;
use crate::tally::Tally;

/// The API's ports and what it keeps for itself. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Shared(Arc<Inner>);

pub(crate) struct Inner {
    api: Api,
    streams: Streams,
    frames: Frames,
    tally: Tally,
    load: Load,
    measured: Measured,
    verifying: Arc<Semaphore>,
    limits: Option<Arc<Limits>>,
    bare: Bare,
}

impl Shared {
    pub(crate) fn new(api: Api, bare: Bare) -> Self {
        let streams = Streams::new(api.config.streams_per_user);
        let tally = Tally::new(api.app.clock.now());
        let load = Load::new(api.config.requests_at_work);
        let limits = api.config.rate_limits.as_ref();
        let limits = limits
            .map(|rates| Arc::new(Limits::new(rates, &api.elapsed, api.shared_allowances.clone())));
        Self(Arc::new(Inner {
            api,
            streams,
            frames: Frames::default(),
            tally,
            load,
            measured: Measured::default(),
            verifying: Arc::new(Semaphore::new(1)),
            limits,
            bare,
        }))
    }

    /// How often requests may come, where that is limited.
    pub(crate) fn limits(&self) -> Option<&Arc<Limits>> {
        self.0.limits.as_ref()
    }

    /// The routes that take no query parameters.
    pub(crate) fn bare(&self) -> &Bare {
        &self.0.bare
    }

    /// The cookie of sessions.
    pub(crate) fn cookie(&self) -> SessionCookie {
        SessionCookie { secure: self.config.secure_cookies }
    }

    /// The cookie of sign-ins that are under way.
    pub(crate) fn flow_cookie(&self) -> FlowCookie {
        FlowCookie { secure: self.config.secure_cookies }
    }

    /// The open event streams.
    pub(crate) fn streams(&self) -> &Streams {
        &self.0.streams
    }

    /// The newest events as messages of these.
    pub(crate) fn frames(&self) -> &Frames {
        &self.0.frames
    }

    /// What was answered so far.
    pub(crate) fn tally(&self) -> &Tally {
        &self.0.tally
    }

    /// The requests at work.
    pub(crate) fn load(&self) -> &Load {
        &self.0.load
    }

    /// The turn to verify the log.
    pub(crate) fn verifying(&self) -> &Arc<Semaphore> {
        &self.0.verifying
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
