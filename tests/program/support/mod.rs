//! What every story needs: a server of its own on a folder of its own, the command line, a small
//! HTTP client, and a world with people in it.

pub(crate) mod cli;
pub(crate) mod client;
pub(crate) mod database;
pub(crate) mod drafts;
pub(crate) mod python;
pub(crate) mod raw;
pub(crate) mod seed;
pub(crate) mod server;
pub(crate) mod wait;
pub(crate) mod world;

use std::path::PathBuf;

pub(crate) use client::{Answer, Client};
pub(crate) use drafts::{booking, hour};
pub(crate) use server::{Home, Server};
pub(crate) use wait::eventually;
pub(crate) use world::World;

/// The root of the workspace.
pub(crate) fn workspace() -> PathBuf {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    root.canonicalize().expect("the workspace's root exists")
}
