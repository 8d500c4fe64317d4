use axum::Router;
use axum::routing::get;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tower::ServiceExt;

use super::*;

/// A server with three routes: `/` answers at once, `/slow` once it is let go, `/much` with more than a connection holds.
struct Served {
    address: std::net::SocketAddr,
    stop: CancellationToken,
    begun: Arc<Notify>,
    go: Arc<Notify>,
    task: JoinHandle<()>,
}

async fn served(limits: Limits) -> Served {
    served_to(limits, 100).await
}

/// The same with room for so many connections.
async fn served_to(limits: Limits, connections: usize) -> Served {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, begun, go) =
        (CancellationToken::new(), Arc::new(Notify::new()), Arc::new(Notify::new()));
    let slow = {
        let (begun, go) = (Arc::clone(&begun), Arc::clone(&go));
        move || async move {
            begun.notify_one();
            go.notified().await;
            "done"
        }
    };
    let much = || async { "x".repeat(MUCH) };
    let router = Router::new()
        .route("/", get(|| async { "hello" }))
        .route("/slow", get(slow))
        .route("/much", get(much));
    let answer = move |request| {
        let answered = router.clone().oneshot(request);
        async move { answered.await.unwrap_or_else(|never| match never {}) }
    };
    let room = Room::new(connections);
    let task = tokio::spawn(serve(listener, answer, farewell(), limits, room, stop.clone()));
    Served { address, stop, begun, go, task }
}

/// Says the status in words.
fn farewell() -> Farewell {
    Arc::new(|status| {
        let head = "connection: close\r\ncontent-length: 7\r\n\r\n";
        format!("HTTP/1.1 {status} No\r\n{head}sorry!\n").into()
    })
}

/// Bytes that lie in no connection's buffers.
const MUCH: usize = 32 << 20;

async fn connect(server: &Served) -> TcpStream {
    TcpStream::connect(server.address).await.unwrap()
}

async fn rest(stream: &mut TcpStream) -> String {
    let mut text = String::new();
    let _ = stream.read_to_string(&mut text).await;
    text
}

const GET: &[u8] = b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
const GET_SLOW: &[u8] = b"GET /slow HTTP/1.1\r\nhost: x\r\n\r\n";

#[tokio::test]
async fn half_a_head_gets_408_and_silence_gets_nothing() {
    let limits = Limits { head_time: Duration::from_millis(50), ..Limits::default() };
    let server = served(limits).await;
    let (mut half, mut silent) = (connect(&server).await, connect(&server).await);
    half.write_all(b"GET / HTTP/1.1\r\nho").await.unwrap();
    let answer = rest(&mut half).await;
    assert!(answer.starts_with("HTTP/1.1 408 ") && answer.ends_with("sorry!\n"), "{answer}");
    assert_eq!(rest(&mut silent).await, "");
}

#[tokio::test]
async fn too_long_a_head_gets_431() {
    let server = served(Limits::default()).await;
    let mut client = connect(&server).await;
    let head = format!("GET / HTTP/1.1\r\nhost: x\r\nlong: {}\r\n\r\n", "x".repeat(17 * 1024));
    let _ = client.write_all(head.as_bytes()).await;
    let answer = rest(&mut client).await;
    assert!(answer.starts_with("HTTP/1.1 431 ") && answer.ends_with("sorry!\n"), "{answer}");
}

#[tokio::test]
async fn what_is_no_http_gets_400_in_words_and_a_refusal_of_the_router_stays_as_it_is() {
    let server = served(Limits::default()).await;
    let mut client = connect(&server).await;
    client.write_all(b"what is this\r\n\r\n").await.unwrap();
    let answer = rest(&mut client).await;
    assert!(answer.starts_with("HTTP/1.1 400 ") && answer.ends_with("sorry!\n"), "{answer}");
    let mut client = connect(&server).await;
    client.write_all(b"POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await.unwrap();
    let answer = rest(&mut client).await;
    assert!(answer.starts_with("HTTP/1.1 405 "), "{answer}");
}

#[tokio::test]
async fn a_stop_lets_a_running_request_finish_and_answers_who_comes_meanwhile_once() {
    let server = served(Limits::default()).await;
    let (mut client, mut idle) = (connect(&server).await, connect(&server).await);
    client.write_all(GET_SLOW).await.unwrap();
    server.begun.notified().await;
    server.stop.cancel();
    assert_eq!(rest(&mut idle).await, "", "an idle connection is closed");
    // Whoever comes now has one question, and nobody waits for who has none.
    let mut late = connect(&server).await;
    late.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    let answer = rest(&mut late).await;
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("hello"), "{answer}");
    let mut silent = connect(&server).await;
    server.go.notify_one();
    let answer = rest(&mut client).await;
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("done"), "{answer}");
    server.task.await.unwrap();
    assert_eq!(rest(&mut silent).await, "");
    assert!(TcpStream::connect(server.address).await.is_err());
}

