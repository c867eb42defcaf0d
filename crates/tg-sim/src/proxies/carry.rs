//! One client of a proxy: who it is, where it wants to go, and its bytes, both ways.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use fast_socks5::server::Socks5ServerProtocol;
use fast_socks5::util::target_addr::TargetAddr;
use fast_socks5::{ReplyError, Socks5Command};
use tokio::io::{AsyncReadExt, copy_bidirectional};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;

use super::proxy::{Proxy, State, until};

/// How long a client may take to say where it wants to go.
const GREETING: Duration = Duration::from_secs(10);

/// Serves a client until one side closes. From the moment that the proxy goes silent nothing of it moves
/// any more, also if the proxy speaks again: what was lost on the way is not sent again.
pub(super) async fn carry(mut client: TcpStream, proxy: Arc<Proxy>) {
    let mut state = proxy.watch();
    if *state.borrow_and_update() == State::Silent {
        return swallow(&mut client).await;
    }
    let greeted = timeout(GREETING, greet(client, &proxy)).await;
    let Ok(Some((mut client, mut outside))) = greeted else { return };
    tokio::select! {
        _ = copy_bidirectional(&mut client, &mut outside) => {}
        () = until(&mut state, |state| *state == State::Silent) => swallow(&mut client).await,
    }
}

/// Lets a client in, connects to where it wants to go, and says so.
async fn greet(client: TcpStream, proxy: &Proxy) -> Option<(TcpStream, TcpStream)> {
    let known = |user: String, password: String| user == proxy.name && password == proxy.password;
    let entered = Socks5ServerProtocol::accept_password_auth(client, known).await;
    let (greeting, _) = entered.ok()?;
    let (greeting, command, wanted) = greeting.read_command().await.ok()?;
    let (Socks5Command::TCPConnect, TargetAddr::Ip(to)) = (command, wanted) else { return None };
    if !to.ip().is_loopback() {
        let _ = greeting.reply_error(&ReplyError::ConnectionNotAllowed).await;
        return None;
    }
    let Ok(outside) = connect(proxy, to).await else {
        let _ = greeting.reply_error(&ReplyError::HostUnreachable).await;
        return None;
    };
    proxy.serves();
    let client = greeting.reply_success(to).await.ok()?;
    Some((client, outside))
}

/// Goes out at the proxy's own address.
async fn connect(proxy: &Proxy, to: SocketAddr) -> io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(SocketAddr::new(proxy.address.ip(), 0))?;
    let stream = socket.connect(to).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// Takes what the client says until it hangs up.
async fn swallow(client: &mut TcpStream) {
    let mut sink = [0; 4096];
    while client.read(&mut sink).await.is_ok_and(|count| count > 0) {}
}
