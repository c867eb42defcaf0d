//! The simulator on the command line.

use std::error::Error;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use tg_sim::{Sim, SimConfig, SimError};
use tokio::signal::unix::{SignalKind, signal};

/// A simulated Telegram on this machine, for tests and demonstrations.
///
/// Serves MTProto 2.0 on loopback to clients that use the keys in DIR/accounts.json, and writes every delivered message
/// to DIR/journal.jsonl before it answers. Prints one line of JSON when it is ready; ends on SIGINT or SIGTERM.
#[derive(Parser)]
#[command(name = "tg-sim", version, after_help = EXAMPLES)]
struct Args {
    /// Folder of the world: made if need be, continued if it holds one
    #[arg(long, value_name = "DIR")]
    state: PathBuf,
    /// Accounts that clients can sign in with [default: 1, or as in DIR]
    #[arg(long, value_name = "N")]
    accounts: Option<u32>,
    /// Users who may be written to [default: 100, or as in DIR]
    #[arg(long, value_name = "N")]
    users: Option<u32>,
    /// Bots, beside the accounts [default: 0, or as in DIR]
    #[arg(long, value_name = "N")]
    bots: Option<u32>,
    /// Phones with which nobody is signed in [default: 0, or as in DIR]
    #[arg(long, value_name = "N")]
    logins: Option<u32>,
    /// SOCKS5 proxies that accounts can be behind [default: 0, or as in DIR]
    #[arg(long, value_name = "N")]
    proxies: Option<u32>,
    /// What the world is made from [default: 1, or as in DIR]
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Numbers of the data centres [default: 2,4, or as in DIR]
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    dcs: Option<Vec<i32>>,
    /// Loopback address; with port 0 the system chooses ports, which a restart in DIR keeps
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    listen: SocketAddr,
}

const EXAMPLES: &str = "\
Examples:
  tg-sim --state sim/ --accounts 20 --users 10000
  tg-sim --state sim/                             the same world again, at the same ports
  curl -d '[{\"on\":{\"method\":\"messages.sendMessage\",\"every\":10},\"do\":{\"drop\":\"after\"}}]' $CONTROL/script
  curl $CONTROL/stats";

fn config(args: Args) -> SimConfig {
    let mut config = SimConfig::new(args.state).listen(args.listen);
    if let Some(accounts) = args.accounts {
        config = config.accounts(accounts);
    }
    if let Some(users) = args.users {
        config = config.users(users);
    }
    if let Some(bots) = args.bots {
        config = config.bots(bots);
    }
    if let Some(logins) = args.logins {
        config = config.logins(logins);
    }
    if let Some(proxies) = args.proxies {
        config = config.proxies(proxies);
    }
    if let Some(seed) = args.seed {
        config = config.seed(seed);
    }
    if let Some(dcs) = args.dcs {
        config = config.dcs(dcs);
    }
    config
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(config(Args::parse())).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let mut text = format!("tg-sim: {error}");
            let mut cause = error.source();
            while let Some(inner) = cause {
                text.push_str(&format!(": {inner}"));
                cause = inner.source();
            }
            // If even this cannot be written, the exit code has to do.
            let _ = writeln!(io::stderr(), "{text}");
            match error.downcast_ref() {
                Some(SimError::NotLoopback(_) | SimError::Size { .. }) => ExitCode::from(2),
                _ => ExitCode::FAILURE,
            }
        }
    }
}

async fn run(config: SimConfig) -> Result<(), Box<dyn Error>> {
    // Before anything can be seen of us, so that a signal right after the ready line ends us cleanly.
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let sim = Sim::start(config).await?;
    announce(&sim)?;
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    sim.shutdown().await?;
    Ok(())
}

/// A reader that is gone is no reason not to serve.
fn announce(sim: &Sim) -> Result<(), Box<dyn Error>> {
    let line = serde_json::to_string(sim.ready())?;
    let mut stdout = io::stdout();
    match writeln!(stdout, "{line}").and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}
