use axum::body::Body;

use super::*;

/// The address of a request from `peer` with these header lines, where `10.0.0.0/8` and `fd00::/8`
/// are proxies.
fn seen(peer: &str, lines: &[(&str, &str)]) -> String {
    let proxies = ["10.0.0.0/8", "fd00::/8"].map(|net| net.parse().unwrap());
    let mut request = Request::new(Body::empty());
    let peer = SocketAddr::new(peer.parse().unwrap(), 1234);
    request.extensions_mut().insert(ConnectInfo(peer));
    for (name, value) in lines {
        let name: HeaderName = name.parse().unwrap();
        request.headers_mut().append(name, value.parse().unwrap());
    }
    of(&request, &proxies).to_string()
}

const XFF: &str = "x-forwarded-for";
const FWD: &str = "forwarded";

#[test]
fn who_comes_directly_cannot_choose_an_address() {
    for lines in [
        &[][..],
        &[(XFF, "198.51.100.9")],
        &[(FWD, "for=198.51.100.9")],
        &[(XFF, "10.0.0.1, 198.51.100.9"), (FWD, "for=10.0.0.1")],
    ] {
        assert_eq!(seen("203.0.113.7", lines), "203.0.113.7", "{lines:?}");
    }
}

#[test]
fn behind_proxies_the_rightmost_address_that_is_no_proxy_counts() {
    for (line, expected) in [
        ("198.51.100.9", "198.51.100.9"),
        ("1.1.1.1, 198.51.100.9", "198.51.100.9"),
        ("1.1.1.1, 198.51.100.9, 10.1.2.3", "198.51.100.9"),
        ("198.51.100.9:4711", "198.51.100.9"),
        ("[2001:db8::1]:4711", "2001:db8::1"),
        ("2001:db8::1", "2001:db8::1"),
        ("198.51.100.9, [fd00::5]", "198.51.100.9"),
        ("::ffff:198.51.100.9", "198.51.100.9"),
        // All are proxies: the first of them is where it began.
        ("10.9.9.9, 10.1.2.3", "10.9.9.9"),
    ] {
        assert_eq!(seen("10.0.0.1", &[(XFF, line)]), expected, "{line}");
    }
    let lines = [(XFF, "198.51.100.9"), (XFF, "10.1.2.3")];
    assert_eq!(seen("10.0.0.1", &lines), "198.51.100.9", "lines are one list");
    assert_eq!(seen("::ffff:10.0.0.1", &[(XFF, "198.51.100.9")]), "198.51.100.9");
}

#[test]
fn the_standard_header_is_read_as_well() {
    for (line, expected) in [
        ("for=198.51.100.9", "198.51.100.9"),
        ("For=\"198.51.100.9:80\";proto=https;by=10.0.0.1", "198.51.100.9"),
        ("for=1.1.1.1, for=\"[2001:db8:cafe::17]:4711\"", "2001:db8:cafe::17"),
        ("proto=https;for=198.51.100.9, for=10.1.2.3", "198.51.100.9"),
    ] {
        assert_eq!(seen("10.0.0.1", &[(FWD, line)]), expected, "{line}");
    }
}

#[test]
fn what_names_nobody_ends_the_walk() {
    for (name, line, expected) in [
        (XFF, "", "10.0.0.1"),
        (XFF, "unknown", "10.0.0.1"),
        (XFF, "198.51.100.9, unknown", "10.0.0.1"),
        (XFF, "198.51.100.9, , 10.1.2.3", "10.1.2.3"),
        (XFF, "198.51.100.9 1.1.1.1", "10.0.0.1"),
        (FWD, "for=_hidden", "10.0.0.1"),
        (FWD, "by=198.51.100.9", "10.0.0.1"),
        (FWD, "for=198.51.100.9;for=1.1.1.1", "10.0.0.1"),
        (FWD, "for=198.51.100.9, for=unknown, for=10.1.2.3", "10.1.2.3"),
    ] {
        assert_eq!(seen("10.0.0.1", &[(name, line)]), expected, "{name}: {line}");
    }
}

#[test]
fn of_two_headers_that_disagree_neither_is_believed() {
    let forged = [(XFF, "198.51.100.9"), (FWD, "for=1.1.1.1")];
    assert_eq!(seen("10.0.0.1", &forged), "10.0.0.1");
    let agreed = [(XFF, "198.51.100.9"), (FWD, "for=198.51.100.9")];
    assert_eq!(seen("10.0.0.1", &agreed), "198.51.100.9");
}
