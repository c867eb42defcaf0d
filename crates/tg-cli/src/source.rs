//! From where a command is typed: for the audit log, and to count failed sign-ins by.

use std::path::Path;

/// Longest name of a terminal or a machine that is taken over.
const MAX_NAME: usize = 64;

/// User, terminal and machine, such as `uid 1000, tty pts/3, host box`. Who came through `sudo` is
/// named by the user they signed in to the machine as, where the kernel keeps that.
pub(crate) fn of_this_process() -> String {
    let user = user();
    let tty = tty().map_or_else(String::new, |tty| format!(", tty {tty}"));
    let host = host().map_or_else(String::new, |host| format!(", host {host}"));
    format!("{user}{tty}{host}")
}

#[cfg(unix)]
fn user() -> String {
    let uid = rustix::process::getuid().as_raw();
    match login_uid().filter(|login| *login != uid) {
        Some(login) => format!("uid {uid} (signed in as {login})"),
        None => format!("uid {uid}"),
    }
}

#[cfg(not(unix))]
fn user() -> String {
    let name = std::env::var("USERNAME").unwrap_or_default();
    format!("user {}", plain(&name))
}

/// Set once by the kernel when somebody signs in, and kept through `su` and `sudo`
/// (proc_pid_loginuid(5)); the largest number where nobody did.
#[cfg(unix)]
fn login_uid() -> Option<u32> {
    let text = std::fs::read_to_string("/proc/self/loginuid").ok()?;
    text.trim().parse().ok().filter(|uid| *uid != u32::MAX)
}

/// The terminal of standard input, output or error, without `/dev/`.
fn tty() -> Option<String> {
    (0..3).find_map(|fd| {
        let target = std::fs::read_link(Path::new("/proc/self/fd").join(fd.to_string())).ok()?;
        let name = target.strip_prefix("/dev").ok()?.to_str()?.to_owned();
        let is_terminal = ["pts/", "tty"].iter().any(|begin| name.starts_with(begin));
        is_terminal.then(|| plain(&name))
    })
}

#[cfg(unix)]
fn host() -> Option<String> {
    let name = rustix::system::uname().nodename().to_string_lossy().into_owned();
    Some(plain(&name)).filter(|name| !name.is_empty())
}

#[cfg(not(unix))]
fn host() -> Option<String> {
    std::env::var("COMPUTERNAME").ok().map(|name| plain(&name))
}

/// A name that cannot pass for more than one.
fn plain(name: &str) -> String {
    name.chars()
        .filter(|c| c.is_ascii_alphanumeric() || "-_./".contains(*c))
        .take(MAX_NAME)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stays_one_name() {
        assert_eq!(plain("box, tty pts/9\n\u{1b}[2J"), "boxttypts/92J");
        assert_eq!(plain(&"x".repeat(99)).len(), MAX_NAME);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_process_is_somewhere() {
        let source = of_this_process();
        assert!(source.starts_with("uid ") && source.contains("host "), "{source}");
    }
}
