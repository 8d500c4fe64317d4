//! What `deploy/` has is what those who read it understand: held to their own checkers and published schemas.

use std::path::Path;
use std::process::{Command, Output};

use crate::support::{Home, workspace};

/// A tool of the tests' Python environment.
fn tool(name: &str) -> Command {
    let path = workspace().join(".venv/bin").join(name);
    assert!(path.exists(), "no {}: run `make deps`", path.display());
    Command::new(path)
}

#[track_caller]
fn passes(output: &Output) {
    let text = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}");
}

fn check(schema: &[&str], file: &Path) -> Output {
    tool("check-jsonschema").args(schema).arg(file).output().expect("it runs")
}

#[test]
fn the_kubernetes_manifests_are_valid() {
    let manifests = workspace().join("deploy/kubernetes/rishi.yaml");
    let run = |file: &Path| tool("kubernetes-validate").arg("--strict").arg(file).output().unwrap();
    passes(&run(&manifests));
    // And the checker would say so if they were not.
    let home = Home::on_file();
    let text = std::fs::read_to_string(&manifests).unwrap();
    let broken = home.path("broken.yaml");
    std::fs::write(&broken, text.replace("replicas: 1", "replicas: one")).unwrap();
    assert!(!run(&broken).status.success());
}

#[test]
fn the_compose_file_is_valid() {
    let schema = ["--builtin-schema", "vendor.compose-spec"];
    let compose = workspace().join("deploy/compose.yml");
    passes(&check(&schema, &compose));
    let home = Home::on_file();
    let text = std::fs::read_to_string(&compose).unwrap();
    let broken = home.path("broken.yml");
    std::fs::write(&broken, text.replace("services:", "servises:")).unwrap();
    assert!(!check(&schema, &broken).status.success());
}

#[test]
fn the_configuration_of_azure_static_web_apps_is_valid() {
    let schema = workspace().join(".venv/schemas/package/schema/staticwebapp.config.json");
    assert!(schema.exists(), "no {}: run `make deps`", schema.display());
    let schema = ["--schemafile", schema.to_str().unwrap()];
    let config = workspace().join("deploy/azure/staticwebapp.config.json");
    passes(&check(&schema, &config));
    let home = Home::on_file();
    let text = std::fs::read_to_string(&config).unwrap();
    let broken = home.path("broken.json");
    std::fs::write(&broken, text.replace("\"rewrite\"", "\"rewritten\"")).unwrap();
    assert!(!check(&schema, &broken).status.success());
}

#[test]
fn systemd_understands_the_unit() {
    let text = std::fs::read_to_string(workspace().join("deploy/systemd/rishi.service")).unwrap();
    assert!(text.contains("/usr/local/bin/rishi"), "where it is installed");
    let verify = |text: &str| {
        let home = Home::on_file();
        let unit = home.path("rishi.service");
        // On this machine it lies where it was built.
        let text = text.replace("/usr/local/bin/rishi", env!("CARGO_BIN_EXE_rishi"));
        std::fs::write(&unit, text).unwrap();
        Command::new("systemd-analyze").arg("verify").arg(&unit).output()
    };
    let Ok(output) = verify(&text) else {
        println!("skipped: there is no systemd-analyze here");
        return;
    };
    passes(&output);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.is_empty(), "it has nothing to remark: {said}");
    let broken = verify(&text.replace("ProtectSystem=", "ProtectSistem=")).unwrap();
    assert!(!broken.stderr.is_empty(), "and would remark what it does not know");
}
