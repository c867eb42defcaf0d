//! A SOCKS5 server that counts who came through it, and can be made to die.

use fast_socks5::server::Socks5ServerProtocol;
use fast_socks5::util::target_addr::TargetAddr;
use fast_socks5::{ReplyError, Socks5Command};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;

/// What is asked for beside the username.
pub const PASSWORD: &str = "hunter-2.x";

/// A server on a loopback address; ends with the test.
pub struct Socks {
    runtime: Runtime,
    pub addr: SocketAddr,
    served: Arc<Mutex<BTreeMap<String, u64>>>,
    accepting: Option<JoinHandle<()>>,
}

impl Socks {
    pub fn start() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let addr = listener.local_addr().unwrap();
        let mut socks = Self { runtime, addr, served: Arc::default(), accepting: None };
        socks.accept(listener);
        socks
    }

    fn accept(&mut self, listener: TcpListener) {
        let served = Arc::clone(&self.served);
        self.accepting = Some(self.runtime.spawn(async move {
            // Dropped with this task, and every connection with it.
            let mut open = tokio::task::JoinSet::new();
            loop {
                let Ok((socket, _)) = listener.accept().await else { return };
                open.spawn(serve(socket, Arc::clone(&served)));
            }
        }));
    }

    /// The address as `tg proxy add` takes it.
    pub fn url(&self, username: &str) -> String {
        format!("socks5://{username}@{}", self.addr)
    }

    /// Connections that went through, by username.
    pub fn served(&self) -> BTreeMap<String, u64> {
        self.served.lock().unwrap().clone()
    }

    /// All of them.
    pub fn total(&self) -> u64 {
        self.served().values().sum()
    }

    /// Ends the server with every connection through it.
    pub fn kill(&mut self) {
        if let Some(accepting) = self.accepting.take() {
            accepting.abort();
            let _ = self.runtime.block_on(accepting);
        }
    }

    /// Starts it again at the same address.
    pub fn revive(&mut self) {
        let listener = self.runtime.block_on(TcpListener::bind(self.addr)).unwrap();
        self.accept(listener);
    }
}

async fn serve(socket: TcpStream, served: Arc<Mutex<BTreeMap<String, u64>>>) {
    let mut name = String::new();
    let checked = Socks5ServerProtocol::accept_password_auth(socket, |user, password| {
        name = user;
        password == PASSWORD
    });
    let Ok((proto, _)) = checked.await else { return };
    let Ok((proto, Socks5Command::TCPConnect, TargetAddr::Ip(to))) = proto.read_command().await
    else {
        return;
    };
    let Ok(mut outside) = TcpStream::connect(to).await else {
        let _ = proto.reply_error(&ReplyError::HostUnreachable).await;
        return;
    };
    *served.lock().unwrap().entry(name).or_default() += 1;
    let Ok(mut inside) = proto.reply_success(to).await else { return };
    let _ = tokio::io::copy_bidirectional(&mut inside, &mut outside).await;
}
