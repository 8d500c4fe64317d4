//! How often signing in may be tried: by account and by address.
//!
//! Every attempt counts when it begins, so that a hundred at once are no way around, and is given back
//! when it succeeds; so what counts in the end are failures. Of the last so many minutes there may be
//! so many, and the last six of them only after a pause that doubles each time.
//!
//! Whoever guesses at one account from many addresses meets the account's count, which all strangers
//! share. The owner does not: an address from which the account was entered before (a *known* one)
//! has a count of its own for this account and stands in nobody else's. So guessing has an end, and
//! the owner still gets in from where the owner usually is. From a new address the owner waits with
//! the strangers, or comes in by a one-time link.
//!
//! Guarantee: memory is bounded whatever is sent. Accounts are kept as hashes under a key of this
//! process, so a name's length does not matter, and it makes no difference whether it is anybody's.
//! When there is no room, the counts that stand lowest are forgotten first; known addresses, the
//! longest unused.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

#[cfg(test)]
mod tests;

/// How many attempts, in which time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignInRate {
    /// How many; 0 is taken as 1.
    pub count: u32,
    /// Of the last so long.
    pub within: Duration,
}

/// The pauses before the last attempts: half of this before the last one, and so on down.
const LONGEST_PAUSE: Duration = Duration::from_secs(64);
/// How many pauses there are.
const PAUSES: u32 = 6;
/// How many addresses of an account are known.
const ADDRESSES: usize = 8;

/// The counts of all accounts and addresses. `now` is the time since any fixed beginning; when it
/// jumps back, what was counted meanwhile counts as just now.
#[derive(Debug)]
pub struct SignInAttempts {
    rate: SignInRate,
    most: usize,
    hashes: RandomState,
    /// Strangers' attempts at an account.
    accounts: HashMap<u64, Tally>,
    /// Attempts of an address at accounts that do not know it.
    addresses: HashMap<IpAddr, Tally>,
    /// Where accounts were entered from.
    known: HashMap<u64, Vec<Known>>,
}

/// An address that an account knows.
#[derive(Debug)]
struct Known {
    network: IpAddr,
    last: Duration,
    tally: Tally,
}

/// When the attempts that count were made, oldest first.
#[derive(Debug, Default, Clone)]
struct Tally(Vec<Duration>);

impl Tally {
    /// How long to wait before another attempt; nothing when there is no need.
    fn wait(&mut self, rate: SignInRate, now: Duration) -> Option<Duration> {
        for at in &mut self.0 {
            *at = (*at).min(now);
        }
        self.0.retain(|at| now.saturating_sub(*at) < rate.within);
        let (Some(oldest), Some(newest)) = (self.0.first(), self.0.last()) else { return None };
        let made = u32::try_from(self.0.len()).unwrap_or(u32::MAX);
        let Some(left) = rate.count.max(1).checked_sub(made).filter(|left| *left > 0) else {
            return Some((*oldest + rate.within).saturating_sub(now));
        };
        let pause = if left <= PAUSES { LONGEST_PAUSE / 2_u32.pow(left) } else { Duration::ZERO };
        (*newest + pause).checked_sub(now).filter(|wait| !wait.is_zero())
    }
}

impl SignInAttempts {
    /// `rate` for each account and each address; of each kind at most `most` are remembered.
    pub fn new(rate: SignInRate, most: usize) -> Self {
        Self {
            rate,
            most: most.max(1),
            hashes: RandomState::new(),
            accounts: HashMap::new(),
            addresses: HashMap::new(),
            known: HashMap::new(),
        }
    }

    /// Counts an attempt, or says how long to wait.
    pub fn admit(&mut self, account: &str, address: IpAddr, now: Duration) -> Result<(), Duration> {
        let (account, network) = (self.hashes.hash_one(account), network(address));
        let rate = self.rate;
        if let Some(known) = self.known_at(account, network) {
            let wait = known.tally.wait(rate, now);
            return wait.map_or_else(
                || {
                    known.tally.0.push(now);
                    Ok(())
                },
                Err,
            );
        }
        let waits = [
            self.accounts.get_mut(&account).and_then(|tally| tally.wait(rate, now)),
            self.addresses.get_mut(&network).and_then(|tally| tally.wait(rate, now)),
        ];
        if let Some(wait) = waits.into_iter().flatten().max() {
            return Err(wait);
        }
        make_room(&mut self.accounts, self.most, rate, now);
        make_room(&mut self.addresses, self.most, rate, now);
        self.accounts.entry(account).or_default().0.push(now);
        self.addresses.entry(network).or_default().0.push(now);
        Ok(())
    }

    /// An attempt that was admitted has succeeded: it does not count, and the account knows the
    /// address from now on.
    pub fn succeeded(&mut self, account: &str, address: IpAddr, now: Duration) {
        let (account, network) = (self.hashes.hash_one(account), network(address));
        if let Some(known) = self.known_at(account, network) {
            known.last = now;
            known.tally = Tally::default();
            return;
        }
        // Only the one attempt: who gets into one account has no fresh start at others.
        give_back(&mut self.accounts, &account);
        give_back(&mut self.addresses, &network);
        if self.known.len() >= self.most && !self.known.contains_key(&account) {
            self.forget_longest_unused();
        }
        let known = self.known.entry(account).or_default();
        known.sort_by_key(|one| std::cmp::Reverse(one.last));
        known.truncate(ADDRESSES - 1);
        known.push(Known { network, last: now, tally: Tally::default() });
    }

    /// How many accounts and addresses it remembers.
    pub fn remembered(&self) -> usize {
        self.accounts.len() + self.addresses.len() + self.known.len()
    }

    fn known_at(&mut self, account: u64, network: IpAddr) -> Option<&mut Known> {
        self.known.get_mut(&account)?.iter_mut().find(|one| one.network == network)
    }

    /// Forgets the half of the accounts that were entered longest ago.
    fn forget_longest_unused(&mut self) {
        let last = |all: &[Known]| all.iter().map(|one| one.last).max().unwrap_or_default();
        let mut times: Vec<Duration> = self.known.values().map(|all| last(all)).collect();
        let middle = times.len() / 2;
        let median = *times.select_nth_unstable(middle).1;
        self.known.retain(|_, all| last(all) > median);
    }
}

/// Where there is no room for one more: forgets what counts no longer, then the half that stands
/// lowest.
fn make_room<K: std::hash::Hash + Eq>(
    tallies: &mut HashMap<K, Tally>,
    most: usize,
    rate: SignInRate,
    now: Duration,
) {
    if tallies.len() < most {
        return;
    }
    tallies.retain(|_, tally| {
        tally.wait(rate, now);
        !tally.0.is_empty()
    });
    if tallies.len() >= most {
        // By how many there are, and of equals by how long ago the last one was.
        let standing = |tally: &Tally| (tally.0.len(), tally.0.last().copied().unwrap_or_default());
        let mut all: Vec<_> = tallies.values().map(standing).collect();
        let middle = all.len() / 2;
        let median = *all.select_nth_unstable(middle).1;
        tallies.retain(|_, tally| standing(tally) > median);
    }
}

/// Takes the newest attempt back.
fn give_back<K: std::hash::Hash + Eq>(tallies: &mut HashMap<K, Tally>, key: &K) {
    if let Some(tally) = tallies.get_mut(key) {
        tally.0.pop();
        if tally.0.is_empty() {
            tallies.remove(key);
        }
    }
}

/// What counts as one address: of version 6 the first 64 bits, since whoever has one address has all
/// that begin so (RFC 6177).
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
        address @ IpAddr::V4(_) => address,
    }
}
