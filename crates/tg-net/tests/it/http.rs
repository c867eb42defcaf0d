//! The guarded client against a real server on loopback, and against addresses it must not reach.

use crate::bench::RealClock;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect};
use axum::routing::{get, post};
use futures_util::stream;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tg_core::failure::{Failure, FailureClass, Refusal};
use tg_core::ip::Network;
use tg_core::ports::Clock;
use tg_core::testing::ManualClock;
use tg_net::http::{Answer, HttpClient, HttpError, HttpLimits, Method, Reach, Request};
use tokio::net::TcpListener;
use tokio::sync::Notify;

/// A server whose task ends with it.
pub struct Server {
    pub addr: SocketAddr,
    task: tokio::task::JoinHandle<()>,
}

impl Server {
    pub async fn start(router: Router) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { addr, task }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.addr)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

const LIMITS: HttpLimits = HttpLimits {
    connect: Duration::from_secs(10),
    total: Duration::from_secs(30),
    max_body: 1024 * 1024,
    max_redirects: 3,
};

pub fn client(reach: &str, clock: impl Clock + 'static) -> HttpClient {
    HttpClient::new(reach.parse().unwrap(), LIMITS, Arc::new(clock)).unwrap()
}

async fn get_from(client: &HttpClient, url: &str) -> Result<Answer, HttpError> {
    client.send(Request::new(Method::Get, url)?).await
}

async fn local(url: &str) -> Result<Answer, HttpError> {
    get_from(&client("127.0.0.1", RealClock), url).await
}

fn chunks(count: usize) -> Body {
    let chunk = || Ok::<_, Infallible>(Bytes::from_static(&[b'x'; 1024]));
    Body::from_stream(stream::iter((0..count).map(move |_| chunk())))
}

async fn echo_authorization(headers: HeaderMap) -> String {
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    given.unwrap_or("none").to_owned()
}

