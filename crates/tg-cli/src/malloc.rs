//! How glibc's allocator treats large buffers while the engine runs.
//!
//! Every connection to Telegram has two buffers of a megabyte, of which it touches a few pages. glibc
//! maps such blocks one by one, until the first of them is freed: from then on it takes them from its
//! heap (mallopt(3), `M_MMAP_THRESHOLD`), where the pages that were touched stay with the process after
//! the connection has gone. A threshold that somebody set does not move. It is read when a process
//! starts, so the engine starts itself once more with it.

use crate::args::Command;

/// What glibc reads, and its own first value, bytes.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const THRESHOLD: (&str, &str) = ("MALLOC_MMAP_THRESHOLD_", "131072");

/// Puts this program, started in the same way and with the threshold set, in the place of this process.
/// Returns if there is nothing to do: the command holds no connections, the threshold is set already. If
/// it cannot be done, the engine only needs more memory.
pub(crate) fn settle(command: &Command) {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    {
        use std::os::unix::process::CommandExt;
        let (name, value) = THRESHOLD;
        if !matches!(command, Command::Run(_)) || std::env::var_os(name).is_some() {
            return;
        }
        // By its own path and not by /proc/self/exe, by whose last part it would be called in ps(1).
        let Ok(program) = std::env::current_exe() else { return };
        let mut arguments = std::env::args_os();
        let called = arguments.next().unwrap_or_else(|| "tg".into());
        let error = std::process::Command::new(program)
            .arg0(called)
            .args(arguments)
            .env(name, value)
            .exec();
        tracing::debug!(%error, "the allocator keeps its own threshold");
    }
    #[cfg(not(all(target_os = "linux", target_env = "gnu")))]
    let _ = command;
}
