//! The public face: opening, making and closing a store, and what the `Store` port promises.

use crate::check::{self, CheckReport};
use crate::connection;
use crate::error::{OpenError, translate};
use crate::head::HeadFile;
use crate::inline::Inline;
use crate::lock::HomeLock;
use crate::mark::{self, Mark, MarkState};
use crate::migrate;
use crate::pool::Readers;
use crate::rows::count;
use crate::unit::Context;
use crate::writer::{Committer, Writer};
use rusqlite::{Connection, ErrorCode};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tg_core::ports::{AuditKey, BoxFuture, MediaSource, Store, StoreError, WorkJob};
use tg_core::time::Timestamp;
use tokio::runtime::Handle;
use uuid::Uuid;

/// How a store runs its jobs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// One writer thread, a pool of readers on blocking threads of the current tokio runtime.
    Threaded,
    /// On the calling thread: for runs on a virtual clock.
    Inline,
}

/// What a store is opened with.
#[derive(Clone)]
pub struct OpenOptions {
    /// The database file; its folder is the home.
    pub path: PathBuf,
    /// Where the number of the last claim is kept outside the database.
    pub mark_path: PathBuf,
    /// Where the end of the audit log is noted outside the database.
    pub head_path: PathBuf,
    /// The key of the audit chain.
    pub audit_key: Arc<dyn AuditKey>,
    /// Connections that read, at most (threaded).
    pub pool_size: u32,
    /// How long a database that another process writes to is waited for.
    pub busy_deadline: Duration,
    /// How jobs are run.
    pub mode: Mode,
}

impl OpenOptions {
    /// Four readers, ten seconds of patience, threaded; the end of the audit log is noted beside
    /// the mark, in `audit.head`.
    #[must_use]
    pub fn new(path: PathBuf, mark_path: PathBuf, audit_key: Arc<dyn AuditKey>) -> Self {
        Self {
            path,
            head_path: mark_path.with_file_name("audit.head"),
            mark_path,
            audit_key,
            pool_size: 4,
            busy_deadline: Duration::from_secs(10),
            mode: Mode::Threaded,
        }
    }

    fn home(&self) -> &Path {
        self.path.parent().unwrap_or_else(|| Path::new(""))
    }
}

/// A store in one SQLite file.
pub struct SqliteStore {
    runner: Runner,
    /// Never writes; asked for `data_version`.
    watch: Arc<Mutex<Connection>>,
    mark: Arc<Mutex<Mark>>,
    options: OpenOptions,
    home: Uuid,
}

enum Runner {
    Threaded { writer: Writer, readers: Readers, runtime: Handle },
    Inline(Inline),
}

impl SqliteStore {
    /// Opens an existing database. If its schema is older, it is migrated, for which nobody else
    /// may have the home.
    ///
    /// # Errors
    /// [`OpenError`] says why not.
    pub fn open(options: &OpenOptions) -> Result<Self, OpenError> {
        Self::open_with(options, None)
    }

    /// Opens an existing database for a caller that has the home's lock.
    ///
    /// # Errors
    /// [`OpenError`] says why not.
    pub fn open_alone(options: &OpenOptions, lock: &HomeLock) -> Result<Self, OpenError> {
        Self::open_with(options, Some(lock))
    }

    /// Makes a new database and its mark. `home` is the home's identity, drawn by the caller.
    ///
    /// # Errors
    /// [`OpenError::Exists`] if there is one; others say why not.
    pub fn create(
        options: &OpenOptions,
        lock: &HomeLock,
        home: Uuid,
        at: Timestamp,
    ) -> Result<Self, OpenError> {
        let _taken = options.alone(Some(lock))?;
        make_file(&options.path)?;
        let conn = connect(options)?;
        migrate::create(&conn, home, at).map_err(|e| options.fail("making the schema", &e))?;
        drop(conn);
        Mark::new(options.mark_path.clone(), home)
            .write(0)
            .map_err(|source| OpenError::Io { path: options.mark_path.clone(), source })?;
        Self::open_alone(options, lock)
    }

    fn open_with(options: &OpenOptions, lock: Option<&HomeLock>) -> Result<Self, OpenError> {
        if !options.path.is_file() {
            return Err(OpenError::Missing(options.path.clone()));
        }
        let conn = connect(options)?;
        let found = options.schema(&conn)?;
        migrate::write_ahead(&conn).map_err(|e| options.fail("choosing the journal", &e))?;
        if found < migrate::KNOWN {
            let _taken = options.alone(lock)?;
            // Read again: somebody may have migrated while the lock was waited for.
            let found = options.schema(&conn)?;
            migrate::apply(&conn, found).map_err(|e| options.fail("migrating", &e))?;
        }
        Self::start(options, conn)
    }

