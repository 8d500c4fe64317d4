//! The script against a private Redis, and the circuit before it, with the figures.

use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU64, Ordering};

use proptest::prelude::*;
use rishi_resilience::testing::{Called, Calling, Protocol, outages};
use rishi_resilience::{CircuitState, Circuits, Elapsed, RateLimiter};

use super::*;
use fixture::RedisServer;

#[allow(dead_code, reason = "others use more of it")]
#[path = "../../../../tests/fixtures/redis.rs"]
mod fixture;

/// Divisible by every number to twenty, so that each of so many comes back after whole microseconds.
const PER: Duration = Duration::from_micros(232_792_560);

/// The script by a clock of the test's.
fn by_hand() -> Script {
    let (time, now) = (
        "local time = redis.call('TIME')\nlocal now = time[1] * 1000000 + time[2]\n",
        "local now = tonumber(ARGV[3])\n",
    );
    let script = GCRA.replace(time, now);
    assert_ne!(script, GCRA, "the clock is where it was");
    Script::new(&script)
}

fn rate(count: u32) -> Rate {
    Rate { count: NonZeroU32::new(count).unwrap(), per: PER }
}

#[tokio::test]
async fn the_script_decides_as_the_limiter_of_a_process_does() {
    let server = RedisServer::start().await;
    let mut connection = Client::open(server.url()).unwrap().get_connection().unwrap();
    let (script, cases) = (by_hand(), AtomicU64::new(0));
    let steps = prop::collection::vec((0_u64..3, 0_u64..60_000_000), 1..150);
    let connection = std::cell::RefCell::new(&mut connection);
    let mut runner = proptest::test_runner::TestRunner::default();
    let decided = runner.run(&(1_u32..=20, steps), |(count, steps)| {
        let case = cases.fetch_add(1, Ordering::Relaxed);
        let clock = Arc::new(AtomicU64::new(0));
        let hands = Arc::clone(&clock);
        let elapsed: Elapsed =
            Arc::new(move || Duration::from_micros(hands.load(Ordering::Relaxed)));
        let (rate, begun) = (rate(count), 1_700_000_000_000_000_u64);
        let limiter = RateLimiter::new(rate, 1_000, elapsed);
        for (key, pause) in steps {
            let now = begun + clock.fetch_add(pause, Ordering::Relaxed) + pause;
            let mut asked = script.key(format!("{case}:{key}"));
            asked.arg(micros(interval(rate))).arg(count).arg(now);
            let answer: i64 = asked.invoke(&mut **connection.borrow_mut()).unwrap();
            prop_assert_eq!(
                understood(answer, rate),
                limiter.check(&key),
                "{} of {}",
                answer,
                count
            );
        }
        Ok(())
    });
    decided.unwrap();
}

#[tokio::test]
async fn a_clock_that_was_set_back_holds_nobody_up() {
    let server = RedisServer::start().await;
    let mut connection = Client::open(server.url()).unwrap().get_connection().unwrap();
    let (script, rate) = (by_hand(), rate(2));
    let mut spend = |now: u64| {
        let mut asked = script.key("one");
        asked.arg(micros(interval(rate))).arg(2).arg(now);
        understood(asked.invoke(&mut connection).unwrap(), rate)
    };
    let later = 1_700_000_000_000_000;
    assert_eq!(spend(later).unwrap().remaining, 1);
    let earlier = later - 3_600_000_000;
    assert_eq!(spend(earlier).unwrap().remaining, 1);
    assert_eq!(spend(earlier).unwrap().remaining, 0);
    assert_eq!(spend(earlier), Err(Exceeded { retry_after: PER / 2 }));
}

fn redis(server: &RedisServer) -> (Redis, Arc<Circuit>) {
    let circuits = Circuits::new(rishi_resilience::testing::tokio_elapsed());
    let circuit = circuits.of(REDIS, redis_circuit());
    (Redis::new(&server.url(), Arc::clone(&circuit)).unwrap(), circuit)
}

