//! A running simulator, as programs that embed it see it.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::config::SimConfig;
use crate::error::{ScriptError, SimError};
use crate::proxies::{Proxy, address_of};
use crate::ready::Ready;
use crate::shared::Shared;
use crate::stats::Stats;
use crate::world::{Ports, World, WorldFile, WorldSpec, write_people, write_proxies};
use crate::{control, gemini, proxies, server, sms};

/// A simulator. Dropping it ends its tasks; [`Sim::shutdown`] also waits for them.
#[derive(Debug)]
pub struct Sim {
    shared: Arc<Shared>,
    ready: Ready,
    stop: watch::Sender<bool>,
    tasks: JoinSet<()>,
}

/// The sockets of a simulator that does not serve yet.
struct Sockets {
    dcs: Vec<(i32, TcpListener, SocketAddr)>,
    control: TcpListener,
    control_address: SocketAddr,
    sms: TcpListener,
    sms_address: SocketAddr,
    proxies: Vec<(TcpListener, SocketAddr)>,
    gemini: TcpListener,
    gemini_address: SocketAddr,
}

impl Sim {
    /// Makes a world in the configured folder, or continues the one in it, and serves. When this returns, the files are
    /// written and the sockets accept. Must be called within a tokio runtime with I/O and time.
    ///
    /// # Errors
    /// See [`SimError`]: an address that is not loopback, a folder with another world, a port that is taken, files that
    /// cannot be read or written.
    pub async fn start(config: SimConfig) -> Result<Self, SimError> {
        if !config.listen.ip().is_loopback() {
            return Err(SimError::NotLoopback(config.listen));
        }
        let state_dir = prepare(&config.state_dir)?;
        let former = WorldFile::read(&state_dir)?;
        let spec = match &former {
            Some(file) => {
                file.matches(&config, &state_dir)?;
                file.world.clone().checked()?
            }
            None => config.spec()?,
        };
        let sockets = bind(config.listen, &spec, former.map(|file| file.ports)).await?;
        let addresses: BTreeMap<i32, SocketAddr> =
            sockets.dcs.iter().map(|(dc, _, address)| (*dc, *address)).collect();
        let ports = Ports {
            dcs: addresses.iter().map(|(dc, at)| (*dc, at.port())).collect(),
            control: sockets.control_address.port(),
            sms: sockets.sms_address.port(),
            proxies: sockets.proxies.iter().map(|(_, at)| at.port()).collect(),
            gemini: sockets.gemini_address.port(),
        };
        let world = World::generate(&spec);
        write_people(&state_dir, &world, &addresses)?;
        let proxy =
            |(n, (_, at)): (u32, &(_, SocketAddr))| Arc::new(Proxy::new(n, *at, world.seeded));
        let proxies: Vec<_> = (0..).zip(&sockets.proxies).map(proxy).collect();
        write_proxies(&state_dir, &proxies)?;
        WorldFile { world: spec, ports }.write(&state_dir)?;
        let shared = Arc::new(Shared::open(world, addresses.clone(), proxies, &state_dir)?);
        let ready = Ready {
            telegram: addresses,
            control: format!("http://{}", sockets.control_address),
            sms: format!("http://{}", sockets.sms_address),
            gemini: format!("http://{}", sockets.gemini_address),
            state: state_dir,
        };
        Ok(Self::serve(shared, sockets, ready))
    }

    fn serve(shared: Arc<Shared>, sockets: Sockets, ready: Ready) -> Self {
        let (stop, stopped) = watch::channel(false);
        let mut tasks = JoinSet::new();
        for (dc, listener, _) in sockets.dcs {
            tasks.spawn(server::serve(listener, dc, Arc::clone(&shared), stopped.clone()));
        }
        tasks.spawn(control::serve(sockets.control, Arc::clone(&shared), stopped.clone()));
        for ((listener, _), proxy) in sockets.proxies.into_iter().zip(&shared.proxies) {
            tasks.spawn(proxies::serve(listener, Arc::clone(proxy), stopped.clone()));
        }
        tasks.spawn(sms::serve(sockets.sms, Arc::clone(&shared), stopped.clone()));
        tasks.spawn(gemini::serve(sockets.gemini, Arc::clone(&shared), stopped));
        Self { shared, ready, stop, tasks }
    }

