//! SIGINT and SIGTERM: the first stops gracefully, the second ends at once.

use crate::exit::Exit;
use crate::printer::Printer;
use std::io;
use std::sync::Arc;
use tg_engine::Shutdown;
use tokio::task::JoinHandle;

/// Listens until it is dropped or [`Signals::end`]ed.
#[derive(Debug)]
pub(crate) struct Signals(JoinHandle<()>);

impl Signals {
    /// Begins to listen. When this returns, a signal is not lost any more.
    ///
    /// # Errors
    /// If the system refuses.
    pub(crate) fn listen(shutdown: &Shutdown, printer: &Arc<Printer>) -> io::Result<Self> {
        let mut source = Source::new()?;
        let (shutdown, printer) = (shutdown.clone(), Arc::clone(printer));
        Ok(Self(tokio::spawn(async move {
            source.next().await;
            shutdown.begin();
            source.next().await;
            // Whatever is under way is settled by the next run: that is what claims are for.
            printer.flush_at_once();
            std::process::exit(i32::from(Exit::Interrupted.code()));
        })))
    }

    /// Stops listening.
    pub(crate) async fn end(self) {
        self.0.abort();
        // An aborted task says so; there is nothing else to hear from it.
        let _ = self.0.await;
    }
}

#[cfg(unix)]
struct Source {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Source {
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

#[cfg(not(unix))]
struct Source;

#[cfg(not(unix))]
impl Source {
    fn new() -> io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending().await
        }
    }
}
