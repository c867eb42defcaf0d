//! Clients, worlds and HTTP for the tests.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use grammers_mtsender::{
    ConnectionParams, InvocationError, NoRetries, RpcError, SenderPool, SenderPoolFatHandle,
};
use grammers_session::SessionData;
use grammers_session::storages::MemorySession;
use grammers_session::types::DcOption;
use grammers_session::updates::UpdatesLike;
use grammers_tl_types::{RemoteCall, enums, functions as f, types as t};
use serde_json::Value;
use tempfile::TempDir;
use tg_sim::{Sim, SimConfig};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// Far more than anything here takes; a test that waits so long has failed.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// A simulator in a folder of its own.
pub(crate) struct World {
    pub(crate) sim: Sim,
    pub(crate) dir: TempDir,
}

pub(crate) fn config(dir: &Path) -> SimConfig {
    SimConfig::new(dir).accounts(3).users(200).bots(1).seed(11)
}

impl World {
    pub(crate) async fn start() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let sim = Sim::start(config(dir.path())).await.unwrap();
        Self { sim, dir }
    }

    /// Ends the simulator and starts it again in the same folder.
    pub(crate) async fn restart(self) -> Self {
        self.sim.shutdown().await.unwrap();
        let sim = Sim::start(SimConfig::new(self.dir.path())).await.unwrap();
        Self { sim, dir: self.dir }
    }

    pub(crate) async fn client(&self, name: &str) -> Client {
        Client::connect(self.dir.path(), name).await
    }

    pub(crate) fn json(&self, file: &str) -> Value {
        serde_json::from_slice(&std::fs::read(self.dir.path().join(file)).unwrap()).unwrap()
    }

    /// A user with a username: id, username.
    pub(crate) fn named_user(&self, n: usize) -> (i64, String) {
        let users = self.json("users.json");
        let mut named =
            users.as_array().unwrap().iter().filter(|user| user["username"].is_string());
        let user = named.nth(n).unwrap();
        (user["user_id"].as_i64().unwrap(), user["username"].as_str().unwrap().to_owned())
    }

    pub(crate) fn journal(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(self.sim.journal_path()).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    pub(crate) async fn post(&self, path: &str, body: &str) -> (u16, Value) {
        http(self.sim.control_url(), "POST", path, body).await
    }

    pub(crate) async fn get(&self, path: &str) -> (u16, Value) {
        http(self.sim.control_url(), "GET", path, "").await
    }
}

