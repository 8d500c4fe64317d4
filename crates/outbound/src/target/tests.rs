use super::*;

/// URLs that must not be called, whoever asks. What is behind names is the resolver's affair.
pub(crate) const FORBIDDEN: &[&str] = &[
    // Loopback, in every form in which an IPv4 address is read.
    "https://127.0.0.1/",
    "https://127.0.0.1:8443/hook",
    "https://127.1/",
    "https://127.0.1/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0x7f.0.0.1/",
    "https://0x7f.1/",
    "https://0177.0.0.1/",
    "https://0177.0x0.0.1/",
    "https://017700000001/",
    "https://127.0.0.1./",
    "https://127.255.255.254/",
    "https://%31%32%37.0.0.1/",
    "https://127%2e0%2e0%2e1/",
    "https://１２７.0.0.1/",
    "https://127。0。0。1/",
    "https://①②⑦.0.0.1/",
    // This network.
    "https://0/",
    "https://0.0.0.0/",
    "https://0x0/",
    // Private, shared, link local, metadata.
    "https://10.0.0.1/",
    "https://167772161/",
    "https://012.0.0.1/",
    "https://172.16.0.1/",
    "https://172.31.255.255/",
    "https://192.168.0.1/",
    "https://192.168.1/",
    "https://0xc0a80001/",
    "https://3232235521/",
    "https://100.64.0.1/",
    "https://169.254.169.254/latest/meta-data/",
    "https://169.254.43518/",
    "https://2852039166/",
    "https://0xa9fea9fe/",
    "https://0251.0376.0251.0376/",
    "https://169.254.170.2/v2/credentials",
    "https://192.0.0.192/opc/v2/instance/",
    "https://100.100.100.200/latest/meta-data/",
    // Documentation, benchmarks, multicast, broadcast.
    "https://192.0.2.1/",
    "https://198.18.0.1/",
    "https://198.51.100.1/",
    "https://203.0.113.1/",
    "https://224.0.0.1/",
    "https://240.0.0.1/",
    "https://255.255.255.255/",
    // IPv6: itself, mapped, compatible, translated, tunnelled.
    "https://[::1]/",
    "https://[0:0:0:0:0:0:0:1]/",
    "https://[::]/",
    "https://[::127.0.0.1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:7f00:1]/",
    "https://[0:0:0:0:0:ffff:a9fe:a9fe]/",
    "https://[::ffff:8.8.8.8]/",
    "https://[::ffff:0:127.0.0.1]/",
    "https://[64:ff9b::127.0.0.1]/",
    "https://[64:ff9b::a9fe:a9fe]/",
    "https://[64:ff9b:1::1]/",
    "https://[2002:7f00:1::]/",
    "https://[2002:a9fe:a9fe::1]/",
    "https://[2001:0:7f00:1::]/",
    "https://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/",
    "https://[2001:db8::1]/",
    "https://[fc00::1]/",
    "https://[fd00:ec2::254]/latest/meta-data/",
    "https://[fe80::1]/",
    "https://[fe80::a9fe:a9fe]/",
    "https://[fec0::1]/",
    "https://[ff02::1]/",
    "https://[100::1]/",
    "https://[5f00::1]/",
    // Names that are kept for what is inside.
    "https://localhost/",
    "https://LOCALHOST/",
    "https://localhost./",
    "https://ｌｏｃａｌｈｏｓｔ/",
    "https://lo\u{ad}calhost/",
    "https://app.localhost/",
    "https://metadata/",
    "https://metadata.google.internal/computeMetadata/v1/",
    "https://instance-data.ec2.internal/",
    "https://printer.local/",
    "https://router.home.arpa/",
    "https://host.docker.internal/",
    // User names that look like hosts, and the reverse.
    "https://example.com@127.0.0.1/",
    "https://127.0.0.1@example.com/",
    "https://user:secret@example.com/",
    "https://example.com%40127.0.0.1/",
    "https:\\\\127.0.0.1\\",
    "https:127.0.0.1",
    "https:///127.0.0.1/",
    "https://127.0.0.1#@example.com/",
    "https://127.0.0.1?@example.com/",
    "https://example.com/#fragment",
    // Other schemes and no URLs at all.
    "http://example.com/",
    "http://127.0.0.1/",
    "ftp://example.com/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:6379/_INFO",
    "unix:/var/run/docker.sock",
    "data:text/plain,hello",
    "javascript:alert(1)",
    "//example.com/",
    "example.com",
    "https://",
    "https://[::1",
    "https://[fe80::1%25eth0]/",
    "https://1.2.3.4.5/",
    "https://256.256.256.256/",
    "https://exa mple.com/",
    "https://example.com/\r\nX-Injected: 1",
    "\thttps://example.com/",
    "",
];

#[test]
fn forbidden_urls_are_refused_in_every_form() {
    assert!(FORBIDDEN.len() > 60);
    for text in FORBIDDEN {
        assert!(Reach::default().check(text).is_err(), "{text:?}");
    }
}

#[test]
fn urls_of_public_hosts_are_taken_in_their_one_spelling() {
    for (text, expected) in [
        ("https://example.com", "https://example.com/"),
        ("HTTPS://EXAMPLE.com:443/a/../b?c=d", "https://example.com/b?c=d"),
        ("https://example.com.:8443/x", "https://example.com.:8443/x"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("https://134744072/", "https://8.8.8.8/"),
        ("https://[2606:4700:4700::1111]/", "https://[2606:4700:4700::1111]/"),
        ("https://localhost.example.com/", "https://localhost.example.com/"),
    ] {
        assert_eq!(Reach::default().check(text).unwrap().as_str(), expected);
    }
}

#[test]
fn for_development_this_machine_is_in_reach_and_nothing_else_inside() {
    let reach = Reach { loopback: true };
    for text in [
        "http://127.0.0.1:9000/",
        "https://127.0.0.1/",
        "http://localhost/",
        "http://[::1]:1/",
        "http://2130706433/",
    ] {
        assert!(reach.check(text).is_ok(), "{text}");
    }
    for text in [
        "http://example.com/",
        "http://10.0.0.1/",
        "http://169.254.169.254/",
        "http://[::ffff:127.0.0.1]/",
        "http://0.0.0.0/",
        "http://me@127.0.0.1/",
    ] {
        assert!(reach.check(text).is_err(), "{text}");
    }
}
