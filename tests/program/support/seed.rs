//! Randomness that a failure can be replayed with.

use rand::SeedableRng;
use rand::rngs::StdRng;

/// A generator whose seed is printed, so that a failed run names it. `RISHI_TEST_SEED` sets it.
pub(crate) fn generator(story: &str) -> StdRng {
    let seed = match std::env::var("RISHI_TEST_SEED") {
        Ok(text) => text.parse().expect("RISHI_TEST_SEED is a number"),
        Err(_) => rand::random::<u64>(),
    };
    println!("{story}: RISHI_TEST_SEED={seed}");
    StdRng::seed_from_u64(seed)
}

/// How often a loop runs: the variable's value, or the default.
pub(crate) fn times(variable: &str, default: usize) -> usize {
    std::env::var(variable).map_or(default, |text| {
        text.parse().unwrap_or_else(|_| panic!("{variable}={text} is not a number"))
    })
}
