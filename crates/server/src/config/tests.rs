use std::path::PathBuf;

use super::*;

fn environment(pairs: &[(&str, &str)]) -> Vec<(std::ffi::OsString, std::ffi::OsString)> {
    pairs.iter().map(|(name, value)| (name.into(), value.into())).collect()
}

fn sources(
    file: &str,
    pairs: &[(&str, &str)],
    flags: &[(Key, &'static str, &str)],
) -> (tempfile::TempDir, Sources) {
    let folder = tempfile::tempdir().unwrap();
    if !file.is_empty() {
        std::fs::write(folder.path().join("rishi.toml"), file).unwrap();
    }
    let flags = flags.iter().map(|(key, flag, value)| (*key, *flag, (*value).to_owned())).collect();
    let sources = Sources {
        file: None,
        folder: folder.path().to_owned(),
        environment: environment(pairs),
        flags,
    };
    (folder, sources)
}

fn load(file: &str, pairs: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let (_folder, sources) = sources(file, pairs, &[]);
    Config::from_settings(&Settings::gather(&sources))
}

fn refusal(file: &str, pairs: &[(&str, &str)]) -> String {
    load(file, pairs).unwrap_err().to_string()
}

fn report(file: &str, pairs: &[(&str, &str)]) -> Report {
    let (_folder, sources) = sources(file, pairs, &[]);
    Report::on(&Settings::gather(&sources))
}

fn file(path: &str) -> Database {
    Database::File(PathBuf::from(path))
}

#[test]
fn nothing_given_gives_the_documented_defaults() {
    let config = load("", &[]).unwrap();
    assert_eq!(config.database, file("./data/rishi.db"));
    assert_eq!(config.http_addr.to_string(), "127.0.0.1:8080");
    assert_eq!(config.organization, "Rishi");
    assert_eq!((config.public_url, config.log, config.log_format), (None, None, LogFormat::Text));
}

#[test]
fn flags_win_over_environment_over_file_over_defaults() {
    let file = "organization = 'File'\nhttp_addr = '127.0.0.1:1'\nlog = 'warn'";
    let pairs = [("RISHI_HTTP_ADDR", "127.0.0.1:2"), ("RISHI_LOG", "error")];
    let (_folder, sources) = sources(file, &pairs, &[(Key::Log, "--log", "debug")]);
    let settings = Settings::gather(&sources);
    let config = Config::from_settings(&settings).unwrap();
    assert_eq!(config.organization, "File");
    assert_eq!(config.http_addr.port(), 2);
    assert_eq!(config.log.as_deref(), Some("debug"));
    let sources = [Key::DatabaseUrl, Key::Organization, Key::HttpAddr, Key::Log]
        .map(|key| settings.source(key));
    assert_eq!(sources, ["default", "rishi.toml", "RISHI_HTTP_ADDR", "--log"]);
}

#[test]
fn a_number_in_the_environment_is_a_text_like_any_other() {
    assert_eq!(load("", &[("RISHI_ORGANIZATION", "420")]).unwrap().organization, "420");
}

#[test]
fn a_wrong_value_names_its_key_its_source_and_what_to_write() {
    let line = refusal("", &[("RISHI_HTTP_ADDR", "localhost")]);
    assert!(
        line.starts_with("http_addr (from RISHI_HTTP_ADDR): \"localhost\" is not an address"),
        "{line}"
    );
    assert!(line.contains("127.0.0.1:8080"), "{line}");
    let line = refusal("organization = 5", &[]);
    assert_eq!(line, "organization (from rishi.toml): the value must be a text in quotes");
    let line = refusal("log_format = 'xml'", &[]);
    assert!(
        line.contains("log_format (from rishi.toml)") && line.contains("text or json"),
        "{line}"
    );
    assert!(refusal("log = 'a=b=c'", &[]).contains("log filter"));
    assert!(refusal("public_url = 'rishi.example.com'", &[]).contains("web address"));
}

#[test]
fn every_wrong_value_is_named_at_once() {
    let lines = refusal("http_addr = 'x'", &[("RISHI_LOG_FORMAT", "y")]);
    assert_eq!(lines.lines().count(), 2, "{lines}");
}

#[test]
fn a_file_that_is_no_toml_is_refused_with_its_line() {
    let line = refusal("organization = 'Rishi'\nlog = = 3\n", &[]);
    assert!(line.starts_with("rishi.toml: line 2: "), "{line}");
    assert_eq!(line.lines().count(), 1);
}

#[test]
fn a_file_named_by_a_flag_must_be_there() {
    let (folder, mut sources) = sources("", &[], &[]);
    sources.file = Some(folder.path().join("gone.toml"));
    let line = Config::from_settings(&Settings::gather(&sources)).unwrap_err().to_string();
    assert!(line.contains("gone.toml: cannot be read"), "{line}");
}

#[test]
fn another_database_is_refused_in_one_line_that_keeps_the_password() {
    let line =
        refusal("", &[("RISHI_DATABASE_URL", "mysql://rishi:hunter2@db/rishi?password=hunter3")]);
    assert!(line.contains("mysql://rishi:***@db/rishi?***"), "{line}");
}

#[test]
fn sqlite_urls_of_both_spellings_name_a_file_and_never_memory() {
    let database =
        |url: &str| load("", &[("RISHI_DATABASE_URL", url)]).map(|config| config.database);
    assert_eq!(database("sqlite:/var/lib/rishi.db").unwrap(), file("/var/lib/rishi.db"));
    assert_eq!(database("sqlite:///var/lib/rishi.db").unwrap(), file("/var/lib/rishi.db"));
    assert!(database("sqlite:").is_err());
    assert!(database("sqlite::memory:").is_err());
}

#[test]
fn a_server_is_named_by_its_address_and_its_password_is_never_shown() {
    let load = |url: &str| load("", &[("RISHI_DATABASE_URL", url)]);
    let url = "postgres://rishi:hunter2@db/rishi?sslmode=require";
    let database = load(url).unwrap().database;
    assert_eq!(database, Database::Server(url.to_owned()));
    for shown in [database.to_string(), format!("{database:?}")] {
        assert_eq!(shown, "postgres://rishi:***@db/rishi?***");
    }
    let refused = load("postgres://rishi:hunter2@db/rishi?colour=red").unwrap_err().to_string();
    assert!(refused.contains("colour") && !refused.contains("hunter2"), "{refused}");
}

#[test]
fn an_unknown_key_is_named_without_its_value_and_does_not_stop_the_start() {
    let pairs = [("RISHI_SMS_KEY", "off"), ("PATH", "/bin")];
    let found = report("sms_url = 'sms://me:secret@mail'\n[extra]\na = 1", &pairs);
    assert!(found.valid);
    let names: Vec<_> =
        found.unknown_keys.iter().map(|one| (one.key.as_str(), one.source.as_str())).collect();
    let file = "rishi.toml";
    assert_eq!(names, [("extra", file), ("sms_url", file), ("RISHI_SMS_KEY", "environment")]);
    assert!(!serde_json::to_string(&found).unwrap().contains("me:secret"));
}

#[test]
fn the_report_masks_a_password_and_shows_the_source() {
    let found = report("", &[("RISHI_DATABASE_URL", "postgres://rishi:hunter2@db:5432/rishi")]);
    assert!(found.valid);
    assert_eq!(found.values[0].value.as_deref(), Some("postgres://rishi:***@db:5432/rishi"));
    assert_eq!(found.values[0].source, "RISHI_DATABASE_URL");
    assert!(!serde_json::to_string(&found).unwrap().contains("hunter2"));
}

#[test]
fn a_key_has_32_bytes_and_is_never_shown() {
    let key = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=";
    assert_eq!(
        load("", &[("RISHI_SECRET_KEY", key)]).unwrap().secret_key,
        Some(SecretKey([7; 32]))
    );
    assert_eq!(load("", &[]).unwrap().secret_key, None);
    let shown = serde_json::to_string(&report("", &[("RISHI_SECRET_KEY", key)])).unwrap();
    assert!(shown.contains("secret_key") && !shown.contains("BwcH"), "{shown}");
    for wrong in ["", "short", "BwcH", "not base64!"] {
        let line = refusal("", &[("RISHI_SECRET_KEY", wrong)]);
        assert!(line.contains("secret_key") && line.contains("32 random bytes"), "{line}");
        assert!(wrong.is_empty() || !line.contains(wrong), "{line}");
    }
}

#[test]
fn mail_goes_one_way_from_a_sender_and_the_key_is_never_shown() {
    let key = ("RISHI_SENDGRID_API_KEY", "SG.secret");
    let from = ("RISHI_MAIL_FROM", "Rishi <rishi@example.com>");
    let config = load("", &[key, from]).unwrap();
    let carrier = &config.mail.as_ref().unwrap().carrier;
    let sendgrid =
        |url: &str| Carrier::SendGrid { key: Hidden("SG.secret".to_owned()), url: url.to_owned() };
    assert_eq!(*carrier, sendgrid("https://api.sendgrid.com"));
    assert!(!format!("{config:?}").contains("SG.secret"));
    assert!(!serde_json::to_string(&report("", &[key, from])).unwrap().contains("SG.secret"));
    let near = ("RISHI_SENDGRID_URL", "http://127.0.0.1:9/");
    let config = load("", &[key, from, near]).unwrap();
    assert_eq!(config.mail.unwrap().carrier, sendgrid("http://127.0.0.1:9"));
    let smtp = ("RISHI_SMTP_URL", "smtp://me:secret@mail");
    assert!(refusal("", &[key, from, smtp]).contains("not by both"));
    assert!(refusal("", &[from]).contains("mail needs smtp_url"));
    for carrier in [key, smtp] {
        assert!(refusal("", &[carrier]).contains("mail needs mail_from"));
    }
    for url in ["http://api.sendgrid.com", "https://10.0.0.1", "https://h/?a=b", "ftp://h"] {
        let line = refusal("", &[key, from, ("RISHI_SENDGRID_URL", url)]);
        assert!(line.contains("sendgrid_url"), "{line}");
    }
}

#[test]
fn a_secret_may_come_from_a_file_and_then_names_it() {
    let (folder, mut sources) = sources("", &[], &[]);
    std::fs::write(folder.path().join("url"), "sqlite:/from/file.db\n").unwrap();
    sources.environment = environment(&[("RISHI_DATABASE_URL_FILE", "url")]);
    let settings = Settings::gather(&sources);
    assert_eq!(Config::from_settings(&settings).unwrap().database, file("/from/file.db"));
    assert_eq!(settings.source(Key::DatabaseUrl), "RISHI_DATABASE_URL_FILE (url)");
}

#[test]
fn a_secret_from_two_places_of_one_layer_or_from_nowhere_is_refused() {
    let both = [("RISHI_DATABASE_URL", "sqlite:a"), ("RISHI_DATABASE_URL_FILE", "url")];
    assert!(refusal("", &both).contains("keep one of the two"));
    let line = refusal("", &[("RISHI_DATABASE_URL_FILE", "/nowhere/at/all")]);
    assert!(line.contains("RISHI_DATABASE_URL_FILE") && line.contains("/nowhere/at/all"), "{line}");
}

#[test]
fn proxies_are_named_by_address_or_network_and_a_typing_error_is_told() {
    let config = load("trusted_proxies = '10.0.0.5, 192.168.0.0/16,fd00::/8'", &[]).unwrap();
    let networks: Vec<String> = config.trusted_proxies.iter().map(ToString::to_string).collect();
    assert_eq!(networks, ["10.0.0.5/32", "192.168.0.0/16", "fd00::/8"]);
    assert!(load("", &[]).unwrap().trusted_proxies.is_empty(), "nobody is trusted by default");
    let line = refusal("", &[("RISHI_TRUSTED_PROXIES", "10.0.0.0/8, proxy.local")]);
    assert!(line.contains("trusted_proxies") && line.contains("\"proxy.local\""), "{line}");
}

#[test]
fn requests_are_limited_unless_somebody_switches_it_off() {
    assert_eq!(load("", &[]).unwrap().rate_limits, Some(RateLimits::default()));
    assert_eq!(load("", &[("RISHI_RATE_LIMIT", "off")]).unwrap().rate_limits, None);
    let limits = load("rate_limit_general = '7'", &[("RISHI_RATE_LIMIT_STAFF", "9")]).unwrap();
    let limits = limits.rate_limits.unwrap();
    assert_eq!((limits.general.count.get(), limits.staff.count.get()), (7, 9));
    for (name, text) in [
        ("RISHI_RATE_LIMIT", "yes"),
        ("RISHI_RATE_LIMIT_GENERAL", "0"),
        ("RISHI_RATE_LIMIT_PROBES", "1000001"),
        ("RISHI_RATE_LIMIT_BOOKING_WRITES", "many"),
    ] {
        let line = refusal("", &[("RISHI_RATE_LIMIT", "off"), (name, text)]);
        assert!(line.contains(name) && line.contains(text), "{line}");
    }
}

#[test]
fn limits_are_shared_by_an_address_of_redis_whose_password_is_never_shown() {
    let url = "rediss://rishi:hunter2@cache:6380/1";
    let config = load("", &[("RISHI_REDIS_URL", url)]).unwrap();
    assert_eq!(config.redis, Some(Hidden(url.to_owned())));
    assert!(!format!("{config:?}").contains("hunter2"));
    let found = report("", &[("RISHI_REDIS_URL", url)]);
    let line = found.values.iter().find(|line| line.key == "redis_url").unwrap();
    assert_eq!(line.value.as_deref(), Some("rediss://rishi:***@cache:6380/1"));
    for wrong in ["cache:6379", "http://me:hunter2@cache", "redis://me:hunter2@cache/one"] {
        let line = refusal("", &[("RISHI_REDIS_URL", wrong)]);
        assert!(line.starts_with("redis_url (from RISHI_REDIS_URL): "), "{line}");
        assert!(line.contains("redis://HOST:6379") && !line.contains("hunter2"), "{line}");
    }
}

#[test]
fn only_on_a_loopback_address_is_there_no_tls() {
    let tls = |address: &str, url: &str| {
        let mut pairs = vec![("RISHI_HTTP_ADDR", address)];
        pairs.extend([("RISHI_PUBLIC_URL", url)].into_iter().filter(|(_, url)| !url.is_empty()));
        load("", &pairs).unwrap().is_reached_by_tls()
    };
    assert!(!tls("127.0.0.1:8080", "") && !tls("[::1]:8080", ""));
    assert!(tls("0.0.0.0:8080", ""));
    assert!(tls("127.0.0.1:8080", "https://localhost"));
    for local in ["http://localhost:8080", "http://127.0.0.1", "http://[::1]", "http://[::1]:80"] {
        assert!(!tls("0.0.0.0:8080", local), "{local}");
    }
    assert!(tls("127.0.0.1:8080", "http://rishi.example.com"));
    assert!(tls("127.0.0.1:8080", "http://localhost.example.com"));
}

#[test]
fn a_provider_of_identities_is_whole_or_a_mistake() {
    assert!(load("", &[]).unwrap().oidc.is_none());
    let both = [
        ("RISHI_OIDC_ISSUER", "https://login.example.com/"),
        ("RISHI_OIDC_CLIENT_ID", "rishi"),
        ("RISHI_OIDC_CLIENT_SECRET", "hush"),
        ("RISHI_OIDC_ROLE_CLAIM", "groups"),
        (
            "RISHI_OIDC_ROLES",
            "staff=brand_agent, a=b=client_user@018f3c2e-7b1a-7c3d-9e4f-5a6b7c8d9e0f",
        ),
    ];
    let oidc = load("", &both).unwrap().oidc.unwrap();
    assert_eq!(oidc.issuer, "https://login.example.com/", "letter by letter");
    assert_eq!(oidc.scopes, ["openid", "email", "profile"]);
    assert!(!format!("{oidc:?}").contains("hush"));
    assert!(!serde_json::to_string(&report("", &both)).unwrap().contains("hush"));
    let [staff, other] = &oidc.roles[..] else { panic!("two rules") };
    assert_eq!((staff.value.as_str(), staff.organization), ("staff", None));
    assert_eq!((other.value.as_str(), other.organization.is_some()), ("a=b", true));
    for (missing, name) in
        [(0, "oidc_issuer"), (1, "oidc_client_id"), (3, "oidc_role_claim"), (4, "oidc_roles")]
    {
        let mut pairs = both.to_vec();
        pairs.remove(missing);
        let line = refusal("", &pairs);
        assert!(line.contains(&format!("needs {name} as well")), "{line}");
    }
    for (name, text) in [
        ("RISHI_OIDC_ISSUER", "http://login.example.com"),
        ("RISHI_OIDC_ISSUER", "login.example.com"),
        ("RISHI_OIDC_ROLES", "staff"),
        ("RISHI_OIDC_ROLES", "staff=king"),
        ("RISHI_OIDC_ROLES", "staff=brand_agent@somewhere"),
        ("RISHI_OIDC_ROLES", "=brand_agent"),
        ("RISHI_OIDC_SCOPES", "openid \"x\""),
    ] {
        let pairs: Vec<_> =
            both.iter().copied().filter(|(key, _)| *key != name).chain([(name, text)]).collect();
        let line = refusal("", &pairs);
        assert!(line.contains(name), "{line}");
    }
    load("", &[("RISHI_OIDC_ISSUER", "http://127.0.0.1:3000"), both[1]]).unwrap();
}

#[test]
fn tiles_of_maps_come_from_one_plain_place_and_nobody_is_named_for_none() {
    let template = "https://tiles.example.com:8443/{z}/{x}/{y}.png?key=a";
    let map = load("", &[("RISHI_MAP_TILES_URL", template), ("RISHI_MAP_ATTRIBUTION", "© Maps")]);
    let map = map.unwrap().map.unwrap();
    assert_eq!(map.template, template);
    assert_eq!(map.origin, "https://tiles.example.com:8443");
    assert_eq!(map.attribution.as_deref(), Some("© Maps"));
    let here = load("", &[("RISHI_MAP_TILES_URL", "http://127.0.0.1:9/{z}/{x}/{y}")]).unwrap();
    assert_eq!(here.map.unwrap().origin, "http://127.0.0.1:9");
    for wrong in [
        "https://tiles.example.com/{z}/{x}.png",
        "http://tiles.example.com/{z}/{x}/{y}.png",
        "https://user:secret@tiles.example.com/{z}/{x}/{y}.png",
        "https://tiles.example.com; script-src */{z}/{x}/{y}.png",
        "https://{x}.example.com/{z}/{x}/{y}.png",
        "/{z}/{x}/{y}.png",
    ] {
        let said = refusal("", &[("RISHI_MAP_TILES_URL", wrong)]);
        assert!(said.contains("map_tiles_url") && said.contains("write e.g."), "{wrong}: {said}");
    }
    let said = refusal("", &[("RISHI_MAP_ATTRIBUTION", "© Maps")]);
    assert!(said.contains("map_attribution") && said.contains("map_tiles_url as well"), "{said}");
}
