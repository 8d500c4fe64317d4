//! What every handler can reach.

use std::ops::Deref;
use std::sync::Arc;

use crate::Api;
use crate::events::Streams;

/// The API's ports and what it keeps for itself. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Shared(Arc<Inner>);

pub(crate) struct Inner {
    api: Api,
    /// The open event streams.
    pub(crate) streams: Streams,
}

impl Shared {
    pub(crate) fn new(api: Api) -> Self {
        let streams = Streams::new(api.config.streams_per_user);
        Self(Arc::new(Inner { api, streams }))
    }

    pub(crate) fn streams(&self) -> &Streams {
        &self.0.streams
    }
}

impl Deref for Shared {
    type Target = Api;

    fn deref(&self) -> &Api {
        &self.0.api
    }
}