#[tokio::test]
async fn two_processes_share_an_allowance_that_comes_back_and_is_forgotten() {
    let server = RedisServer::start().await;
    let (one, _) = redis(&server);
    let (other, _) = redis(&server);
    let rate = Rate { count: NonZeroU32::new(4).unwrap(), per: Duration::from_secs(1) };
    let mut left = Vec::new();
    for redis in [&one, &other, &one, &other] {
        left.push(redis.spend("caller", rate).await.unwrap().unwrap().remaining);
    }
    // A quarter of a second brings one back.
    assert!(
        left.windows(2).all(|pair| pair[1] <= pair[0]) && left[0] == 3 && left[3] <= 1,
        "{left:?}"
    );
    assert_eq!(one.spend("another", rate).await.unwrap().unwrap().remaining, 3);
    let mut client = Client::open(server.url()).unwrap().get_connection().unwrap();
    let begun = tokio::time::Instant::now();
    loop {
        let keys: Vec<String> = redis::cmd("KEYS").arg("*").query(&mut client).unwrap();
        if keys.is_empty() {
            break;
        }
        assert!(begun.elapsed() < Duration::from_secs(10), "{keys:?} are kept");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn one_that_is_killed_or_stands_still_costs_no_answer_and_no_more_than_its_time() {
    let mut server = RedisServer::start().await;
    let (redis, circuit) = redis(&server);
    let rate = rate(1_000_000);
    assert!(redis.spend("caller", rate).await.is_some());
    for kills in [true, false] {
        if kills {
            server.kill();
        } else {
            server.freeze();
        }
        for _ in 0..20 {
            let begun = tokio::time::Instant::now();
            assert_eq!(redis.spend("caller", rate).await, None);
            assert!(begun.elapsed() < redis_circuit().timeout * 2, "{:?}", begun.elapsed());
        }
        assert_eq!(circuit.snapshot().state, CircuitState::Open);
        assert!(redis.probe().await.unwrap_err().contains("known to be down"));
        if kills {
            server.up().await;
        } else {
            server.thaw();
        }
        let begun = tokio::time::Instant::now();
        while circuit.snapshot().state != CircuitState::Closed {
            assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", circuit.snapshot());
            redis.spend("caller", rate).await;
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert_eq!(redis.probe().await, Ok(()));
    }
}

#[tokio::test]
async fn a_password_is_used_and_a_wrong_one_is_told_without_it() {
    // No more than what the documentation says it needs.
    let rights = "--user rishi on >hunter2 ~rishi:limit:* +evalsha +script|load +time +get +set";
    let server = RedisServer::with(&rights.split(' ').collect::<Vec<_>>()).await;
    let circuit =
        Circuits::new(rishi_resilience::testing::tokio_elapsed()).of(REDIS, redis_circuit());
    let to = |password: &str| {
        let url = server.url().replace("redis://", &format!("redis://rishi:{password}@"));
        Redis::new(&url, Arc::clone(&circuit)).unwrap()
    };
    assert_eq!(to("hunter2").probe().await, Ok(()));
    let why = to("hunter3").probe().await.unwrap_err();
    assert!(why.contains("authentication failed") && !why.contains("hunter"), "{why}");
}

#[tokio::test]
async fn over_tls_a_certificate_of_no_known_authority_is_not_believed() {
    let folder = tempfile::tempdir().unwrap();
    let (key, certificate) = (folder.path().join("key"), folder.path().join("certificate"));
    let made = std::process::Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"])
        .args(["-nodes", "-subj", "/CN=localhost", "-keyout"])
        .arg(&key)
        .arg("-out")
        .arg(&certificate)
        .output();
    assert!(made.expect("openssl is installed, as PostgreSQL's packages want it").status.success());
    // For a Redis that runs as somebody else.
    for path in [folder.path(), &key] {
        std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o755))
            .unwrap();
    }
    let [key, certificate] = [key, certificate].map(|path| path.display().to_string());
    let server = RedisServer::with(&[
        "--port",
        "0",
        "--tls-port",
        "{port}",
        "--tls-auth-clients",
        "no",
        "--tls-key-file",
        &key,
        "--tls-cert-file",
        &certificate,
        "--tls-ca-cert-file",
        &certificate,
    ])
    .await;
    let url = server.url().replace("redis://127.0.0.1", "rediss://localhost");
    let mut patient = redis_circuit();
    patient.timeout = Duration::from_secs(10);
    let circuit = Circuits::new(rishi_resilience::testing::tokio_elapsed()).of(REDIS, patient);
    let why = Redis::new(&url, circuit).unwrap().probe().await.unwrap_err();
    assert!(why.contains("invalid peer certificate"), "{why}");
}

#[test]
fn only_an_address_of_redis_is_taken() {
    for good in ["redis://h", "redis://h:1/2", "rediss://u:p@h:6380", "redis://[::1]:6379"] {
        assert_eq!(check_redis(good), Ok(()), "{good}");
    }
    for bad in [
        "h:6379",
        "http://u:hunter2@h",
        "redis://u:hunter2@h/x",
        "rediss://h/#insecure",
        "redis://h?a=b",
        "",
        "redis://",
    ] {
        let why = check_redis(bad).unwrap_err();
        assert!(why.contains("redis://HOST:6379") && !why.contains("hunter2"), "{bad}: {why}");
    }
}

async fn called() -> Called {
    let called = Called::by(Protocol::Redis, |address, circuit| {
        let redis = Arc::new(Redis::new(&format!("redis://{address}"), circuit).unwrap());
        move || -> Calling {
            let redis = Arc::clone(&redis);
            Box::pin(async move {
                let _ = redis.spend("caller", rate(20)).await;
            })
        }
    });
    called.await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_redis_that_is_slow_fails_or_flaps_costs_few_calls_and_is_found_again() {
    println!("{:?}", outages(called).await);
}
