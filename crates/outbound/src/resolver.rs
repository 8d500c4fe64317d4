//! From a name to addresses that may be dialled, at the moment in which they are dialled.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use async_trait::async_trait;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::target::{Forbidden, Reach};

/// Where names are looked up.
#[async_trait]
pub trait Lookup: Send + Sync + 'static {
    /// The addresses of a name.
    async fn addresses(&self, name: &str) -> io::Result<Vec<IpAddr>>;
}

/// As the machine looks them up.
pub struct SystemLookup;

#[async_trait]
impl Lookup for SystemLookup {
    async fn addresses(&self, name: &str) -> io::Result<Vec<IpAddr>> {
        Ok(tokio::net::lookup_host((name, 0)).await?.map(|found| found.ip()).collect())
    }
}

/// Lets addresses through that are in reach. The connection is made to one of them, without asking again.
pub(crate) struct Filter {
    pub(crate) lookup: Arc<dyn Lookup>,
    pub(crate) reach: Reach,
}

impl Resolve for Filter {
    fn resolve(&self, name: Name) -> Resolving {
        let (lookup, reach) = (Arc::clone(&self.lookup), self.reach);
        Box::pin(async move {
            let found = lookup.addresses(name.as_str()).await?;
            let allowed: Vec<SocketAddr> = found
                .into_iter()
                .filter(|address| reach.allows(*address))
                .map(|address| SocketAddr::new(address, 0))
                .collect();
            // The same words as for a name that is not there: what is inside is nobody's business.
            if allowed.is_empty() {
                return Err(Forbidden::NotPublic.into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}
