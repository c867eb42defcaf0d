//! A webhook on this machine, for tests of what is told to a person.

use serde_json::Value;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};

/// A webhook of the operator's: takes what is posted to it.
pub struct Hook {
    addr: SocketAddr,
    posted: Arc<Mutex<Vec<Value>>>,
}

impl Hook {
    /// Its thread ends with the test's process.
    pub fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let addr = listener.local_addr().unwrap();
        let posted = Arc::<Mutex<Vec<Value>>>::default();
        let taken = Arc::clone(&posted);
        std::thread::spawn(move || {
            for socket in listener.incoming().flatten() {
                if let Some(body) = take(&mut BufReader::new(&socket)) {
                    taken.lock().unwrap().push(body);
                }
                let answer = "HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n";
                let _ = (&socket).write_all(answer.as_bytes());
            }
        });
        Self { addr, posted }
    }

    /// Where to post.
    pub fn url(&self) -> String {
        format!("http://{}/hook", self.addr)
    }

    /// What was posted so far.
    pub fn posted(&self) -> Vec<Value> {
        self.posted.lock().unwrap().clone()
    }
}

/// One request with a JSON body.
fn take(from: &mut impl BufRead) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        from.read_line(&mut line).ok()?;
        let line = line.trim().to_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    from.read_exact(&mut body).ok()?;
    serde_json::from_slice(&body).ok()
}