    /// Where everything is, as `tg-sim` prints it.
    #[must_use]
    pub fn ready(&self) -> &Ready {
        &self.ready
    }

    /// Addresses of the data centres, by their numbers.
    #[must_use]
    pub fn addresses(&self) -> &BTreeMap<i32, SocketAddr> {
        &self.ready.telegram
    }

    /// Base URL of the control interface, without a slash at its end.
    #[must_use]
    pub fn control_url(&self) -> &str {
        &self.ready.control
    }

    /// The folder with `accounts.json`, `people.csv` and the journal.
    #[must_use]
    pub fn state_dir(&self) -> &Path {
        &self.ready.state
    }

    /// One line for each message that was delivered.
    #[must_use]
    pub fn journal_path(&self) -> PathBuf {
        self.state_dir().join("journal.jsonl")
    }

    /// What has been called and delivered, as `GET /stats` answers.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.shared.stats()
    }

    /// Replaces the rules by a JSON list of them, as `POST /script` does.
    ///
    /// # Errors
    /// The list is malformed; then the old rules stay.
    pub fn set_rules(&self, json: &str) -> Result<(), ScriptError> {
        self.shared.set_rules(json)
    }

    /// As if the time for which Telegram keeps missed updates had passed, as `POST /forget_updates`
    /// does.
    ///
    /// # Errors
    /// It could not be recorded.
    pub fn forget_updates(&self) -> std::io::Result<()> {
        self.shared.forget_updates();
        self.shared.flush()
    }

    /// Ends all connections and waits until the last task is gone; the journal is written before.
    ///
    /// # Errors
    /// The journal could not be written. The tasks are gone all the same.
    pub async fn shutdown(mut self) -> Result<(), SimError> {
        self.stop.send_replace(true);
        while self.tasks.join_next().await.is_some() {}
        let flushed = self.shared.flush();
        flushed.map_err(|error| SimError::file("write", self.journal_path(), error))
    }
}

/// Makes the folder, for its owner only, and gives its absolute path.
fn prepare(state_dir: &Path) -> Result<PathBuf, SimError> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
        .create(state_dir)
        .and_then(|()| std::path::absolute(state_dir))
        .map_err(|error| SimError::file("make", state_dir, error))
}

/// Opens the ports of a former run, else those asked for, else any.
async fn bind(
    listen: SocketAddr,
    spec: &WorldSpec,
    former: Option<Ports>,
) -> Result<Sockets, SimError> {
    let mut next = listen.port();
    let mut following = || {
        let port = next;
        next = if next == 0 { 0 } else { next.wrapping_add(1) };
        port
    };
    let kept = former.filter(|_| listen.port() == 0);
    let mut dcs = Vec::new();
    for &dc in &spec.dcs {
        let former = kept.as_ref().and_then(|ports| ports.dcs.get(&dc).copied());
        let (listener, address) = open(listen, former.unwrap_or_else(&mut following)).await?;
        dcs.push((dc, listener, address));
    }
    let former_proxies = kept.as_ref().map(|ports| ports.proxies.clone()).unwrap_or_default();
    let mut port = |former: Option<u16>| former.unwrap_or_else(&mut following);
    let ports = kept.as_ref();
    let (control, control_address) = open(listen, port(ports.map(|p| p.control))).await?;
    let (sms, sms_address) = open(listen, port(ports.map(|p| p.sms))).await?;
    let (gemini, gemini_address) = open(listen, port(ports.map(|p| p.gemini))).await?;
    let mut proxies = Vec::new();
    for number in 0..spec.proxies {
        let index = usize::try_from(number).unwrap_or(usize::MAX);
        let port = former_proxies.get(index).copied().unwrap_or(0);
        proxies.push(open(SocketAddr::new(address_of(number), 0), port).await?);
    }
    Ok(Sockets { dcs, control, control_address, sms, sms_address, proxies, gemini, gemini_address })
}

async fn open(listen: SocketAddr, port: u16) -> Result<(TcpListener, SocketAddr), SimError> {
    let address = SocketAddr::new(listen.ip(), port);
    let fail = |source| SimError::Bind { address, source };
    let listener = TcpListener::bind(address).await.map_err(fail)?;
    let bound = listener.local_addr().map_err(fail)?;
    Ok((listener, bound))
}
