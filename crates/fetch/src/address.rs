//! Public addresses, by the IANA special-purpose registries (RFC 6890 and its updates).
use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// IPv4 networks that are not globally reachable or not unicast: first address and prefix length.
const NON_PUBLIC_V4: &[(Ipv4Addr, u8)] = &[
    (Ipv4Addr::UNSPECIFIED, 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    // The Azure metadata endpoint, which returns secrets of virtual machines.
    (Ipv4Addr::new(168, 63, 129, 16), 32),
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    (Ipv4Addr::new(240, 0, 0, 0), 4),
];

/// The IPv6 network assigned for global unicast.
const GLOBAL_V6: (Ipv6Addr, u8) = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);

/// Its special-purpose networks: protocol assignments including Teredo, documentation, 6to4, documentation.
const NON_PUBLIC_V6: &[(Ipv6Addr, u8)] = &[
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    (Ipv6Addr::new(0x2001, 0x0DB8, 0, 0, 0, 0, 0, 0), 32),
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16),
    (Ipv6Addr::new(0x3FFF, 0, 0, 0, 0, 0, 0, 0), 20),
];

/// Whether the address is public or in a network that the operator allows.
pub(crate) fn is_allowed(address: IpAddr, allowed: &[IpNet]) -> bool {
    // The operating system treats `::ffff:10.0.0.1` as 10.0.0.1.
    let address = address.to_canonical();
    allowed.iter().any(|network| network.contains(&address))
        || match address {
            IpAddr::V4(address) => is_public_v4(address),
            IpAddr::V6(address) => is_public_v6(address),
        }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    !NON_PUBLIC_V4
        .iter()
        .any(|(first, prefix)| Ipv4Net::new_assert(*first, *prefix).contains(&address))
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let within = |(first, prefix): (Ipv6Addr, u8)| Ipv6Net::new_assert(first, prefix).contains(&address);
    within(GLOBAL_V6) && !NON_PUBLIC_V6.iter().copied().any(within) && !is_isatap(address)
}

/// ISATAP addresses embed an IPv4 address after `::5efe` or `::200:5efe` (RFC 5214, section 6.1).
fn is_isatap(address: Ipv6Addr) -> bool {
    let [_, _, _, _, high, low, _, _] = address.segments();
    low == 0x5EFE && matches!(high, 0 | 0x0200)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NON_PUBLIC: &str = "
        0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.127.255.255 127.0.0.1 127.255.255.254
        168.63.129.16 169.254.169.254 172.16.0.1 172.31.255.255 192.0.0.170 192.0.2.1 192.88.99.1 192.168.1.1 198.18.0.1
        198.19.255.255 198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255 :: ::1
        ::ffff:10.0.0.1 ::ffff:127.0.0.1 ::127.0.0.1 64:ff9b::7f00:1 64:ff9b:1::7f00:1 100::1 2001::1
        2001:0:4136:e378:8000:63bf:3fff:fdd2 2001:10::1 2001:20::1 2001:db8::1 2002:7f00:1:: 2002:a00:1::1
        2a00:1450::5efe:7f00:1 2a00:1450::200:5efe:7f00:1 3fff::1 5f00::1 fc00::1 fd12:3456::1 fe80::1
        fec0::1 ff02::1
    ";

    #[test]
    fn only_public_addresses_are_allowed() {
        for address in NON_PUBLIC.split_whitespace() {
            assert!(!is_allowed(address.parse().unwrap(), &[]), "{address}");
        }
        for address in [
            "1.1.1.1",
            "8.8.8.8",
            "100.63.255.255",
            "100.128.0.1",
            "172.15.255.255",
            "172.32.0.1",
            "192.0.1.1",
            "223.255.255.255",
            "::ffff:8.8.8.8",
            "2001:200::1",
            "2001:4860:4860::8888",
            "2606:4700::1111",
            "2a00:1450::1",
        ] {
            assert!(is_allowed(address.parse().unwrap(), &[]), "{address}");
        }
    }

    #[test]
    fn operator_networks_are_allowed() {
        let own: Vec<IpNet> = vec!["10.1.0.0/16".parse().unwrap()];
        for (address, expected) in [
            ("10.1.2.3", true),
            ("::ffff:10.1.2.3", true),
            ("10.2.0.1", false),
            ("8.8.8.8", true),
        ] {
            assert_eq!(is_allowed(address.parse().unwrap(), &own), expected, "{address}");
        }
    }
}
