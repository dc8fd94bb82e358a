//! The client's address: the peer's, or what a trusted proxy says.
use actix_web::dev::ServiceRequest;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The address of whoever sent the request. `X-Forwarded-For` is read from its end, over the proxies that are
/// trusted; the first address that is not one of them is the client.
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

/// What limits are counted by: an IPv4 address, or an IPv6 network of 64 bits, since one host has all of it.
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

    fn seen(peer: &str, forwarded: &[&str], trusted: &[&str]) -> String {
        let mut request = TestRequest::default().peer_addr(format!("{peer}:1").parse().unwrap());
        for value in forwarded {
            request = request.append_header(("X-Forwarded-For", *value));
        }
        let trusted: Vec<IpAddr> = trusted.iter().map(|address| address.parse().unwrap()).collect();
        address(&request.to_srv_request(), &trusted).to_string()
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        assert_eq!(seen("9.9.9.9", &["1.2.3.4"], &[]), "9.9.9.9");
        assert_eq!(seen("10.0.0.2", &["6.6.6.6, 1.2.3.4"], &["10.0.0.2"]), "1.2.3.4");
        assert_eq!(
            seen(
                "10.0.0.2",
                &["6.6.6.6", "1.2.3.4, 10.0.0.3"],
                &["10.0.0.2", "10.0.0.3"]
            ),
            "1.2.3.4"
        );
        assert_eq!(seen("10.0.0.2", &["nonsense"], &["10.0.0.2"]), "10.0.0.2");
    }

    #[test]
    fn an_ipv6_network_counts_as_one() {
        let one = network("2001:db8:1:2:3::1".parse().unwrap());
        assert_eq!(one, network("2001:db8:1:2:ffff::9".parse().unwrap()));
        assert_ne!(one, network("2001:db8:1:3::1".parse().unwrap()));
        assert_eq!(network("::ffff:1.2.3.4".parse().unwrap()).to_string(), "1.2.3.4");
    }
}
