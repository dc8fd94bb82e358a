//! Looking a name up, and judging what it stands for, at the moment of the connection.
use crate::{Error, address::may_be_reached};
use ipnet::IpNet;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::{net::SocketAddr, sync::Arc};
use tokio::net::lookup_host;

/// Said where a name or a number leads to where nobody may be sent.
pub(crate) const NOT_PUBLIC: &str = "it leads to a network that is not public";

/// Gives the client the addresses of a name, or none if one of them is not public. The client connects to these and asks
/// nobody again.
#[derive(Debug)]
pub(crate) struct PublicOnly {
    pub(crate) allowed: Arc<[IpNet]>,
}

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        let allowed = Arc::clone(&self.allowed);
        Box::pin(async move {
            // The port is the client's to fill in.
            let found: Vec<SocketAddr> = lookup_host((name.as_str(), 0)).await?.collect();
            if found.iter().all(|address| may_be_reached(address.ip(), &allowed)) {
                let found: Addrs = Box::new(found.into_iter());
                Ok(found)
            } else {
                Err(Error::NotAllowed(NOT_PUBLIC).into())
            }
        })
    }
}