#[tokio::test]
async fn an_answer_comes_whole_with_its_status() {
    let router = Router::new().route("/ok", get(|| async { r#"{"a":[1,2]}"# })).route(
        "/no",
        get(|| async { (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "7")], "") }),
    );
    let server = Server::start(router).await;
    let answer = local(&server.url("/ok")).await.unwrap().ok().unwrap();
    let json: serde_json::Value = answer.json().unwrap();
    assert_eq!(json["a"][1], 2);
    let error = answer.json::<Vec<u8>>().unwrap_err().to_string();
    assert!(error.contains("line 1, column"), "{error}");
    assert!(!error.contains("[1,2]"), "the body is not repeated: {error}");
    let refused = Failure::from(local(&server.url("/no")).await.unwrap().ok().err().unwrap());
    assert!(
        matches!(refused.class, FailureClass::Wait { delay, .. } if delay == Duration::from_secs(7)),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_long_answer_is_cut_off() {
    let router = Router::new()
        .route("/streamed", get(|| async { chunks(10 * 1024) }))
        .route("/announced", get(|| async { vec![b'x'; 10 * 1024 * 1024] }))
        .route("/fits", get(|| async { chunks(1024) }));
    let server = Server::start(router).await;
    for path in ["/streamed", "/announced"] {
        let error = local(&server.url(path)).await.err().unwrap();
        assert!(matches!(error, HttpError::TooLong { .. }), "{path}: {error}");
    }
    assert_eq!(local(&server.url("/fits")).await.unwrap().body.len(), 1024 * 1024);
}

#[tokio::test]
async fn redirects_are_followed_a_little_checked_and_without_credentials() {
    let other = Server::start(Router::new().route("/who", get(echo_authorization))).await;
    let there = other.url("/who");
    let router = Router::new()
        .route("/who", get(echo_authorization))
        .route("/here", get(|| async { Redirect::temporary("/who") }))
        .route("/there", get(move || async move { Redirect::temporary(&there) }))
        .route("/loop", get(|| async { Redirect::temporary("/loop") }))
        .route("/act", post(|| async { Redirect::temporary("/who") }))
        .route(
            "/to/{scheme}/{host}",
            get(|Path((scheme, host)): Path<(String, String)>| async move {
                Redirect::temporary(&format!("{scheme}://{host}/latest/meta-data"))
            }),
        );
    let server = Server::start(router).await;
    let client = client("127.0.0.1", RealClock);
    let ask = async |path: &str| {
        let request = Request::new(Method::Get, &server.url(path)).unwrap();
        client.send(request.header("authorization", "Basic secret").unwrap()).await
    };
    assert_eq!(ask("/here").await.unwrap().body, b"Basic secret");
    assert_eq!(ask("/there").await.unwrap().body, b"none", "for whom they were not meant");
    assert!(matches!(ask("/loop").await, Err(HttpError::Redirect { how: "too often", .. })));
    let metadata = ask("/to/http/169.254.169.254").await.err().unwrap();
    assert!(
        matches!(&metadata, HttpError::Refused(refused) if refused.network == Network::Metadata),
        "{metadata}"
    );
    assert!(matches!(ask("/to/file/etc").await, Err(HttpError::Url(_))));
    // Whoever answers may send us anywhere: each hop is judged, also after its name was resolved.
    for host in [
        "127.0.0.2",
        "2130706434",
        "0x7f.0.0.2",
        "[::1]",
        "[::ffff:10.0.0.1]",
        "[fd00:ec2::254]",
        "10.0.0.1",
        "0.0.0.0",
        "100.100.100.200",
    ] {
        let error = ask(&format!("/to/https/{host}")).await.err().unwrap();
        assert!(matches!(error, HttpError::Refused(_)), "{host}: {error}");
    }
    for odd in ["user:pass@example.org", "user@127.0.0.1"] {
        let error = ask(&format!("/to/https/{odd}")).await.err().unwrap();
        assert!(matches!(error, HttpError::Url(_)), "{odd}: {error}");
    }
    let plain = ask("/to/http/example.org").await.err().unwrap();
    assert!(matches!(plain, HttpError::Url(_)), "not without encryption: {plain}");
    let act = Request::new(Method::Post, &server.url("/act")).unwrap();
    assert!(matches!(client.send(act).await, Err(HttpError::Redirect { .. })));
}

#[tokio::test]
async fn private_addresses_are_refused_however_they_are_written() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let client = HttpClient::new(Reach::internet(), LIMITS, Arc::new(RealClock)).unwrap();
    for host in [
        "127.0.0.1",
        "2130706433",
        "0x7f.1",
        "0177.0.0.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "localhost",
        "0.0.0.0",
        "10.0.0.1",
        "[fd00:ec2::254]",
        "169.254.169.254",
        "100.64.0.1",
        "[64:ff9b::7f00:1]",
    ] {
        let error = get_from(&client, &format!("https://{host}:{port}/")).await.err().unwrap();
        assert!(matches!(error, HttpError::Refused(_)), "{host}: {error}");
        let failure = Failure::from(error);
        assert_eq!(failure.class, FailureClass::Refused(Refusal::Config), "{host}");
    }
    let connected = tokio::time::timeout(Duration::ZERO, listener.accept()).await;
    assert!(connected.is_err(), "nobody has connected");
}

#[tokio::test]
async fn urls_that_cannot_be_used_are_refused_without_being_repeated() {
    let client = HttpClient::new(Reach::internet(), LIMITS, Arc::new(RealClock)).unwrap();
    for url in [
        "ftp://example.org/secret",
        "http://example.org/secret",
        "https://user:secret@example.org/",
        "https://secret@example.org/",
        "secret",
        "data:text/plain,secret",
    ] {
        let error = get_from(&client, url).await.err().unwrap();
        assert!(matches!(error, HttpError::Url(_)), "{url}: {error}");
        assert!(!format!("{error} {error:?}").contains("secret"), "{error:?}");
    }
}

#[tokio::test]
async fn a_lost_connection_names_no_path() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    drop(listener);
    let error = local(&format!("http://{addr}/bot123:token/sendMessage")).await.err().unwrap();
    assert!(matches!(error, HttpError::Unreachable { .. }), "{error}");
    assert!(!format!("{error} {error:?}").contains("token"), "{error:?}");
    assert_eq!(Failure::from(error).class, FailureClass::Ambiguous);
}

/// The fault "a network call without a timeout": a server that takes the connection and says
/// nothing, and one that begins an answer and never ends it.
#[tokio::test]
async fn a_server_that_never_answers_ends_in_a_timeout() {
    let arrived = Arc::new(Notify::new());
    let (first, second) = (Arc::clone(&arrived), Arc::clone(&arrived));
    let silent = move || async move {
        first.notify_one();
        std::future::pending::<String>().await
    };
    let endless = move || async move {
        second.notify_one();
        Body::from_stream(stream::pending::<Result<Bytes, Infallible>>()).into_response()
    };
    let router = Router::new().route("/silent", get(silent)).route("/endless", get(endless));
    let server = Server::start(router).await;
    for path in ["/silent", "/endless"] {
        let clock = ManualClock::default();
        let client = client("127.0.0.1", clock.clone());
        let url = server.url(path);
        let asking = tokio::spawn(async move { get_from(&client, &url).await.err() });
        arrived.notified().await;
        while !asking.is_finished() {
            clock.advance(LIMITS.total);
            tokio::task::yield_now().await;
        }
        let error = asking.await.unwrap().unwrap();
        assert!(matches!(error, HttpError::Timeout { .. }), "{path}: {error}");
        assert_eq!(Failure::from(error).class, FailureClass::Ambiguous);
    }
}
