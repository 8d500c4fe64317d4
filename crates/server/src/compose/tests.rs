mod versions;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use rishi_app::operations::services::ServiceState;

use super::*;

fn config(folder: &tempfile::TempDir) -> Config {
    Config::of_file(folder.path().join("data/rishi.db"))
}

async fn livez(running: &Running) -> String {
    let mut stream = TcpStream::connect(running.address).await.unwrap();
    let request = b"GET /livez HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    stream.write_all(request).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn two_servers_run_in_one_process_and_stop_apart() {
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let configs = folders.each_ref().map(config);
    let one = Base::open(&configs[0]).await.unwrap().serve(&configs[0]).await.unwrap();
    let two = Base::open(&configs[1]).await.unwrap().serve(&configs[1]).await.unwrap();
    let services = one.services.list();
    assert!(services.iter().all(|one| one.state == ServiceState::Running), "{services:?}");
    one.stop().await;
    assert!(livez(&two).await.starts_with("HTTP/1.1 200 "));
    two.stop().await;
}

#[tokio::test]
async fn a_new_database_gets_its_internal_organization_once() {
    let folder = tempfile::tempdir().unwrap();
    let first = Base::open(&config(&folder)).await.unwrap();
    let organization = first.app.store.internal_organization().await.unwrap().unwrap();
    assert_eq!(organization.name, "Rishi");
    first.close().await;
    let renamed = Config { organization: "Another".to_owned(), ..config(&folder) };
    let second = Base::open(&renamed).await.unwrap();
    let same = second.app.store.internal_organization().await.unwrap().unwrap();
    assert_eq!((same.id, same.name.as_str()), (organization.id, "Rishi"));
    second.close().await;
}

#[tokio::test]
async fn an_address_in_use_is_named_and_the_database_closed_again() {
    let folder = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let config = Config { http_addr: taken.local_addr().unwrap(), ..config(&folder) };
    let refused = Base::open(&config).await.unwrap().serve(&config).await;
    let message = refused.err().unwrap().message();
    assert!(
        message.contains(&config.http_addr.to_string()) && message.contains("http_addr"),
        "{message}"
    );
    let beside = config.database.file().unwrap().with_extension("db-wal");
    assert!(!beside.exists(), "a closed database has no log beside it");
}

#[tokio::test]
async fn a_command_without_a_database_says_how_to_get_one() {
    let folder = tempfile::tempdir().unwrap();
    let config = config(&folder);
    let message = Base::open_existing(&config).await.err().unwrap().message();
    assert!(message.contains("rishi serve"), "{message}");
    assert!(!config.database.file().unwrap().exists());
}

#[tokio::test]
async fn a_lost_service_is_noticed_and_named_and_the_rest_still_stops() {
    let folder = tempfile::tempdir().unwrap();
    let config = config(&folder);
    let running = Base::open(&config).await.unwrap().serve(&config).await.unwrap();
    let broken = async { panic!("no more sockets") };
    running.services.start_essential("listener", CancellationToken::new(), broken);
    let message = running.failed().await.message();
    assert!(message.contains("\"listener\""), "{message}");
    running.stop().await;
}