/// A request over a connection of its own.
pub(crate) async fn http(base: &str, verb: &str, path: &str, body: &str) -> (u16, Value) {
    let address: SocketAddr = base.strip_prefix("http://").unwrap().parse().unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!(
        "{verb} {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    timeout(PATIENCE, stream.read_to_string(&mut answer)).await.unwrap().unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, serde_json::from_str(body).unwrap_or(Value::Null))
}

/// A grammers client with the keys of an account.
pub(crate) struct Client {
    pub(crate) user_id: i64,
    pub(crate) home_dc: i32,
    pub(crate) updates: mpsc::Receiver<UpdatesLike>,
    handle: SenderPoolFatHandle,
    runner: JoinHandle<()>,
}

impl Client {
    pub(crate) async fn connect(state_dir: &Path, name: &str) -> Self {
        Self::with_keys_of(state_dir, "accounts.json", name).await
    }

    /// The same with the keys in another file.
    pub(crate) async fn with_keys_of(state_dir: &Path, file: &str, name: &str) -> Self {
        let accounts = std::fs::read(state_dir.join(file)).unwrap();
        let accounts: Vec<Value> = serde_json::from_slice(&accounts).unwrap();
        let account = accounts.iter().find(|a| a["name"] == name).unwrap();
        let home_dc = i32::try_from(account["home_dc"].as_i64().unwrap()).unwrap();
        let mut data = SessionData { home_dc, ..SessionData::default() };
        data.dc_options.clear();
        for (dc, address) in account["dcs"].as_object().unwrap() {
            let SocketAddr::V4(ipv4) = address.as_str().unwrap().parse().unwrap() else {
                panic!("the simulator listens on IPv4 here");
            };
            let key = hex::decode(account["keys"][dc].as_str().unwrap()).unwrap();
            let id = dc.parse().unwrap();
            let option = DcOption {
                id,
                ipv4,
                ipv6: "[::1]:1".parse().unwrap(),
                auth_key: Some(key.try_into().unwrap()),
            };
            data.dc_options.insert(id, option);
        }
        let params =
            ConnectionParams { retry_policy: Box::new(NoRetries), ..ConnectionParams::default() };
        let session = Arc::new(MemorySession::from(data));
        let pool = SenderPool::with_configuration(session, 1, params);
        Self {
            user_id: account["user_id"].as_i64().unwrap(),
            home_dc,
            updates: pool.updates,
            handle: pool.handle,
            runner: tokio::spawn(pool.runner.run()),
        }
    }

    pub(crate) async fn try_in<R: RemoteCall>(
        &self,
        dc: i32,
        call: &R,
    ) -> Result<R::Return, InvocationError> {
        timeout(PATIENCE, self.handle.invoke_in_dc(dc, call)).await.unwrap()
    }

    pub(crate) async fn try_call<R: RemoteCall>(
        &self,
        call: &R,
    ) -> Result<R::Return, InvocationError> {
        self.try_in(self.home_dc, call).await
    }

    pub(crate) async fn call<R: RemoteCall>(&self, call: &R) -> R::Return {
        self.try_call(call).await.unwrap()
    }

    /// The error that a call is answered with.
    pub(crate) async fn refused<R: RemoteCall>(&self, call: &R) -> RpcError {
        match self.try_call(call).await {
            Err(InvocationError::Rpc(error)) => error,
            Err(other) => panic!("no answer: {other}"),
            Ok(_) => panic!("it was not refused"),
        }
    }

    pub(crate) async fn resolve(&self, username: &str) -> t::User {
        let call = f::contacts::ResolveUsername { username: username.into(), referer: None };
        let enums::contacts::ResolvedPeer::Peer(resolved) = self.call(&call).await;
        match resolved.users.into_iter().next() {
            Some(enums::User::User(user)) => user,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) async fn history(&self, peer: &enums::InputPeer) -> Vec<t::Message> {
        let answer = self.call(&get_history(peer.clone(), 0, 0, 100)).await;
        messages(answer)
    }

    pub(crate) async fn quit(self) {
        self.handle.quit();
        timeout(PATIENCE, self.runner).await.unwrap().unwrap();
    }
}

pub(crate) fn get_history(
    peer: enums::InputPeer,
    offset_id: i32,
    add_offset: i32,
    limit: i32,
) -> f::messages::GetHistory {
    f::messages::GetHistory {
        peer,
        offset_id,
        offset_date: 0,
        add_offset,
        limit,
        max_id: 0,
        min_id: 0,
        hash: 0,
    }
}

pub(crate) fn messages(answer: enums::messages::Messages) -> Vec<t::Message> {
    let list = match answer {
        enums::messages::Messages::Messages(all) => all.messages,
        enums::messages::Messages::Slice(slice) => slice.messages,
        other => panic!("{other:?}"),
    };
    let message = |message| match message {
        enums::Message::Message(message) => message,
        other => panic!("{other:?}"),
    };
    list.into_iter().map(message).collect()
}

pub(crate) fn input(user: &t::User) -> enums::InputPeer {
    t::InputPeerUser { user_id: user.id, access_hash: user.access_hash.unwrap() }.into()
}

pub(crate) fn send(
    peer: &enums::InputPeer,
    text: &str,
    random_id: i64,
) -> f::messages::SendMessage {
    f::messages::SendMessage {
        no_webpage: false,
        silent: false,
        background: false,
        clear_draft: false,
        noforwards: false,
        update_stickersets_order: false,
        invert_media: false,
        allow_paid_floodskip: false,
        peer: peer.clone(),
        reply_to: None,
        message: text.into(),
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

/// The message id in either form of answer, and whether it is the first.
pub(crate) fn sent_id(answer: enums::Updates) -> (i32, bool) {
    match answer {
        enums::Updates::UpdateShortSentMessage(sent) => (sent.id, true),
        enums::Updates::Updates(updates) => match &updates.updates[..] {
            [enums::Update::MessageId(id), enums::Update::NewMessage(new)] => {
                assert_eq!(new.pts_count, 0);
                (id.id, false)
            }
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}
