//! What grammers costs by itself: raw `messages.sendMessage` calls in a loop over pre-shared keys,
//! with no ledger, no pace and no policy. `cargo xtask bench` measures the engine against it.
//!
//! `bare_loop resolve SIM PEERS [USERS]` asks each account for its share of the simulator's users and writes
//! what it learned. `bare_loop send SIM PEERS DEPTH TEXT` sends each of them `TEXT`, in which `{}`
//! stands for the first name, with `DEPTH` calls of each account on their way at once; it reports
//! the loop's own time and processor time as one line of JSON.

use futures_util::{StreamExt, TryStreamExt, stream};
use grammers_client::sender::{ConnectionParams, NoRetries, SenderPool, SenderPoolFatHandle};
use grammers_client::session::storages::MemorySession;
use grammers_client::session::types::DcOption;
use grammers_client::session::{Session as _, SessionData};
use grammers_client::tl::{Deserializable, RemoteCall, enums, functions, types};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::error::Error;
use std::io::Write;
use std::net::SocketAddrV4;
use std::path::Path;
use std::sync::Arc;
use std::time::{Instant, SystemTime, UNIX_EPOCH};
use tokio::task::JoinSet;

type Fallible<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// An entry of the simulator's `accounts.json`.
#[derive(Clone, Deserialize)]
struct Account {
    home_dc: i32,
    dcs: BTreeMap<i32, SocketAddrV4>,
    keys: BTreeMap<i32, String>,
}

/// An entry of the simulator's `users.json`.
#[derive(Clone, Deserialize)]
struct User {
    username: Option<String>,
    phone: Option<String>,
    first_name: String,
}

/// Somebody whom an account can address.
#[derive(Clone, Deserialize, Serialize)]
struct Known {
    user_id: i64,
    hash: i64,
    first_name: String,
}

#[tokio::main(worker_threads = 4)]
async fn main() -> Fallible<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args.as_slice() {
        ["resolve", sim, peers] => resolve(Path::new(sim), Path::new(peers), usize::MAX).await,
        ["resolve", sim, peers, users] => {
            resolve(Path::new(sim), Path::new(peers), users.parse()?).await
        }
        ["send", sim, peers, depth, text] => {
            send(Path::new(sim), Path::new(peers), depth.parse()?, text).await
        }
        _ => Err("usage: bare_loop resolve SIM PEERS [USERS] | send SIM PEERS DEPTH TEXT".into()),
    }
}

async fn resolve(sim: &Path, peers: &Path, most: usize) -> Fallible<()> {
    let accounts: Vec<Account> = read(&sim.join("accounts.json"))?;
    let users: Vec<User> = read(&sim.join("users.json"))?;
    let mut tasks = JoinSet::new();
    for (number, account) in accounts.iter().enumerate() {
        let share = users.iter().take(most).skip(number).step_by(accounts.len());
        let (link, share) = (Link::open(account)?, share.cloned().collect::<Vec<_>>());
        tasks.spawn(async move {
            let known = stream::iter(share).map(|user| link.look_up(user)).buffered(8);
            let known: Vec<Known> = known.try_collect().await?;
            link.close().await;
            Fallible::Ok((number, known))
        });
    }
    let mut known: BTreeMap<usize, Vec<Known>> = BTreeMap::new();
    while let Some(done) = tasks.join_next().await {
        known.extend([done??]);
    }
    std::fs::write(peers, serde_json::to_vec(&known)?)?;
    Ok(())
}

async fn send(sim: &Path, peers: &Path, depth: usize, text: &str) -> Fallible<()> {
    let accounts: Vec<Account> = read(&sim.join("accounts.json"))?;
    let known: BTreeMap<usize, Vec<Known>> = read(peers)?;
    // Ids of this run alone: the simulator recognises a repeated one.
    let mut id = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_nanos())?;
    let (start, cpu) = (Instant::now(), cpu_ticks()?);
    let mut tasks = JoinSet::new();
    let mut messages = 0;
    for (number, share) in known {
        let link = Link::open(accounts.get(number).ok_or("more shares than accounts")?)?;
        let mut calls = Vec::with_capacity(share.len());
        for person in share {
            id += 1;
            calls.push((id, text.replace("{}", &person.first_name), person));
        }
        messages += calls.len();
        tasks.spawn(async move {
            let answers = stream::iter(calls)
                .map(|(id, text, person)| link.say(id, text, person))
                .buffer_unordered(depth.max(1));
            answers.try_collect::<()>().await?;
            link.close().await;
            Fallible::Ok(())
        });
    }
    while let Some(done) = tasks.join_next().await {
        done??;
    }
    let report = serde_json::json!({
        "messages": messages,
        "seconds": start.elapsed().as_secs_f64(),
        "cpu_ticks": cpu_ticks()? - cpu,
    });
    writeln!(std::io::stdout(), "{report}")?;
    Ok(())
}

