//! Servers that are not there, do not answer, or take the pool down with them: everything ends, in
//! bounded time.

use crate::bench::{Bench, FIRST, LONG, RealClock, Sessions, connector, part};
use futures_util::future::{Either, select};
use std::net::SocketAddr;
use std::sync::Arc;
use tg_core::failure::FailureClass;
use tg_core::ids::UserId;
use tg_core::ports::{Connector, DcAuth, Session};
use tg_core::testing::ManualClock;
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

fn stored_at(addr: SocketAddr) -> Arc<Sessions> {
    let sessions = Arc::new(Sessions::default());
    let dcs = vec![DcAuth { dc: 2, addr, key: Some([1; 256]) }];
    let session = Session { user_id: UserId(1), is_bot: false, home_dc: 2, dcs, updates: None };
    sessions.put(FIRST, session);
    sessions
}

#[tokio::test]
async fn nobody_listens() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    drop(listener);
    let failure = connector(stored_at(addr), RealClock).connect(FIRST).await.err().unwrap();
    assert_eq!(
        (failure.class, failure.reason.as_str()),
        (FailureClass::Ambiguous, "connection_lost")
    );
}

/// Takes one connection, says when the first bytes came, swallows all, and returns when the other
/// side has closed it.
async fn black_hole(listener: TcpListener, first_bytes: oneshot::Sender<()>) {
    let (mut socket, _) = listener.accept().await.unwrap();
    let mut first_bytes = Some(first_bytes);
    let mut buffer = [0; 4096];
    while matches!(socket.read(&mut buffer).await, Ok(count) if count > 0) {
        first_bytes.take().map(|sender| sender.send(()));
    }
}

#[tokio::test]
async fn a_black_hole_ends_in_a_timeout_with_the_socket_closed() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    let (sender, first_bytes) = oneshot::channel();
    let hole = tokio::spawn(black_hole(listener, sender));
    let clock = ManualClock::default();
    let connector = connector(stored_at(addr), clock.clone());
    let connecting = tokio::spawn(async move { connector.connect(FIRST).await.map(drop) });
    first_bytes.await.unwrap();
    // The pool hangs in connecting, deaf to being told to quit, until it is aborted: first the time
    // for connecting has to pass, then the time for closing.
    while !connecting.is_finished() {
        clock.advance(LONG);
        tokio::task::yield_now().await;
    }
    let failure = connecting.await.unwrap().unwrap_err();
    assert_eq!((failure.class, failure.reason.as_str()), (FailureClass::Ambiguous, "timeout"));
    hole.await.unwrap();
}

#[tokio::test]
async fn a_connect_that_is_given_up_leaves_no_socket_behind() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    let (sender, first_bytes) = oneshot::channel();
    let hole = tokio::spawn(black_hole(listener, sender));
    let connector = connector(stored_at(addr), RealClock);
    match select(connector.connect(FIRST), first_bytes).await {
        Either::Left(_) => panic!("nobody has answered"),
        Either::Right((came, connecting)) => {
            came.unwrap();
            drop(connecting);
        }
    }
    hole.await.unwrap();
}

#[tokio::test]
async fn closing_ends_calls_that_the_server_never_answers() {
    let bench = Bench::start().await;
    let messenger = bench.connect().await;
    let part = part(bench.peer(messenger.as_ref()).await, 5, "hello");
    bench.rules(r#"[{"on":{"method":"messages.sendMessage"},"do":{"hang":true}}]"#);
    let (sender, unanswered) = (Arc::clone(&messenger), part.clone());
    let sending = tokio::spawn(async move { sender.send(&unanswered).await });
    bench.called("messages.sendMessage").await;
    messenger.close().await;
    let failure = sending.await.unwrap().unwrap_err();
    assert_eq!(
        (failure.class, failure.reason.as_str()),
        (FailureClass::Ambiguous, "connection_gone")
    );
    let failure = messenger.send(&part).await.unwrap_err();
    assert_eq!((failure.class, failure.reason.as_str()), (FailureClass::Ambiguous, "closed"));
    assert_eq!(bench.calls("messages.sendMessage"), 1, "a closed messenger hands nothing over");
}

#[tokio::test]
async fn closing_twice_at_once_waits_for_the_end_in_both() {
    let bench = Bench::start().await;
    let messenger = bench.connect().await;
    tokio::join!(messenger.close(), messenger.close());
    messenger.close().await;
}

#[tokio::test]
async fn a_panic_in_the_pool_stays_there() {
    let bench = Bench::start().await;
    // The server tells other addresses than the stored ones, which are then written to a store that
    // panics, inside of the pool.
    let mut session = bench.sessions.get(FIRST);
    let home = session.home_dc;
    for dc in session.dcs.iter_mut().filter(|dc| dc.dc != home) {
        dc.addr.set_port(1);
    }
    bench.sessions.put(FIRST, session);
    bench.sessions.panic_on_save();
    let failure = bench.try_connect(FIRST).await.err().unwrap();
    assert_eq!(
        (failure.class, failure.reason.as_str()),
        (FailureClass::Ambiguous, "connection_gone")
    );
}
