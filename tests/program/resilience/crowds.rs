//! Crowds that do no good: those who send slowly, and those who only sit there. Whoever
//! behaves is answered in time meanwhile, and memory stays within bounds.

use std::time::{Duration, Instant};

use futures::stream::{self, StreamExt};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

use crate::operations::tail::Tail;
use crate::support::database::Database;
use crate::support::raw::post_head;
use crate::support::{Client, World};

/// How long all but one in a hundred requests of a good client may take.
const P99: Duration = Duration::from_secs(1);
/// What the server may hold, in bytes.
const MEMORY: f64 = 1_000_000_000.0;

/// As many open files as this process may have; how many that is.
fn open_files() -> u64 {
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    let wanted = maximum.map_or(12_000, |most| most.min(12_000));
    setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), maximum }).expect("it is allowed");
    wanted
}

/// Opens so many connections, a hundred at a time, and says the same on each.
async fn crowd(address: &str, count: usize, says: &str) -> Vec<TcpStream> {
    let connect = |_| async move {
        let mut stream = TcpStream::connect(address).await.expect("the server accepts");
        // Whoever is shown out at once cannot hear it.
        let _ = stream.write_all(says.as_bytes()).await;
        stream
    };
    stream::iter(0..count).map(connect).buffer_unordered(100).collect().await
}

/// A good client reads and writes, half of it over new connections; how long 99 of 100 requests took at most.
async fn good_client(world: &World, requests: usize) -> Duration {
    let mut times = Vec::with_capacity(requests);
    for n in 0..requests {
        let client = match n % 2 {
            0 => world.manager.clone(),
            _ => world.manager.moved_to(&world.server.base),
        };
        let begun = Instant::now();
        if n % 4 == 0 {
            world.draft_by(&client).await.is(201);
        } else {
            client.get("/api/bookings?limit=5").await.is(200);
        }
        times.push(begun.elapsed());
    }
    times.sort_unstable();
    times[requests * 99 / 100]
}

async fn resident(world: &World) -> f64 {
    let text = Client::new(&world.server.base).get("/metrics").await.is(200).text;
    let line = text.lines().find_map(|line| line.strip_prefix("rishi_memory_resident_bytes "));
    line.expect("memory is told").parse().unwrap()
}

async fn witnessed(world: &World, crowd: &str) {
    let p99 = good_client(world, 200).await;
    let memory = resident(world).await;
    println!("{crowd}: a good client's p99 {p99:?}, the server holds {:.0} MB", memory / 1e6);
    assert!(p99 < P99, "{crowd}: {p99:?}");
    assert!(memory < MEMORY, "{crowd}: {memory}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slow_heads_slow_bodies_and_ten_thousand_idle_connections_keep_nobody_out() {
    let files = open_files();
    let world = World::new().await;
    witnessed(&world, "nobody else").await;
    let address = world.server.address();
    let heads = crowd(&address, 500, "GET /api/bookings HTTP/1.1\r\nHost: x\r\nX-Slow: ").await;
    let head = post_head("/api/bookings", world.manager.token().expect("the manager has a token"));
    let body = format!("{head}Content-Length: 1000\r\n\r\n{{\"title\":");
    let bodies = crowd(&address, 500, &body).await;
    witnessed(&world, "500 slow heads and 500 slow bodies").await;
    drop((heads, bodies));
    let count = usize::try_from(files.saturating_sub(1_000).min(10_000)).unwrap();
    let mut idle = crowd(&address, count / 2, "").await;
    let served = "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n";
    idle.extend(crowd(&address, count - count / 2, served).await);
    witnessed(&world, &format!("{count} idle connections")).await;
    // A second crowd as large takes the places of the first.
    let more = crowd(&address, (count / 10).min(1_000), "").await;
    witnessed(&world, "more of them than there are places").await;
    drop((idle, more));
}

/// Opens an event stream whose socket takes hardly anything, waits until it has begun, and never reads again.
async fn deaf_stream(address: std::net::SocketAddr, token: String) -> TcpStream {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.set_recv_buffer_size(4_096).expect("it may be small");
    let mut stream = socket.connect(address).await.expect("the server accepts");
    let head = format!(
        "GET /api/events/stream HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.expect("the server reads");
    let mut begun = [0; 12];
    stream.read_exact(&mut begun).await.expect("the stream begins");
    assert_eq!(&begun, b"HTTP/1.1 200", "the stream begins");
    stream
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_streams_that_never_read_keep_nobody_out() {
    const STREAMS: usize = 1_000;
    open_files();
    let world = World::new().await;
    witnessed(&world, "nobody else").await;
    // Who reads the whole log and is told of no booking: of the streams alone there is to be a crowd.
    let me = world.admin.get("/api/auth/me").await.is(200);
    let house = crate::support::cli::text(&me.body["memberships"][0], "organizationId");
    let tokens = Database::crowd(&world.home, &house, "internal_admin", STREAMS / 5);
    let address = world.server.address().parse().expect("an address");
    let tokens = tokens.into_iter().flat_map(|token| vec![token; 5]);
    let open = tokens.map(|token| deaf_stream(address, token));
    let deaf: Vec<TcpStream> = stream::iter(open).buffer_unordered(50).collect().await;
    assert_eq!(deaf.len(), STREAMS);
    witnessed(&world, "1,000 streams that never read").await;
    // Whoever does read still hears at once.
    let mut listener = Tail::open(&world.manager, "?type=BOOKING_CREATED", None).await;
    let booking = world.draft().await.id();
    let begun = Instant::now();
    let heard = listener.next().await.expect("the stream goes on");
    println!("a listener among them heard after {:?}", begun.elapsed());
    assert_eq!(heard.data["subject"], format!("booking/{booking}"));
    assert!(begun.elapsed() < Duration::from_secs(5));
    drop(deaf);
}
