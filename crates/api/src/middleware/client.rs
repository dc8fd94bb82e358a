//! The client's address: the peer's, or the one that a trusted proxy forwards.
use actix_web::dev::ServiceRequest;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Returns the client's address. Reads `X-Forwarded-For` from its end and skips trusted proxies.
pub(super) fn address(request: &ServiceRequest, trusted: &[IpAddr]) -> IpAddr {
    let peer = request
        .peer_addr()
        .map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.ip());
    if !trusted.contains(&peer) {
        return peer;
    }
    let forwarded: Vec<IpAddr> = request
        .headers()
        .get_all("x-forwarded-for")
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map_while(|address| address.trim().parse().ok())
        .collect();
    forwarded
        .into_iter()
        .rev()
        .find(|address| !trusted.contains(address))
        .unwrap_or(peer)
}

/// Returns the key of per-address limits: the IPv4 address, or the IPv6 /64 network, because one host owns all of it.
pub(super) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        address @ IpAddr::V4(_) => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    fn client_address(peer: &str, forwarded: &[&str], trusted: &[&str]) -> String {
        let mut request = TestRequest::default().peer_addr(format!("{peer}:1").parse().unwrap());
        for value in forwarded {
            request = request.append_header(("X-Forwarded-For", *value));
        }
        let trusted: Vec<IpAddr> = trusted.iter().map(|address| address.parse().unwrap()).collect();
        address(&request.to_srv_request(), &trusted).to_string()
    }

    #[test]
    fn forwarded_for_counts_only_from_trusted_proxies() {
        assert_eq!(client_address("9.9.9.9", &["1.2.3.4"], &[]), "9.9.9.9");
        assert_eq!(
            client_address("10.0.0.2", &["6.6.6.6, 1.2.3.4"], &["10.0.0.2"]),
            "1.2.3.4"
        );
        assert_eq!(
            client_address(
                "10.0.0.2",
                &["6.6.6.6", "1.2.3.4, 10.0.0.3"],
                &["10.0.0.2", "10.0.0.3"]
            ),
            "1.2.3.4"
        );
        assert_eq!(
            client_address("10.0.0.2", &["not-an-address"], &["10.0.0.2"]),
            "10.0.0.2"
        );
    }

    #[test]
    fn ipv6_network_is_one_client() {
        let first = network("2001:db8:1:2:3::1".parse().unwrap());
        assert_eq!(first, network("2001:db8:1:2:ffff::9".parse().unwrap()));
        assert_ne!(first, network("2001:db8:1:3::1".parse().unwrap()));
        assert_eq!(network("::ffff:1.2.3.4".parse().unwrap()).to_string(), "1.2.3.4");
    }
}
