//! A proxy's door: open, closed while it is dead, open again at the same address.

use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::carry::carry;
use super::proxy::{Proxy, State, until};
use crate::server::stopped;

/// How many clients one proxy has; more are closed at once.
const MOST_CLIENTS: usize = 1_024;
/// Between two attempts to open the door again.
const AGAIN: Duration = Duration::from_millis(50);

/// Serves until told to stop; everything that goes through it ends with it.
pub(crate) async fn serve(
    listener: TcpListener,
    proxy: Arc<Proxy>,
    mut stop: watch::Receiver<bool>,
) {
    let mut door = Some(listener);
    loop {
        tokio::select! {
            () = stopped(&mut stop) => return,
            () = keep(&mut door, &proxy) => {}
        }
    }
}

/// Serves until the proxy dies, or waits until it lives again.
async fn keep(door: &mut Option<TcpListener>, proxy: &Arc<Proxy>) {
    let mut state = proxy.watch();
    let Some(listener) = door.take() else {
        until(&mut state, |state| *state != State::Dead).await;
        *door = TcpListener::bind(proxy.address).await.ok();
        if door.is_none() {
            sleep(AGAIN).await;
        }
        return;
    };
    let mut clients = JoinSet::new();
    loop {
        tokio::select! {
            // Listener and clients are dropped, and with them every socket.
            () = until(&mut state, |state| *state == State::Dead) => return,
            Some(_) = clients.join_next() => {}
            accepted = listener.accept() => match accepted {
                Ok((client, _)) if clients.len() < MOST_CLIENTS => {
                    clients.spawn(carry(client, Arc::clone(proxy)));
                }
                Ok(_) => {}
                Err(_) => sleep(AGAIN).await,
            },
        }
    }
}