/// One account's connection.
struct Link {
    handle: SenderPoolFatHandle,
    home: i32,
    runner: tokio::task::JoinHandle<()>,
    /// Updates are not read; the channel is kept so that the pool has a place for them.
    drain: tokio::task::JoinHandle<()>,
}

impl Link {
    fn open(account: &Account) -> Fallible<Self> {
        let mut data = SessionData { home_dc: account.home_dc, ..SessionData::default() };
        for (dc, addr) in &account.dcs {
            let key = hex::decode(account.keys.get(dc).ok_or("an account lacks a key")?)?;
            let key: [u8; 256] = key.try_into().map_err(|_| "a key is not 256 bytes long")?;
            let mapped = addr.ip().to_ipv6_mapped();
            let ipv6 = std::net::SocketAddrV6::new(mapped, addr.port(), 0, 0);
            let option = DcOption { id: *dc, ipv4: *addr, ipv6, auth_key: Some(key) };
            data.dc_options.insert(*dc, option);
        }
        let session = Arc::new(MemorySession::from(data));
        let home = session.home_dc_id()?;
        let pool = SenderPool::with_configuration(session, 1, params());
        let mut updates = pool.updates;
        Ok(Self {
            handle: pool.handle,
            home,
            runner: tokio::spawn(pool.runner.run()),
            drain: tokio::spawn(async move { while updates.recv().await.is_some() {} }),
        })
    }

    async fn call<R: RemoteCall>(&self, request: &R) -> Fallible<R::Return> {
        let bytes = self.handle.thin.raw_invoke_in_dc(self.home, request.to_bytes()).await?;
        Ok(R::Return::from_bytes(&bytes)?)
    }

    async fn look_up(&self, user: User) -> Fallible<Known> {
        let found = match (user.username, user.phone) {
            (Some(username), _) => {
                let request = functions::contacts::ResolveUsername { username, referer: None };
                self.call(&request).await?
            }
            (None, Some(phone)) => self.call(&functions::contacts::ResolvePhone { phone }).await?,
            (None, None) => return Err("a user has neither username nor phone".into()),
        };
        let enums::contacts::ResolvedPeer::Peer(found) = found;
        match found.users.into_iter().next() {
            Some(enums::User::User(types::User { id, access_hash: Some(hash), .. })) => {
                Ok(Known { user_id: id, hash, first_name: user.first_name })
            }
            _ => Err("an answer describes nobody".into()),
        }
    }

    async fn say(&self, id: i64, message: String, to: Known) -> Fallible<()> {
        let peer = types::InputPeerUser { user_id: to.user_id, access_hash: to.hash };
        match self.call(&request(id, message, peer.into())).await? {
            enums::Updates::UpdateShortSentMessage(_) | enums::Updates::Updates(_) => Ok(()),
            _ => Err("an unexpected answer".into()),
        }
    }

    async fn close(self) {
        self.handle.thin.quit();
        for task in [self.runner, self.drain] {
            if task.await.is_err() {
                tracing::error!("a task of the connection panicked");
            }
        }
    }
}

fn request(
    random_id: i64,
    message: String,
    peer: enums::InputPeer,
) -> functions::messages::SendMessage {
    functions::messages::SendMessage {
        no_webpage: false,
        silent: false,
        background: false,
        clear_draft: false,
        noforwards: false,
        update_stickersets_order: false,
        invert_media: false,
        allow_paid_floodskip: false,
        peer,
        reply_to: None,
        message,
        random_id,
        reply_markup: None,
        entities: None,
        schedule_date: None,
        schedule_repeat_period: None,
        send_as: None,
        quick_reply_shortcut: None,
        effect: None,
        allow_paid_stars: None,
        suggested_post: None,
        rich_message: None,
    }
}

/// Every field is named: the default asks the operating system by starting other programs.
fn params() -> ConnectionParams {
    let word = |text: &str| text.to_owned();
    ConnectionParams {
        device_model: word("bare loop"),
        system_version: word("linux"),
        app_version: word("1"),
        system_lang_code: word("en"),
        lang_code: word("en"),
        proxy_url: None,
        use_ipv6: false,
        retry_policy: Box::new(NoRetries),
        updates_channel_capacity: std::num::NonZeroUsize::MIN.saturating_add(127),
        __non_exhaustive: (),
    }
}

fn read<T: serde::de::DeserializeOwned>(path: &Path) -> Fallible<T> {
    let bytes = std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(serde_json::from_slice(&bytes)?)
}

/// Processor time of this process so far, user and system, in clock ticks (proc(5), fields 14 and
/// 15; the name before them may contain anything, but its closing parenthesis is the last one).
fn cpu_ticks() -> Fallible<u64> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let (_, rest) = stat.rsplit_once(')').ok_or("no name in /proc/self/stat")?;
    let mut fields = rest.split_ascii_whitespace().skip(11);
    let mut next = || Fallible::Ok(fields.next().ok_or("a short /proc/self/stat")?.parse::<u64>()?);
    Ok(next()? + next()?)
}
