//! A data centre's listener and the connections that come of it.

use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::connection::Connection;
use crate::shared::Shared;

/// How many sockets one data centre holds; more are closed at once.
const MOST_CONNECTIONS: usize = 16_384;
/// How long to wait when the system has no sockets left.
const NO_SOCKETS: Duration = Duration::from_millis(50);

/// Accepts until it is told to stop. Connections end with it, in the middle of whatever they are doing: what they have
/// answered is in the journal, and what is not answered was not promised.
pub(crate) async fn serve(
    listener: TcpListener,
    dc: i32,
    shared: Arc<Shared>,
    mut stop: watch::Receiver<bool>,
) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            () = stopped(&mut stop) => break,
            Some(_) = connections.join_next() => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, from)) if connections.len() < MOST_CONNECTIONS => {
                    let shared = Arc::clone(&shared);
                    let connection = Connection::new(stream, from.ip(), shared, dc);
                    connections.spawn(connection.serve());
                }
                Ok(_) => tracing::warn!(dc, "there are too many connections"),
                Err(error) => {
                    tracing::warn!(dc, %error, "a connection could not be accepted");
                    sleep(NO_SOCKETS).await;
                }
            },
        }
    }
    connections.shutdown().await;
}

/// Returns when the simulator ends, or is gone.
pub(crate) async fn stopped(stop: &mut watch::Receiver<bool>) {
    // An error says that nobody is left who could say it.
    let _ = stop.wait_for(|stop| *stop).await;
}