    fn start(options: &OpenOptions, conn: Connection) -> Result<Self, OpenError> {
        let home = options.identity(&conn)?;
        let mark = Arc::new(Mutex::new(Mark::new(options.mark_path.clone(), home)));
        let context = Context {
            audit_key: Arc::clone(&options.audit_key),
            busy_deadline: options.busy_deadline,
            head: Arc::new(options.head(home)),
        };
        let committer = Committer::new(conn, context.clone(), Arc::clone(&mark));
        let runner = match options.mode {
            Mode::Inline => Runner::Inline(Inline::new(committer)),
            Mode::Threaded => {
                let runtime = Handle::try_current().map_err(|_| OpenError::NoRuntime)?;
                let readers = Readers::open(
                    &options.path,
                    options.pool_size,
                    options.busy_deadline,
                    runtime.clone(),
                    context,
                )?;
                let writer = Writer::start(committer)
                    .map_err(|source| OpenError::Io { path: options.path.clone(), source })?;
                Runner::Threaded { writer, readers, runtime }
            }
        };
        Ok(Self {
            runner,
            watch: Arc::new(Mutex::new(connect(options)?)),
            mark,
            options: options.clone(),
            home,
        })
    }

    /// The home's identity.
    #[must_use]
    pub const fn home(&self) -> Uuid {
        self.home
    }

    /// Whether this database is the one that claimed last, or an older copy.
    ///
    /// # Errors
    /// If the store or the mark cannot be read.
    pub async fn mark_state(&self) -> Result<MarkState, StoreError> {
        let (path, home) = (self.options.mark_path.clone(), self.home);
        self.aside("comparing with the number of the last claim", move |conn| {
            let counter = claim_counter(conn)?;
            Ok(mark::compare(&path, home, counter).map_err(|error| unmarked(&error)))
        })
        .await?
    }

    /// Makes the mark say what the database says: after every unfinished row of a restored
    /// database was held for a person (`OutboxStore::hold_restored`), or by `tg db restore`.
    ///
    /// # Errors
    /// If the mark cannot be written.
    pub async fn accept_mark(&self) -> Result<(), StoreError> {
        let mark = Arc::clone(&self.mark);
        self.aside("accepting the number of the last claim", move |conn| {
            let counter = claim_counter(conn)?;
            let mut mark = mark.lock().unwrap_or_else(PoisonError::into_inner);
            Ok(mark.write(counter).map_err(|error| unmarked(&error)))
        })
        .await?
    }

    /// Everything that `tg db check` looks at.
    ///
    /// # Errors
    /// If the store cannot be read at all.
    pub async fn check(&self) -> Result<CheckReport, StoreError> {
        let mark = self.mark_state().await?;
        self.aside("checking the database", move |conn| check::run(conn, mark)).await
    }

    /// Ends the store: does what was handed over, waits for reads under way, empties the
    /// write-ahead log, joins the writer. Later calls are refused with [`StoreError::Closed`].
    pub async fn close(&self) {
        match &self.runner {
            Runner::Inline(inline) => inline.close(),
            Runner::Threaded { writer, readers, runtime } => {
                let thread = writer.stop();
                readers.close().await;
                if let Some(thread) = thread {
                    let joined = runtime.spawn_blocking(move || thread.join()).await;
                    if !matches!(joined, Ok(Ok(()))) {
                        tracing::error!("the writer thread panicked");
                    }
                }
            }
        }
    }

    /// Runs something on a connection of its own, which may take its time.
    pub(crate) async fn aside<T: Send + 'static>(
        &self,
        doing: &'static str,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (path, deadline) = (self.options.path.clone(), self.options.busy_deadline);
        self.blocking(move || {
            connection::open(&path, deadline, connection::READER_CACHE)
                .and_then(|conn| work(&conn))
                .map_err(|error| translate(doing, deadline, &error))
        })
        .await
    }

    /// Runs something off the async threads, if there are threads.
    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        match &self.runner {
            Runner::Inline(_) => work(),
            Runner::Threaded { readers, .. } => readers.blocking(work).await?,
        }
    }
}

