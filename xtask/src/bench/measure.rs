//! Running a program and knowing what it cost: time on the wall, time of the processor.

use std::fs::File;
use std::io::{Read, Seek};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// What a program cost, from its start to its end.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spent {
    pub(super) wall: Duration,
    /// User and system time of the program and those it waited for.
    pub(super) cpu: Duration,
}

/// What a program cost and wrote to stdout.
pub(super) struct Done {
    pub(super) spent: Spent,
    pub(super) out: String,
}

/// Runs a program to its end. Output goes through files, so that nobody is kept waiting by a pipe
/// and this process does no work meanwhile.
///
/// # Errors
/// If the program cannot be started or fails; its last words are in the error.
pub(super) fn run(command: &mut Command) -> Result<Done> {
    let (mut out, mut err) = (tempfile::tempfile()?, tempfile::tempfile()?);
    command.stdin(Stdio::null()).stdout(out.try_clone()?).stderr(err.try_clone()?);
    let name = command.get_program().to_string_lossy().into_owned();
    let (start, before) = (Instant::now(), children_ticks()?);
    let status = command.status().with_context(|| format!("{name} cannot be started"))?;
    let wall = start.elapsed();
    let ticks = children_ticks()? - before;
    if !status.success() {
        let text = text(&mut err)?;
        let args: Vec<_> = command.get_args().map(|arg| arg.to_string_lossy()).collect();
        bail!("{name} {} ended with {status}: {}", args.join(" "), text.trim());
    }
    let cpu = Duration::from_secs_f64(as_f64(ticks) / ticks_per_second()?);
    Ok(Done { spent: Spent { wall, cpu }, out: text(&mut out)? })
}

fn text(file: &mut File) -> Result<String> {
    let mut bytes = Vec::new();
    file.rewind()?;
    file.read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Processor time of all children that ended, in clock ticks.
fn children_ticks() -> Result<u64> {
    let stat = std::fs::read_to_string("/proc/self/stat").context("this task needs Linux")?;
    parse_children(&stat).context("/proc/self/stat is not as proc(5) says")
}

/// Fields 16 and 17 of proc(5)'s stat. The second field is a name in parentheses that may contain
/// anything, but the last parenthesis is its end.
fn parse_children(stat: &str) -> Option<u64> {
    let (_, rest) = stat.rsplit_once(')')?;
    let mut fields = rest.split_ascii_whitespace().skip(13);
    let user: u64 = fields.next()?.parse().ok()?;
    let system: u64 = fields.next()?.parse().ok()?;
    Some(user + system)
}

/// Processor time of a running process so far, in clock ticks.
///
/// # Errors
/// If the process is gone.
pub(super) fn ticks_of(pid: u32) -> Result<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
    parse_own(&stat).context("/proc/PID/stat is not as proc(5) says")
}

/// Fields 14 and 15 of proc(5)'s stat.
fn parse_own(stat: &str) -> Option<u64> {
    let (_, rest) = stat.rsplit_once(')')?;
    let mut fields = rest.split_ascii_whitespace().skip(11);
    let user: u64 = fields.next()?.parse().ok()?;
    let system: u64 = fields.next()?.parse().ok()?;
    Some(user + system)
}

/// Clock ticks in a second.
///
/// # Errors
/// If the system does not say.
pub(super) fn ticks_per_second() -> Result<f64> {
    static TICKS: OnceLock<f64> = OnceLock::new();
    if let Some(known) = TICKS.get() {
        return Ok(*known);
    }
    let asked = Command::new("getconf").arg("CLK_TCK").output().context("getconf is missing")?;
    let ticks: f64 = String::from_utf8_lossy(&asked.stdout).trim().parse()?;
    Ok(*TICKS.get_or_init(|| ticks))
}

/// A count as a number to divide by. Exact up to 2^53.
pub(super) fn as_f64(count: u64) -> f64 {
    // Two halves, because there is no lossless conversion and none is needed here.
    let low = u32::try_from(count & 0xffff_ffff).unwrap_or(u32::MAX);
    let high = u32::try_from(count >> 32).unwrap_or(u32::MAX);
    f64::from(high).mul_add(4_294_967_296.0, f64::from(low))
}

/// Milliseconds.
pub(super) fn ms(span: Duration) -> f64 {
    span.as_secs_f64() * 1e3
}

/// Resident memory of a running process, MiB (proc(5), `VmRSS`).
///
/// # Errors
/// If the process is gone.
pub(super) fn resident(pid: u32) -> Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB")).context("no VmRSS")?;
    Ok(kib.trim().parse::<f64>()? / 1024.0)
}

#[cfg(test)]
mod tests {
    use super::{as_f64, parse_children, parse_own};

    #[test]
    fn the_name_of_a_process_may_look_like_fields() {
        let stat = "7 (a) b (c) S 1 7 7 0 -1 4194304 100 200 0 0 11 12 13 14 20 0 1 0 99 1000";
        assert_eq!(parse_children(stat), Some(13 + 14));
        assert_eq!(parse_own(stat), Some(11 + 12));
        assert_eq!(parse_children("7 (a) S 1"), None);
    }

    #[test]
    fn counts_keep_their_value() {
        for count in [0, 1, 4_294_967_295, 4_294_967_296, 1 << 53] {
            assert_eq!(format!("{:.0}", as_f64(count)), count.to_string());
        }
    }
}
