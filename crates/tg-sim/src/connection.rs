//! One socket: its bytes, its deadlines, and the end of it.

use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::time::{sleep_until, timeout};

use crate::exchange::{Exchange, Next};
use crate::mtproto::Transport;
use crate::shared::Shared;

/// How long somebody may be connected without having shown a key.
const STRANGER: Duration = Duration::from_secs(60);
/// How long a client may take to read what it is sent.
const WRITING: Duration = Duration::from_secs(30);
/// A deadline for those who set none themselves: far away, but not for ever.
const SILENCE: Duration = Duration::from_secs(24 * 3600);
/// How many updates wait for a slow reader.
const QUEUE: usize = 256;
const READ_BUFFER: usize = 64 * 1024;
/// After a burst of answers this much of the buffer is kept.
const WRITE_BUFFER: usize = 64 * 1024;

/// A connection, from its first byte on.
pub(crate) struct Connection {
    stream: TcpStream,
    shared: Arc<Shared>,
    number: u64,
    transport: Transport,
    exchange: Exchange,
    updates: mpsc::Receiver<Vec<u8>>,
    update_queue: mpsc::Sender<Vec<u8>>,
    listening: Option<usize>,
    out: Vec<u8>,
    heard: Instant,
}

/// What woke the connection up.
enum Woken {
    Read(io::Result<usize>),
    Update(Vec<u8>),
    Due,
    TooQuiet,
}

impl Connection {
    pub(crate) fn new(stream: TcpStream, from: IpAddr, shared: Arc<Shared>, dc: i32) -> Self {
        let number = shared.counters.opened();
        let (update_queue, updates) = mpsc::channel(QUEUE);
        Self {
            stream,
            number,
            transport: Transport::new(),
            exchange: Exchange::new(Arc::clone(&shared), dc, number, from),
            shared,
            updates,
            update_queue,
            listening: None,
            out: Vec::new(),
            heard: Instant::now(),
        }
    }

    /// Serves the client until one side closes. Calls that are held by a rule are applied even then, as a server would
    /// that does not know yet that nobody waits for the answer.
    pub(crate) async fn serve(mut self) {
        if let Err(error) = self.converse().await {
            tracing::debug!(connection = self.number, %error, "a connection failed");
        }
        self.exchange.hung_up();
        while let Some(due) = self.exchange.next_due() {
            sleep_until(due.into()).await;
            let next = self.exchange.release(Instant::now(), &mut self.transport, &mut self.out);
            self.out.clear();
            if next == Next::Close {
                break;
            }
        }
    }

    async fn converse(&mut self) -> io::Result<()> {
        self.stream.set_nodelay(true)?;
        let mut buffer = vec![0; READ_BUFFER];
        loop {
            let next = match self.wait(&mut buffer).await {
                Woken::Read(read) => match read? {
                    0 => return Ok(()),
                    count => self.received(&buffer[..count]),
                },
                Woken::Update(updates) => {
                    self.exchange.push(updates, &mut self.transport, &mut self.out);
                    Next::Continue
                }
                Woken::Due => {
                    self.exchange.release(Instant::now(), &mut self.transport, &mut self.out)
                }
                Woken::TooQuiet => Next::Close,
            };
            self.write().await?;
            if next == Next::Close {
                return Ok(());
            }
            self.listen();
        }
    }

    async fn wait(&mut self, buffer: &mut [u8]) -> Woken {
        let silence = match self.exchange.idle_limit() {
            Some(limit) => limit,
            None if self.exchange.is_known() => SILENCE,
            None => STRANGER,
        };
        let due = self.exchange.next_due();
        let at = due.unwrap_or(self.heard + SILENCE);
        tokio::select! {
            read = self.stream.read(buffer) => Woken::Read(read),
            Some(updates) = self.updates.recv() => Woken::Update(updates),
            () = sleep_until(at.into()), if due.is_some() => Woken::Due,
            () = sleep_until((self.heard + silence).into()) => Woken::TooQuiet,
        }
    }

    /// Takes what was read apart and answers it.
    fn received(&mut self, bytes: &[u8]) -> Next {
        self.transport.feed(bytes);
        loop {
            // The payload is decrypted where it lies, while the transport frames the answer: it is taken out meanwhile.
            let mut payload = match self.transport.next() {
                Ok(Some(payload)) => payload.to_vec(),
                Ok(None) => return Next::Continue,
                Err(error) => {
                    tracing::debug!(connection = self.number, %error, "framing is broken");
                    return Next::Close;
                }
            };
            self.heard = Instant::now();
            let next = self.exchange.receive(&mut self.transport, &mut payload, &mut self.out);
            if next == Next::Close {
                return next;
            }
        }
    }

    async fn write(&mut self) -> io::Result<()> {
        if self.out.is_empty() {
            return Ok(());
        }
        timeout(WRITING, self.stream.write_all(&self.out))
            .await
            .map_err(|_| io::Error::from(io::ErrorKind::TimedOut))??;
        self.out.clear();
        self.out.shrink_to(WRITE_BUFFER);
        Ok(())
    }

    /// Begins to listen for updates when the client has shown that it wants them.
    fn listen(&mut self) {
        let wanted = self.exchange.listener();
        if wanted == self.listening {
            return;
        }
        if let Some(former) = self.listening {
            self.shared.accounts[former].stop_listening(self.number);
        }
        if let Some(account) = wanted {
            self.shared.accounts[account].listen(self.number, self.update_queue.clone());
        }
        self.listening = wanted;
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        if let Some(account) = self.listening {
            self.shared.accounts[account].stop_listening(self.number);
        }
        self.exchange.hung_up();
        self.shared.counters.closed();
    }
}