impl MediaSource for SqliteStore {
    fn media<'a>(&'a self, hash: &'a str) -> BoxFuture<'a, Result<Vec<u8>, StoreError>> {
        let hash = hash.to_owned();
        Box::pin(async move { (self as &dyn Store).read(move |unit| unit.media(&hash)).await })
    }
}

impl Store for SqliteStore {
    fn submit(&self, job: WorkJob) -> BoxFuture<'_, Result<(), StoreError>> {
        match &self.runner {
            Runner::Threaded { writer, .. } => Box::pin(writer.submit(job)),
            Runner::Inline(inline) => Box::pin(async move { inline.submit(job) }),
        }
    }

    fn query(&self, job: WorkJob) -> BoxFuture<'_, Result<(), StoreError>> {
        match &self.runner {
            Runner::Threaded { readers, .. } => Box::pin(readers.query(job)),
            Runner::Inline(inline) => Box::pin(async move { inline.query(job) }),
        }
    }

    /// `data_version` of a connection that never writes differs after every commit of every other
    /// connection, in this process or another (sqlite.org/pragma.html#pragma_data_version).
    fn changes(&self) -> BoxFuture<'_, Result<u64, StoreError>> {
        let (watch, deadline) = (Arc::clone(&self.watch), self.options.busy_deadline);
        Box::pin(self.blocking(move || {
            let conn = watch.lock().unwrap_or_else(PoisonError::into_inner);
            conn.prepare_cached("PRAGMA data_version")
                .and_then(|mut statement| statement.query_row([], |row| count(row, 0)))
                .map_err(|error| translate("asking for changes", deadline, &error))
        }))
    }
}

impl OpenOptions {
    /// Makes sure that nobody else has the home: takes its lock if the caller's is none of it.
    fn alone(&self, lock: Option<&HomeLock>) -> Result<Option<HomeLock>, OpenError> {
        if lock.is_some_and(|lock| lock.guards(self.home())) {
            return Ok(None);
        }
        HomeLock::acquire(self.home()).map(Some).map_err(OpenError::Locked)
    }

    /// The schema of an open file, after making sure that the file is ours.
    fn schema(&self, conn: &Connection) -> Result<i64, OpenError> {
        let ours = migrate::is_ours(conn).map_err(|e| self.fail("reading the header", &e))?;
        if !ours {
            return Err(OpenError::NotOurs(self.path.clone()));
        }
        let found = migrate::version(conn).map_err(|e| self.fail("reading the schema", &e))?;
        if found > migrate::KNOWN {
            return Err(StoreError::Newer { found, known: migrate::KNOWN }.into());
        }
        Ok(found)
    }

    fn identity(&self, conn: &Connection) -> Result<Uuid, OpenError> {
        conn.query_row("SELECT home FROM meta", [], |row| row.get(0).map(Uuid::from_bytes))
            .map_err(|e| self.fail("reading the home's identity", &e))
    }

    /// The note of where the audit log ends.
    pub(crate) fn head(&self, home: Uuid) -> HeadFile {
        HeadFile::new(self.head_path.clone(), home, Arc::clone(&self.audit_key))
    }

    fn fail(&self, doing: &'static str, error: &rusqlite::Error) -> OpenError {
        if error.sqlite_error_code() == Some(ErrorCode::NotADatabase) {
            return OpenError::NotOurs(self.path.clone());
        }
        translate(doing, self.busy_deadline, error).into()
    }
}

fn connect(options: &OpenOptions) -> Result<Connection, OpenError> {
    connection::open(&options.path, options.busy_deadline, connection::WRITER_CACHE)
        .map_err(|e| options.fail("opening the database", &e))
}

/// Makes an empty file that only its owner may read. An empty one that is there already is what a
/// crash between making and filling it left.
pub(crate) fn make_file(path: &Path) -> Result<(), OpenError> {
    if path.metadata().is_ok_and(|file| file.is_file() && file.len() == 0) {
        return Ok(());
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let made = options.open(path).and_then(|file| file.sync_all());
    made.and_then(|()| mark::sync_folder(path)).map_err(|source| {
        if source.kind() == std::io::ErrorKind::AlreadyExists {
            OpenError::Exists(path.to_owned())
        } else {
            OpenError::Io { path: path.to_owned(), source }
        }
    })
}

fn claim_counter(conn: &Connection) -> rusqlite::Result<i64> {
    conn.query_row("SELECT claim_counter FROM meta", [], |row| row.get(0))
}

fn unmarked(error: &std::io::Error) -> StoreError {
    StoreError::Backend {
        doing: "reading or writing the number of the last claim",
        detail: error.to_string(),
    }
}
