use proptest::prelude::*;

use super::*;

const RATE: SignInRate = SignInRate { count: 10, within: Duration::from_mins(15) };

fn attempts() -> SignInAttempts {
    SignInAttempts::new(RATE, 1_000)
}

fn address(n: u32) -> IpAddr {
    IpAddr::V4((0x0a00_0000 + n).into())
}

fn at(seconds: u64) -> Duration {
    Duration::from_secs(1_000_000 + seconds)
}

/// Tries again and again, waiting as told; how many attempts are let through until `end`.
fn persist(attempts: &mut SignInAttempts, account: &str, from: IpAddr, end: u64) -> u32 {
    let (mut now, mut admitted) = (0, 0);
    while now < end {
        match attempts.admit(account, from, at(now)) {
            Ok(()) => admitted += 1,
            Err(wait) => now += wait.as_secs() + u64::from(wait.subsec_nanos() > 0),
        }
    }
    admitted
}

#[test]
fn the_first_attempts_are_free_and_the_last_ones_take_rising_patience() {
    let mut attempts = attempts();
    let (mut now, mut waits) = (0, Vec::new());
    for _ in 0..10 {
        while let Err(wait) = attempts.admit("a", address(1), at(now)) {
            waits.push(wait.as_secs());
            now += wait.as_secs();
        }
    }
    assert_eq!(waits, [1, 2, 4, 8, 16, 32]);
    let wait = attempts.admit("a", address(1), at(now)).unwrap_err();
    assert_eq!(wait, Duration::from_secs(900 - 63), "until the first is old enough");
}

#[test]
fn attempts_at_the_same_time_count_before_they_fail() {
    let mut attempts = attempts();
    let admitted = (0..200).filter(|_| attempts.admit("a", address(1), at(0)).is_ok()).count();
    assert_eq!(admitted, 4);
}

#[test]
fn whoever_succeeds_has_lost_nothing() {
    let mut attempts = attempts();
    for second in 0..100 {
        attempts.admit("a", address(1), at(second)).unwrap();
        attempts.succeeded("a", address(1), at(second));
    }
    // An office: many people behind one address, each entering the own account.
    for person in 0..100 {
        let account = format!("person {person}");
        attempts.admit(&account, address(2), at(200)).unwrap();
        attempts.succeeded(&account, address(2), at(200));
    }
}

#[test]
fn an_address_is_not_let_try_one_account_after_the_other() {
    let mut attempts = attempts();
    let try_it = |account: u32| attempts.admit(&account.to_string(), address(1), at(0)).is_ok();
    assert_eq!((0..100).map(try_it).filter(|admitted| *admitted).count(), 4);
    // Nor is there a fresh start for whoever gets into an account of one's own in between.
    let mut attempts = SignInAttempts::new(RATE, 1_000);
    attempts.admit("own", address(1), at(0)).unwrap();
    attempts.succeeded("own", address(1), at(0));
    let mut guesses = 0;
    for _ in 0..100 {
        guesses += u32::from(attempts.admit("a", address(1), at(1)).is_ok());
        if attempts.admit("own", address(1), at(1)).is_ok() {
            attempts.succeeded("own", address(1), at(1));
        }
    }
    assert_eq!(guesses, 4);
}

#[test]
fn guessing_at_one_account_from_many_addresses_has_an_end_and_the_owner_still_gets_in() {
    let mut attempts = attempts();
    attempts.admit("owner", address(1), at(0)).unwrap();
    attempts.succeeded("owner", address(1), at(0));
    let mut guesses = 0;
    for second in 0..900 {
        for attacker in 0..10 {
            let from = address(100 + attacker * 1_000 + u32::try_from(second).unwrap());
            guesses += u32::from(attempts.admit("owner", from, at(second)).is_ok());
        }
        if second % 60 == 30 {
            attempts.admit("owner", address(1), at(second)).unwrap();
            attempts.succeeded("owner", address(1), at(second));
        }
    }
    assert!(guesses <= 10, "{guesses}");
    assert!(
        attempts.admit("owner", address(2), at(899)).is_err(),
        "from elsewhere the owner waits"
    );
    assert!(attempts.admit("another", address(2), at(899)).is_ok(), "other accounts do not");
}

#[test]
fn from_a_known_address_there_is_an_end_as_well() {
    let mut attempts = attempts();
    attempts.admit("a", address(1), at(0)).unwrap();
    attempts.succeeded("a", address(1), at(0));
    assert_eq!(persist(&mut attempts, "a", address(1), 899), 10);
}

