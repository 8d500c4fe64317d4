use std::io;
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::*;
use crate::target::tests::FORBIDDEN;

/// Answers each question with the next of these addresses.
struct Told {
    answers: Vec<Vec<IpAddr>>,
    asked: AtomicUsize,
}

impl Told {
    fn new(answers: &[&[&str]]) -> Arc<Self> {
        let parsed = |one: &&[&str]| one.iter().map(|text| text.parse().unwrap()).collect();
        Arc::new(Self { answers: answers.iter().map(parsed).collect(), asked: AtomicUsize::new(0) })
    }
}

#[async_trait]
impl Lookup for Told {
    async fn addresses(&self, _: &str) -> io::Result<Vec<IpAddr>> {
        let asked = self.asked.fetch_add(1, Ordering::Relaxed);
        Ok(self.answers[asked % self.answers.len()].clone())
    }
}

/// Whoever listens here counts who comes, and says 200 and then hangs up.
async fn counted() -> (u16, Arc<AtomicUsize>, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let count = Arc::new(AtomicUsize::new(0));
    let counting = Arc::clone(&count);
    let task = tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            counting.fetch_add(1, Ordering::Relaxed);
            tokio::spawn(async move {
                let mut bytes = [0; 1_024];
                let _ = stream.read(&mut bytes).await;
                let answer = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok";
                let _ = stream.write_all(answer).await;
            });
        }
    });
    (port, count, task)
}

async fn get(client: &Client, url: &str) -> Result<Answer, Failure> {
    client.call(Method::GET, url, HeaderMap::new(), String::new(), 1_024).await
}

#[tokio::test]
async fn nobody_is_called_whose_address_is_forbidden() {
    let (port, count, task) = counted().await;
    let client = Client::new(Reach::default()).unwrap();
    let with_port = |text: &&str| text.replacen("127.0.0.1/", &format!("127.0.0.1:{port}/"), 1);
    for url in FORBIDDEN.iter().map(with_port) {
        let refused = get(&client, &url).await.unwrap_err();
        assert!(matches!(refused, Failure::Forbidden(_)), "{url:?}: {refused:?}");
    }
    assert_eq!(count.load(Ordering::Relaxed), 0);
    // The listener is there: whoever may come is counted.
    let client = Client::new(Reach { loopback: true }).unwrap();
    let answer = get(&client, &format!("http://127.0.0.1:{port}/")).await.unwrap();
    assert_eq!((answer.status, answer.body.as_slice()), (200, b"ok".as_slice()));
    assert_eq!(count.load(Ordering::Relaxed), 1);
    task.abort();
}

#[tokio::test]
async fn a_name_that_leads_inside_is_not_called() {
    let (port, count, task) = counted().await;
    for inside in ["127.0.0.1", "::1", "::ffff:127.0.0.1", "10.1.2.3", "169.254.169.254", "fd00::1"]
    {
        let client = Client::with_lookup(Reach::default(), Told::new(&[&[inside]])).unwrap();
        let refused =
            get(&client, &format!("https://hooks.example.com:{port}/")).await.unwrap_err();
        assert_eq!(refused, Failure::Forbidden(Forbidden::NotPublic), "{inside}");
    }
    assert_eq!(count.load(Ordering::Relaxed), 0);
    task.abort();
}

#[tokio::test]
async fn of_a_name_with_two_faces_the_inner_one_is_never_dialled() {
    let (port, count, task) = counted().await;
    // Nobody is at the public address (a port that is not open there, within the time for connecting).
    let lookup = Told::new(&[&["192.0.9.1", "127.0.0.1"], &["127.0.0.1"]]);
    let client = Client::with_lookup(Reach::default(), lookup.clone()).unwrap();
    let url = format!("https://rebinding.example.com:{port}/");
    let (first, second) = (get(&client, &url).await, get(&client, &url).await);
    assert!(first.is_err(), "{first:?}");
    assert_eq!(second, Err(Failure::Forbidden(Forbidden::NotPublic)));
    assert_eq!(lookup.asked.load(Ordering::Relaxed), 2, "each call asks for itself");
    assert_eq!(count.load(Ordering::Relaxed), 0);
    task.abort();
}

#[tokio::test]
async fn of_an_endless_body_only_what_was_wanted_is_read() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let task = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let _request = stream.read(&mut [0; 1_024]).await.unwrap();
        let head = b"HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n";
        stream.write_all(head).await.unwrap();
        while stream.write_all(&[b'x'; 8_192]).await.is_ok() {}
    });
    let client = Client::new(Reach { loopback: true }).unwrap();
    let answer = get(&client, &format!("http://127.0.0.1:{port}/")).await.unwrap();
    assert_eq!((answer.status, answer.body.len()), (200, 1_024));
    // The connection is let go of, so the sender ends.
    task.await.unwrap();
}
