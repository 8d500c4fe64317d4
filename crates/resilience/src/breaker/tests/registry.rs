//! Circuits by name.

use super::*;

#[test]
fn a_name_is_one_circuit_and_each_has_its_own_settings() {
    let stage = Stage::new();
    let hasty = BreakerSettings { failures: 1, ..BreakerSettings::default() };
    let a = stage.circuits.of("webhook:a.example", hasty);
    let again = stage.circuits.of("webhook:a.example", BreakerSettings::default());
    let b = stage.circuits.of("webhook:b.example", BreakerSettings::default());
    fail(&a);
    assert!(again.admit().is_err());
    assert!(b.admit().is_ok());
    let names: Vec<_> = stage.circuits.snapshots().iter().map(|one| one.name.to_string()).collect();
    assert_eq!(names, ["webhook:a.example", "webhook:b.example"]);
    assert!(stage.circuits.find("webhook:c.example").is_none());
}

#[test]
fn a_thousand_hosts_do_not_make_it_forget_the_one_that_is_down() {
    let stage = Stage::new();
    let down = stage.circuits.of("webhook:down", BreakerSettings::default());
    (0..5).for_each(|_| fail(&down));
    drop(down);
    let held = stage.circuits.of("smtp", BreakerSettings::default());
    for host in 0..5_000 {
        stage.pass(1);
        succeed(&stage.circuits.of(&format!("webhook:{host}"), BreakerSettings::default()));
    }
    assert_eq!(stage.circuits.snapshots().len(), 1_000);
    assert!(stage.circuits.find("webhook:down").unwrap().admit().is_err());
    assert!(Arc::ptr_eq(&held, &stage.mail()));
    assert!(stage.circuits.find("webhook:4999").is_some());
    assert!(stage.circuits.find("webhook:0").is_none(), "it was asked longest ago");
}