#[test]
fn a_person_who_comes_from_many_places_is_known_at_the_latest_of_them() {
    let mut attempts = attempts();
    for place in 0..20 {
        attempts.admit("a", address(place), at(u64::from(place))).unwrap();
        attempts.succeeded("a", address(place), at(u64::from(place)));
    }
    for place in 0..12 {
        assert!(attempts.known_at(attempts.hashes.hash_one("a"), address(place)).is_none());
    }
    for place in 12..20 {
        assert!(attempts.known_at(attempts.hashes.hash_one("a"), address(place)).is_some());
    }
}

#[test]
fn addresses_of_one_network_of_version_6_are_one() {
    let mut attempts = attempts();
    let from = |host: u128| IpAddr::V6((0x2001_0db8_u128 << 96 | host).into());
    let admitted = (0..100).filter(|n| attempts.admit(&n.to_string(), from(*n), at(0)).is_ok());
    assert_eq!(admitted.count(), 4);
    assert_eq!(network("::ffff:10.0.0.1".parse().unwrap()), address(1));
}

#[test]
fn strangers_cannot_make_it_forget_an_account_under_attack() {
    let mut attempts = attempts();
    persist(&mut attempts, "victim", address(1), 70);
    for n in 0..20_000 {
        let _ = attempts.admit(&format!("nobody {n}"), address(10 + n), at(70));
    }
    assert!(attempts.remembered() <= 2_000, "{}", attempts.remembered());
    assert!(attempts.admit("victim", address(5), at(71)).is_err());
}

#[test]
fn a_clock_that_is_set_back_locks_nobody_out_for_longer() {
    let mut attempts = attempts();
    assert_eq!(persist(&mut attempts, "a", address(1), 899), 10);
    let earlier = Duration::from_secs(1_000);
    assert!(attempts.admit("a", address(1), earlier).unwrap_err() <= RATE.within);
    assert!(attempts.admit("a", address(1), earlier + RATE.within).is_ok());
}

#[derive(Debug, Clone)]
struct Step {
    account: u8,
    address: u32,
    pause: u64,
    succeeds: bool,
}

fn step() -> impl Strategy<Value = Step> {
    (0_u8..4, 0_u32..6, 0_u64..200, prop::bool::weighted(0.2))
        .prop_map(|(account, address, pause, succeeds)| Step { account, address, pause, succeeds })
}

proptest! {
    /// Against a list of everything that happened: no window has more failures of strangers at an
    /// account, of an address at accounts that do not know it, or of a known pair, than the rate
    /// says; and whoever waits as long as told is admitted.
    #[test]
    fn no_window_holds_more_failures_than_the_rate(steps in prop::collection::vec(step(), 1..300)) {
        let mut attempts = attempts();
        let mut now = 0;
        let mut failures: HashMap<String, Vec<u64>> = HashMap::new();
        let mut known: Vec<(u8, u32)> = Vec::new();
        for Step { account, address: from, pause, succeeds } in steps {
            now += pause;
            let name = account.to_string();
            if let Err(wait) = attempts.admit(&name, address(from), at(now)) {
                prop_assert!(wait <= RATE.within);
                now += wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
                prop_assert!(attempts.admit(&name, address(from), at(now)).is_ok());
            }
            let pair = (account, from);
            if succeeds {
                attempts.succeeded(&name, address(from), at(now));
                if !known.contains(&pair) {
                    known.push(pair);
                }
                failures.remove(&format!("pair {pair:?}"));
            } else if known.contains(&pair) {
                failures.entry(format!("pair {pair:?}")).or_default().push(now);
            } else {
                failures.entry(format!("account {account}")).or_default().push(now);
                failures.entry(format!("address {from}")).or_default().push(now);
            }
        }
        for (whose, times) in failures {
            for (index, start) in times.iter().enumerate() {
                let within = times[index..].iter().filter(|at| **at - start < RATE.within.as_secs());
                prop_assert!(within.count() <= 10, "{whose}");
            }
        }
    }

    /// Whatever comes, no more is remembered than was said.
    #[test]
    fn memory_is_bounded(steps in prop::collection::vec((0_u16..500, 0_u32..500, any::<bool>()), 1..2_000)) {
        let mut attempts = SignInAttempts::new(RATE, 20);
        for (second, (account, from, succeeds)) in steps.into_iter().enumerate() {
            let (name, now) = (account.to_string(), at(second as u64));
            if attempts.admit(&name, address(from), now).is_ok() && succeeds {
                attempts.succeeded(&name, address(from), now);
            }
            prop_assert!(attempts.remembered() <= 60);
        }
    }
}