#[tokio::test]
async fn a_request_that_outlives_the_deadline_is_dropped() {
    let limits = Limits { drain: Duration::from_millis(20), ..Limits::default() };
    let server = served(limits).await;
    let mut client = connect(&server).await;
    client.write_all(GET_SLOW).await.unwrap();
    server.begun.notified().await;
    server.stop.cancel();
    server.task.await.unwrap();
    assert_eq!(rest(&mut client).await, "");
}

#[tokio::test]
async fn beyond_the_last_connection_a_client_waits_until_one_is_free() {
    let server = served_to(Limits::default(), 1).await;
    // Who has not asked for anything yet would go at once.
    let mut first = connect(&server).await;
    first.write_all(GET_SLOW).await.unwrap();
    server.begun.notified().await;
    let mut second = connect(&server).await;
    second.write_all(GET).await.unwrap();
    let mut byte = [0];
    let waits = tokio::time::timeout(Duration::from_millis(50), second.peek(&mut byte)).await;
    assert!(waits.is_err(), "it is not served yet");
    drop(first);
    assert!(rest(&mut second).await.starts_with("HTTP/1.1 200 "));
}

#[tokio::test]
async fn where_everything_is_taken_who_never_asked_goes_first_and_an_idle_one_next() {
    let server = served_to(Limits::default(), 3).await;
    let mut busy = connect(&server).await;
    busy.write_all(GET_SLOW).await.unwrap();
    server.begun.notified().await;
    let mut idle = connect(&server).await;
    idle.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    let mut answer = [0; 1024];
    assert!(idle.read(&mut answer).await.unwrap() > 0);
    let mut silent = connect(&server).await;
    for _ in 0..20 {
        let mut client = connect(&server).await;
        client.write_all(GET).await.unwrap();
        assert!(rest(&mut client).await.starts_with("HTTP/1.1 200 "));
    }
    // A crowd that stays: each takes the place of the one that is there longest.
    let mut crowd = Vec::new();
    for _ in 0..20 {
        let mut client = connect(&server).await;
        client.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
        assert!(client.read(&mut answer).await.unwrap() > 0);
        crowd.push(client);
    }
    assert_eq!(rest(&mut silent).await, "", "it was shown out");
    assert_eq!(rest(&mut idle).await, "", "and so was the idle one");
    server.go.notify_one();
    assert!(rest(&mut busy).await.ends_with("done"), "who is being served is served");
}

#[tokio::test]
async fn who_does_not_read_is_hung_up_on_and_who_reads_slowly_is_not() {
    let limits = Limits { read_time: Duration::from_millis(600), ..Limits::default() };
    let server = served(limits).await;
    let ask = b"GET /much HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n";
    let mut silent = connect(&server).await;
    silent.write_all(ask).await.unwrap();
    let mut slow = connect(&server).await;
    slow.write_all(ask).await.unwrap();
    let mut some = vec![0; 4 << 20];
    for _ in 0..6 {
        tokio::time::sleep(Duration::from_millis(200)).await;
        slow.read_exact(&mut some).await.unwrap();
    }
    let mut rest = Vec::new();
    slow.read_to_end(&mut rest).await.unwrap();
    assert!(6 * some.len() + rest.len() > MUCH, "all of it came");
    let mut got = Vec::new();
    // What lay in the connection already is heard, and then it is over.
    let _ = silent.read_to_end(&mut got).await;
    assert!(got.len() < MUCH, "{} bytes", got.len());
}

#[tokio::test]
async fn where_everything_is_taken_by_clients_that_do_not_read_there_is_room_soon() {
    let server = served_to(Limits::default(), 2).await;
    let ask = b"GET /much HTTP/1.1\r\nHost: here\r\n\r\n";
    let mut silent = Vec::new();
    for _ in 0..2 {
        let mut stream = connect(&server).await;
        stream.write_all(ask).await.unwrap();
        let mut first = [0; 1];
        stream.read_exact(&mut first).await.unwrap();
        silent.push(stream);
    }
    let mut good = connect(&server).await;
    good.write_all(b"GET / HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n").await.unwrap();
    let answer = tokio::time::timeout(Duration::from_secs(10), rest(&mut good)).await;
    assert!(answer.unwrap().ends_with("hello"));
}
