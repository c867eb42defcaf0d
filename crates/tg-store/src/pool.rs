//! Readers: a bounded r2d2 pool, and the place where an async query crosses into blocking.

use crate::connection;
use crate::tx::run_query;
use crate::unit::Context;
use r2d2_sqlite::SqliteConnectionManager;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tg_core::ports::{StoreError, WorkJob};
use tokio::runtime::Handle;
use tokio::sync::Semaphore;

/// Connections that read, each checked (`SELECT 1`) before it is handed out.
pub(crate) struct Readers {
    pool: r2d2::Pool<SqliteConnectionManager>,
    /// As many permits as connections: no blocking thread waits for a connection.
    permits: Arc<Semaphore>,
    size: u32,
    runtime: Handle,
    context: Context,
}

impl Readers {
    /// Opens a pool of at most `size` connections; the first is opened now.
    pub(crate) fn open(
        path: &Path,
        size: u32,
        timeout: Duration,
        runtime: Handle,
        context: Context,
    ) -> Result<Self, StoreError> {
        let size = size.max(1);
        let deadline = context.busy_deadline;
        let manager = SqliteConnectionManager::file(path)
            .with_flags(connection::flags())
            .with_init(move |conn| connection::prepare(conn, deadline, connection::READER_CACHE));
        let pool = r2d2::Pool::builder()
            .max_size(size)
            .min_idle(Some(1))
            .test_on_check_out(true)
            .connection_timeout(timeout)
            .build(manager)
            .map_err(|error| backend(&error))?;
        let permits = usize::try_from(size).unwrap_or(Semaphore::MAX_PERMITS);
        Ok(Self { pool, permits: Arc::new(Semaphore::new(permits)), size, runtime, context })
    }

    /// Runs a job over a snapshot, on a blocking thread.
    pub(crate) async fn query(&self, job: WorkJob) -> Result<(), StoreError> {
        let pool = self.pool.clone();
        let context = self.context.clone();
        self.blocking(move || {
            let conn = pool.get().map_err(|error| backend(&error))?;
            run_query(&conn, &context, job)
        })
        .await?
    }

    /// Runs something on a blocking thread, of which there are never more than connections.
    pub(crate) async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, StoreError> {
        let permit =
            Arc::clone(&self.permits).acquire_owned().await.map_err(|_| StoreError::Closed)?;
        let thread = self.runtime.spawn_blocking(move || {
            // Moved in, so that closing waits for reads whose caller has gone away.
            let _permit = permit;
            work()
        });
        // Jobs catch their panics; a runtime that shuts down cancels what has not begun.
        thread.await.map_err(|_| StoreError::Closed)
    }

    /// Waits for the reads under way and lets no further one begin.
    pub(crate) async fn close(&self) {
        if let Ok(all) = self.permits.acquire_many(self.size).await {
            self.permits.close();
            drop(all);
        }
    }
}

fn backend(error: &r2d2::Error) -> StoreError {
    StoreError::Backend { doing: "getting a connection to read with", detail: error.to_string() }
}
