//! A new database: whoever comes first makes it, and whoever comes at the same moment uses it.

use crate::support::{Client, Home};

#[tokio::test]
async fn programs_started_at_one_moment_on_no_file_share_one_new_database() {
    let home = Home::on_file();
    let mut servers: Vec<_> = (0..3).map(|_| home.spawn(&[])).collect();
    for server in &mut servers {
        server.ready().await;
    }
    home.add_user("admin@example.com", "super_admin", None);
    let token = home.add_token("admin@example.com", None);
    for server in &servers {
        let admin = Client::new(&server.base).with_token(&token);
        let answer = admin.get("/api/organizations").await.is(200);
        assert_eq!(answer.list("organizations").len(), 1, "{answer:#?}");
    }
    for server in &mut servers {
        server.stop().await;
    }
}
