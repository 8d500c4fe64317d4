//! Brokers that do not do are refused in words.

use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;

use crate::fixture::Nats;
use crate::support::{Log, eventually, link};

#[tokio::test]
async fn a_server_older_than_2_10_is_refused_with_what_to_do() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("nats://{}", listener.local_addr().unwrap());
    let serving = tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let info = r#"INFO {"server_id":"x","version":"2.9.10","go":"","host":"","port":1,"headers":true,"jetstream":true,"max_payload":1048576,"proto":1}"#;
            stream.write_all(format!("{info}\r\nPONG\r\n").as_bytes()).await.unwrap();
            tokio::spawn(async move {
                let (mut read, _write) = stream.split();
                let _ = tokio::io::copy(&mut read, &mut tokio::io::sink()).await;
            });
        }
    });
    let link = link(vec![address], 1).await;
    let error = eventually("it is refused", async || {
        link.ready().err().map(|error| error.to_string()).filter(|text| text.contains("version"))
    })
    .await;
    assert!(error.contains("2.9.10") && error.contains("2.10 or newer"), "{error}");
    serving.abort();
}

#[tokio::test]
async fn a_server_without_jetstream_is_refused_with_what_to_do() {
    let (nats, log) = (Nats::with(&[]).await, Log::default());
    log.publish(1);
    let _relay = log.relay(&nats).await;
    let (error, _) = eventually("it is told", async || {
        log.book.now().error.filter(|(text, _)| !text.contains("not connected"))
    })
    .await;
    assert!(error.contains("no JetStream") && error.contains("start it with"), "{error}");
    assert_eq!(log.book.now().position, 0);
}

#[tokio::test]
async fn who_may_not_enter_is_told_so() {
    let (nats, log) = (Nats::with(&["--user", "a", "--pass", "b"]).await, Log::default());
    log.publish(1);
    let _relay = log.relay(&nats).await;
    eventually("it is told", async || {
        log.book.now().error.filter(|(text, _)| text.to_lowercase().contains("authorization"))
    })
    .await;
}
