//! What can go wrong in starting, running and scripting a simulator.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Why a simulator could not be started or stopped.
#[derive(Debug, thiserror::Error)]
pub enum SimError {
    /// Asked to listen where others could connect.
    #[error("{0} is not a loopback address: the simulator serves this machine only")]
    NotLoopback(SocketAddr),
    /// The world asked for is larger than identifiers and phone numbers allow.
    #[error("a world has between {least} and {most} {what}, not {asked}")]
    Size {
        /// What is counted: accounts, users, bots, data centres.
        what: &'static str,
        /// The smallest number allowed.
        least: u64,
        /// The largest number allowed.
        most: u64,
        /// The number asked for.
        asked: u64,
    },
    /// The folder was made with other parameters, and its accounts would not match.
    #[error("{} holds a world with {field} {found}, not {asked}: use another folder", path.display())]
    OtherWorld {
        /// The file that describes the world.
        path: PathBuf,
        /// The parameter that differs.
        field: &'static str,
        /// Its value in the folder.
        found: String,
        /// Its value in the call.
        asked: String,
    },
    /// A file could not be read or written.
    #[error("cannot {action} {}", path.display())]
    File {
        /// What was tried.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A file's content is not what the simulator writes.
    #[error("{}, line {line}, was not written by a simulator", path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: u64,
        /// What the parser said.
        #[source]
        source: serde_json::Error,
    },
    /// A port could not be opened: after a restart in the same folder most often because somebody else has it.
    #[error("cannot listen on {address}")]
    Bind {
        /// The address.
        address: SocketAddr,
        /// Why.
        #[source]
        source: io::Error,
    },
}

impl SimError {
    pub(crate) fn file(action: &'static str, path: impl Into<PathBuf>, source: io::Error) -> Self {
        Self::File { action, path: path.into(), source }
    }
}

/// Why a list of rules was refused; nothing of it was applied.
#[derive(Debug, thiserror::Error)]
pub enum ScriptError {
    /// The text is not a JSON list.
    #[error("the script is not a JSON list of rules: {0}")]
    NotAList(String),
    /// One rule is not understood.
    #[error("rule {number}: {fault}")]
    Rule {
        /// Which, from 1.
        number: usize,
        /// What is wrong with it.
        fault: String,
    },
}
