//! Ends the process at a named point, as a crash would, for tests.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// Passes the point `name`: the process ends at the N-th passing if `TG_STOP_AT` is `name:N`.
pub(crate) fn at(name: &str) {
    static TARGET: OnceLock<Option<(String, u64)>> = OnceLock::new();
    static PASSED: AtomicU64 = AtomicU64::new(0);
    let target = TARGET.get_or_init(|| {
        let setting = std::env::var("TG_STOP_AT").ok()?;
        let (name, n) = setting.split_once(':')?;
        Some((name.to_owned(), n.parse().ok()?))
    });
    if let Some((wanted, n)) = target
        && wanted == name
        && PASSED.fetch_add(1, Ordering::SeqCst) + 1 == *n
    {
        // No destructor, no flush, no goodbye: the nearest thing to SIGKILL from within.
        std::process::abort();
    }
}
