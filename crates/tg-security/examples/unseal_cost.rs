//! What unsealing the sessions of all accounts costs at start-up.
//!
//! `unseal_cost ACCOUNTS ROUNDS` seals so many sessions with the keys of five data centres each,
//! and prints one line of JSON per round: milliseconds to open them all, and to copy their sealed
//! bytes, which is what a start without sealing would do.

use std::error::Error;
use std::io::Write;
use std::time::Instant;
use tg_core::ids::{AccountId, UserId};
use tg_core::ports::{DcAuth, SealedRecord, Session};
use tg_security::{MasterKey, SealedSessions, Sealer};

type Fallible<T> = Result<T, Box<dyn Error + Send + Sync>>;

fn main() -> Fallible<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [accounts, rounds] = args.as_slice() else {
        return Err("usage: unseal_cost ACCOUNTS ROUNDS".into());
    };
    let sealer = Sealer::new(&MasterKey::generate(1)?);
    let sealed: Vec<(AccountId, SealedRecord)> = (1..=accounts.parse::<i64>()?)
        .map(|number| {
            let account = AccountId(number);
            Ok((account, SealedSessions::seal(&sealer, account, &session(number)?)?))
        })
        .collect::<Fallible<_>>()?;
    for _ in 0..rounds.parse::<u32>()? {
        let begun = Instant::now();
        for (account, record) in &sealed {
            std::hint::black_box(SealedSessions::open(&sealer, *account, record)?);
        }
        let open = begun.elapsed();
        let begun = Instant::now();
        for (_, record) in &sealed {
            std::hint::black_box(record.bytes.clone());
        }
        let copy = begun.elapsed();
        let line = serde_json::json!({
            "open_ms": open.as_secs_f64() * 1e3, "copy_ms": copy.as_secs_f64() * 1e3
        });
        writeln!(std::io::stdout(), "{line}")?;
    }
    Ok(())
}

/// A session as a signed-in account has it.
fn session(number: i64) -> Fallible<Session> {
    let key = u8::try_from(number % 251)?;
    let dcs = (1..=5)
        .map(|dc| Ok(DcAuth { dc, addr: "149.154.167.51:443".parse()?, key: Some([key; 256]) }))
        .collect::<Fallible<_>>()?;
    Ok(Session { user_id: UserId(number), is_bot: false, home_dc: 2, dcs, updates: None })
}
