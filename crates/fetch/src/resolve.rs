//! DNS resolution that allows only public addresses, at connect time.
use crate::{Error, address::is_allowed};
use ipnet::IpNet;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::{net::SocketAddr, sync::Arc};
use tokio::net::lookup_host;

/// The reason for rejecting a host name or an IP address.
pub(crate) const NOT_PUBLIC: &str = "the host is not in a public network";

/// Resolves a host name, or returns an error if any of its addresses is not public. The client connects to the returned
/// addresses without another lookup.
#[derive(Debug)]
pub(crate) struct PublicResolver {
    pub(crate) allowed: Arc<[IpNet]>,
}

impl Resolve for PublicResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let allowed = Arc::clone(&self.allowed);
        Box::pin(async move {
            // The client fills in the port.
            let addresses: Vec<SocketAddr> = lookup_host((name.as_str(), 0)).await?.collect();
            if addresses.iter().all(|address| is_allowed(address.ip(), &allowed)) {
                let addresses: Addrs = Box::new(addresses.into_iter());
                Ok(addresses)
            } else {
                Err(Error::NotAllowed(NOT_PUBLIC).into())
            }
        })
    }
}
