use super::*;
use crate::config::Config;

#[tokio::test]
async fn an_empty_database_is_filled_once_and_the_tokens_of_the_cast_are_dead() {
    let folder = tempfile::tempdir().unwrap();
    let config = Config::of_file(folder.path().join("rishi.db"));
    let base = Base::open(&config).await.unwrap();
    let filled = fill(&base).await.unwrap();
    let text = filled.text("http://127.0.0.1:8080");
    for role in ["super_admin", "internal_field_manager", "client_manager"] {
        assert!(text.contains(role), "{text}");
    }
    assert_eq!(text.matches("curl ").count(), 3, "{text}");

    let Outcome::Filled(credentials) = filled else { panic!("it was empty") };
    let authenticator = rishi_app::auth::Authenticator::new(&base.app);
    for credential in &credentials {
        assert!(text.contains(&credential.password), "{text}");
        let account = base.app.store.account(&credential.email).await.unwrap().unwrap();
        let hash = account.password.unwrap();
        assert!(rishi_app::passwords::verify(&credential.password, &hash).unwrap());
        let principal = authenticator.bearer(&credential.token, base.clock.now()).await.unwrap();
        assert_eq!(principal.email(), credential.email);
    }

    let head = base.store.refresh_head().await.unwrap();
    let again = fill(&base).await.unwrap();
    assert!(again.text("").contains("rishi token create"), "{again:?}");
    assert_eq!(base.store.refresh_head().await.unwrap(), head, "nothing was added");
    base.close().await;

    let file = rusqlite::Connection::open(config.database.file().unwrap()).unwrap();
    let count = |sql: &str| file.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
    let now = base.clock.now().as_microsecond();
    assert_eq!(count("SELECT count(*) FROM organizations"), 4);
    assert_eq!(count("SELECT count(*) FROM users"), 13);
    assert_eq!(count("SELECT count(*) FROM locations"), 10);
    assert_eq!(count("SELECT count(*) FROM bookings"), 38);
    assert_eq!(count("SELECT count(*) FROM staff_profiles"), 3);
    assert_eq!(
        count(
            "SELECT count(*) FROM assignments WHERE status IN ('confirmed', 'checked_in', 'completed', 'no_show')"
        ),
        10
    );
    assert_eq!(count(&format!("SELECT count(*) FROM tokens WHERE expires_at > {now}")), 3);
    let late = format!("SELECT count(*) FROM events WHERE timestamp > {now}");
    assert_eq!(count(&late), 0, "nothing was told ahead of its time");
}
