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

#[test]
fn nothing_given_gives_the_documented_defaults() {
    let config = load("", &[]).unwrap();
    assert_eq!(config.database, PathBuf::from("./data/rishi.db"));
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
fn postgres_is_refused_in_one_line_that_keeps_the_password() {
    let line = refusal("", &[("RISHI_DATABASE_URL", "postgres://rishi:hunter2@db/rishi")]);
    assert!(line.contains("SQLite only so far"), "{line}");
    assert!(!line.contains("hunter2"), "{line}");
    let line =
        refusal("", &[("RISHI_DATABASE_URL", "mysql://rishi:hunter2@db/rishi?password=hunter3")]);
    assert!(line.contains("mysql://rishi:***@db/rishi?***"), "{line}");
}

#[test]
fn sqlite_urls_of_both_spellings_name_a_file_and_never_memory() {
    let database =
        |url: &str| load("", &[("RISHI_DATABASE_URL", url)]).map(|config| config.database);
    assert_eq!(database("sqlite:/var/lib/rishi.db").unwrap(), PathBuf::from("/var/lib/rishi.db"));
    assert_eq!(database("sqlite:///var/lib/rishi.db").unwrap(), PathBuf::from("/var/lib/rishi.db"));
    assert!(database("sqlite:").is_err());
    assert!(database("sqlite::memory:").is_err());
}

#[test]
fn an_unknown_key_is_named_without_its_value_and_does_not_stop_the_start() {
    let pairs = [("RISHI_REDIS_URL", "off"), ("PATH", "/bin")];
    let found = report("sms_url = 'sms://me:secret@mail'\n[extra]\na = 1", &pairs);
    assert!(found.valid);
    let names: Vec<_> =
        found.unknown_keys.iter().map(|one| (one.key.as_str(), one.source.as_str())).collect();
    let file = "rishi.toml";
    assert_eq!(names, [("extra", file), ("sms_url", file), ("RISHI_REDIS_URL", "environment")]);
    assert!(!serde_json::to_string(&found).unwrap().contains("me:secret"));
}

#[test]
fn the_report_masks_a_password_and_shows_the_source() {
    let found = report("", &[("RISHI_DATABASE_URL", "postgres://rishi:hunter2@db:5432/rishi")]);
    assert!(!found.valid);
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
fn a_secret_may_come_from_a_file_and_then_names_it() {
    let (folder, mut sources) = sources("", &[], &[]);
    std::fs::write(folder.path().join("url"), "sqlite:/from/file.db\n").unwrap();
    sources.environment = environment(&[("RISHI_DATABASE_URL_FILE", "url")]);
    let settings = Settings::gather(&sources);
    assert_eq!(Config::from_settings(&settings).unwrap().database, PathBuf::from("/from/file.db"));
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
