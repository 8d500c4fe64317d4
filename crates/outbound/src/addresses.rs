//! Which addresses anybody may call: global unicast, of no special purpose.
//!
//! Sources: the IANA special-purpose address registries for IPv4 (RFC 6890 and what updates it) and IPv6,
//! and the IPv6 address space registry, by which only `2000::/3` is assigned to global unicast. What
//! carries an IPv4 address inside (mapped, 6to4, Teredo, NAT64) is refused whatever it carries: nobody
//! needs it to name a public host, and it leads inside.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{Ipv4Net, Ipv6Net};

/// IPv4 networks of a special purpose: address and length of the prefix.
const SPECIAL_4: [([u8; 4], u8); 16] = [
    // This network.
    ([0, 0, 0, 0], 8),
    // Private use.
    ([10, 0, 0, 0], 8),
    // Shared by carriers behind their NAT.
    ([100, 64, 0, 0], 10),
    // Loopback.
    ([127, 0, 0, 0], 8),
    // Link local, with the metadata services of clouds.
    ([169, 254, 0, 0], 16),
    ([172, 16, 0, 0], 12),
    // IETF protocol assignments.
    ([192, 0, 0, 0], 24),
    // Documentation.
    ([192, 0, 2, 0], 24),
    // AS112, and the former 6to4 relays.
    ([192, 31, 196, 0], 24),
    ([192, 52, 193, 0], 24),
    ([192, 88, 99, 0], 24),
    ([192, 168, 0, 0], 16),
    ([192, 175, 48, 0], 24),
    // Benchmarks.
    ([198, 18, 0, 0], 15),
    ([198, 51, 100, 0], 24),
    ([203, 0, 113, 0], 24),
];

/// IPv6 networks of a special purpose within the global unicast ones.
const SPECIAL_6: [([u16; 8], u8); 5] = [
    // IETF protocol assignments, Teredo and ORCHID among them.
    ([0x2001, 0, 0, 0, 0, 0, 0, 0], 23),
    // Documentation.
    ([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0], 32),
    ([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20),
    // 6to4.
    ([0x2002, 0, 0, 0, 0, 0, 0, 0], 16),
    // AS112.
    ([0x2620, 0x4f, 0x8000, 0, 0, 0, 0, 0], 48),
];

/// Whether anybody may call this address.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_4(address),
        IpAddr::V6(address) => is_public_6(address),
    }
}

fn is_public_4(address: Ipv4Addr) -> bool {
    let special = SPECIAL_4.iter().any(|(network, length)| {
        let network = Ipv4Net::new_assert(Ipv4Addr::from(*network), *length);
        network.contains(&address)
    });
    // Multicast and what is reserved lie at the end.
    !special && address.octets()[0] < 224
}

fn is_public_6(address: Ipv6Addr) -> bool {
    let special = SPECIAL_6.iter().any(|(network, length)| {
        let network = Ipv6Net::new_assert(Ipv6Addr::from(*network), *length);
        network.contains(&address)
    });
    address.segments()[0] & 0xe000 == 0x2000 && !special
}

#[cfg(test)]
mod tests {
    use super::*;

    fn public(text: &str) -> bool {
        is_public(text.parse().unwrap())
    }

    #[test]
    fn addresses_of_the_internet_are_public() {
        for text in [
            "1.1.1.1",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.1.0",
            "198.17.255.255",
            "198.20.0.0",
            "223.255.255.255",
            "2606:4700:4700::1111",
            "2a00:1450:4001:81b::200e",
            "2001:4860:4860::8888",
            "2001:200::1",
        ] {
            assert!(public(text), "{text}");
        }
    }

    #[test]
    fn addresses_of_a_special_purpose_are_not() {
        for text in [
            "0.0.0.0",
            "0.255.255.255",
            "10.0.0.1",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.255.254",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.192",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.51.100.7",
            "203.0.113.9",
            "224.0.0.1",
            "239.255.255.250",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::127.0.0.1",
            "::ffff:127.0.0.1",
            "::ffff:8.8.8.8",
            "::ffff:0:127.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b::808:808",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:0:4136:e378:8000:63bf:3fff:fdd2",
            "2001:10::1",
            "2001:20::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "2002:a9fe:a9fe::1",
            "3fff::1",
            "5f00::1",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!public(text), "{text}");
        }
    }
}
