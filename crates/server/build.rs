//! Takes the built web application in; before it was built, a page that says how to build it.

use std::path::Path;

fn main() {
    let built = "../../web/dist";
    // The folder is always there, empty until the first build (`.gitkeep`): a missing path would count as
    // changed each time.
    println!("cargo::rerun-if-changed={built}");
    let there = Path::new(built).join("index.html").exists();
    memory_serve::load_directory(if there { built } else { "../../web/unbuilt" });
}
