//! The simulator's control interface: one kept connection, plain HTTP/1.1 on loopback.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde_json::{Value, json};

use super::links::Links;

/// An answer takes milliseconds; one that takes this long will not come.
const PATIENCE: Duration = Duration::from_secs(10);
/// The largest answer that is read, bytes.
const MAX_BODY: usize = 4 * 1024 * 1024;

/// How often the simulator was called.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Stats {
    calls: BTreeMap<String, Calls>,
}

#[derive(Debug, Default, Deserialize)]
struct Calls {
    ok: u64,
    errors: u64,
}

impl Stats {
    /// Calls of one method, or of all.
    pub(super) fn calls(&self, method: Option<&str>) -> u64 {
        let counted = self.calls.iter().filter(|(name, _)| method.is_none_or(|m| m == *name));
        counted.map(|(_, calls)| calls.ok + calls.errors).sum()
    }
}

/// A connection to the control interface.
#[derive(Debug)]
pub(super) struct Control {
    host: String,
    stream: BufReader<TcpStream>,
}

impl Control {
    /// Connects to an address as the simulator prints it, `http://127.0.0.1:PORT`.
    pub(super) fn connect(url: &str) -> Result<Self> {
        let host = url.strip_prefix("http://").with_context(|| format!("{url} is not HTTP"))?;
        let address: SocketAddr = host.parse().with_context(|| format!("{url} has no address"))?;
        let stream = TcpStream::connect_timeout(&address, PATIENCE)
            .with_context(|| format!("{url} does not answer"))?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        stream.set_nodelay(true)?;
        Ok(Self { host: host.to_owned(), stream: BufReader::new(stream) })
    }

    /// The counts, since the simulator was started.
    pub(super) fn stats(&mut self) -> Result<Stats> {
        let body = self.ask("GET", "/stats", "")?;
        serde_json::from_str(&body).context("the simulator's statistics are not what they were")
    }

    /// Replaces the simulator's rules.
    pub(super) fn script(&mut self, rules: &Value) -> Result<()> {
        self.ask("POST", "/script", &rules.to_string()).map(|_| ())
    }

    /// Makes a proxy die, go silent or come back.
    pub(super) fn set_proxy(&mut self, name: &str, state: &str) -> Result<()> {
        let body = json!({"name": name, "state": state}).to_string();
        self.ask("POST", "/proxies", &body).map(|_| ())
    }

    /// Makes a banned or frozen account usable again.
    pub(super) fn pardon(&mut self, account: &str) -> Result<()> {
        self.ask("POST", "/pardon", &json!({"account": account}).to_string()).map(|_| ())
    }

    /// Who was connected from where, since the simulator was started.
    pub(super) fn links(&mut self) -> Result<Links> {
        let body = self.ask("GET", "/links", "")?;
        serde_json::from_str(&body).context("the simulator's links are not what they were")
    }

    fn ask(&mut self, method: &str, path: &str, body: &str) -> Result<String> {
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nContent-Length: {}\r\n\r\n{body}",
            self.host,
            body.len()
        );
        self.stream.get_mut().write_all(request.as_bytes()).context("the simulator is gone")?;
        let (status, length) = head(&mut self.stream)?;
        let mut answer = vec![0; length];
        self.stream.read_exact(&mut answer).context("the simulator's answer is cut off")?;
        let answer = String::from_utf8_lossy(&answer).into_owned();
        if status != 200 {
            bail!("the simulator refused {method} {path} ({status}): {answer}");
        }
        Ok(answer)
    }
}

/// The status of an answer, and how many bytes follow its head.
fn head(stream: &mut impl BufRead) -> Result<(u16, usize)> {
    let mut line = || -> Result<String> {
        let mut line = String::new();
        let read = stream.take(8 * 1024).read_line(&mut line).context("no answer")?;
        if read == 0 || !line.ends_with('\n') {
            bail!("the simulator's answer is cut off");
        }
        Ok(line.trim_end().to_owned())
    };
    let first = line()?;
    let status = first.split(' ').nth(1).and_then(|code| code.parse().ok());
    let status = status.with_context(|| format!("{first:?} is no HTTP"))?;
    let mut length = None;
    loop {
        let field = line()?;
        if field.is_empty() {
            break;
        }
        if let Some((name, value)) = field.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().ok();
        }
    }
    let length = length.context("the simulator's answer has no length")?;
    if length > MAX_BODY {
        bail!("the simulator's answer has {length} bytes");
    }
    Ok((status, length))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::{Stats, head};

    #[test]
    fn a_head_is_read_up_to_the_body() {
        let mut answer = &b"HTTP/1.1 200 OK\r\nContent-Type: x\r\ncontent-length: 2\r\n\r\n{}"[..];
        assert_eq!(head(&mut answer).unwrap(), (200, 2));
        assert_eq!(answer, b"{}");
        for broken in ["", "HTTP/1.1 200 OK\r\n", "hello\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n"] {
            assert!(head(&mut broken.as_bytes()).is_err(), "{broken:?}");
        }
    }

    #[test]
    fn calls_are_counted_by_method_or_in_all() {
        let json = r#"{"calls":{"a":{"ok":2,"errors":1},"b":{"ok":4,"errors":0}},"delivered":9}"#;
        let stats: Stats = serde_json::from_str(json).unwrap();
        assert_eq!(stats.calls(Some("a")), 3);
        assert_eq!(stats.calls(Some("c")), 0);
        assert_eq!(stats.calls(None), 7);
    }
}
