//! The house's rules, checked by a program.
//!
//! Each check is a function from the tree of files to findings. One test runs it on this
//! repository; another shows it a small bad sample, so that it was seen to fail.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod tidy {
    mod arrows;
    mod bans;
    mod docs;
    mod leaks;
    mod sizes;
    mod source;
    mod tree;
}
