//! A simulator, a home, and the judge that compares the simulator's journal with the home's ledger.

use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use tempfile::TempDir;

/// A simulator and a home in a folder of their own; both end with the test.
pub struct World {
    dir: TempDir,
    sim: Child,
    control: String,
    /// Accounts, users, bots.
    size: [u32; 3],
    /// Further arguments of the simulator.
    extra: Vec<String>,
}

/// What a finished command said.
pub struct Said {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Said {
    /// The last JSON document on standard output.
    pub fn json(&self) -> Value {
        let line = self.out.trim().lines().last().unwrap_or_default();
        serde_json::from_str(line)
            .or_else(|_| serde_json::from_str(&self.out))
            .unwrap_or_else(|e| panic!("no JSON ({e}): {}\n{}", self.out, self.err))
    }

    #[track_caller]
    pub fn ok(self) -> Self {
        assert_eq!(self.code, Some(0), "out: {}\nerr: {}", self.out, self.err);
        self
    }

    #[track_caller]
    pub fn fails(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "out: {}\nerr: {}", self.out, self.err);
        self
    }
}

fn bin_dir() -> PathBuf {
    Path::new(env!("CARGO_BIN_EXE_tg")).parent().unwrap().to_owned()
}

impl World {
    /// A fresh simulator and no home yet.
    pub fn new(accounts: u32, users: u32) -> Self {
        Self::with_bots(accounts, users, 0)
    }

    /// The same with bots, `bot01` and so on.
    pub fn with_bots(accounts: u32, users: u32, bots: u32) -> Self {
        Self::with_sim([accounts, users, bots], &[])
    }

    /// The same with further arguments for the simulator.
    pub fn with_sim(size: [u32; 3], extra: &[&str]) -> Self {
        let dir = TempDir::new().unwrap();
        let extra: Vec<String> = extra.iter().map(|arg| (*arg).to_owned()).collect();
        let (sim, control) = start_sim(&dir.path().join("sim"), size, &extra);
        Self { dir, sim, control, size, extra }
    }

    /// Asks the simulator's control something.
    pub fn ask(&self, path: &str) -> Value {
        serde_json::from_str(&http(&format!("{}{path}", self.control), None).1).unwrap()
    }

    /// Asks another part of the simulator something.
    pub fn ask_at(&self, url: &str) -> Value {
        serde_json::from_str(&http(url, None).1).unwrap()
    }

    /// Tells the simulator's control something; it has to agree.
    #[track_caller]
    pub fn tell(&self, path: &str, body: &Value) {
        let answer = http(&format!("{}{path}", self.control), Some(body));
        assert!(answer.0, "the simulator refused {body}: {}", answer.1);
    }

    /// Tells another part of the simulator something.
    #[track_caller]
    pub fn hand_to(&self, url: &str, body: &Value) {
        let answer = http(url, Some(body));
        assert!(answer.0, "the simulator refused {body}: {}", answer.1);
    }

    /// A fresh simulator and a home with the campaign `spring`, not started.
    pub fn with_campaign(accounts: u32, users: u32) -> Self {
        let world = Self::new(accounts, users);
        world.prepare("Hi {{ first_name }}, **spring** is here.");
        world
    }

    /// Makes the home and the campaign.
    pub fn prepare(&self, template: &str) {
        fs::write(self.path("hello.md"), template).unwrap();
        let people = self.sim_file("people.csv");
        let accounts = self.sim_file("accounts.json");
        self.tg(&["init"]).ok();
        self.tg(&["account", "import", &accounts]).ok();
        self.tg(&["audience", "import", "friends", &people, "--consent", "signed up at the fair"])
            .ok();
        self.tg(&["template", "add", "hello", &self.path("hello.md").display().to_string()]).ok();
        self.create("spring");
    }

    /// Makes a campaign to everybody, through all accounts.
    pub fn create(&self, name: &str) {
        let who = ["--audience", "friends", "--template", "hello", "--accounts", "all"];
        self.tg(&[&["campaign", "create", name], &who[..], &["--pace", "unlimited"]].concat()).ok();
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn home(&self) -> PathBuf {
        self.path("home")
    }

    pub fn sim_file(&self, name: &str) -> String {
        self.path("sim").join(name).display().to_string()
    }

    /// A command over this home, not started.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tg"));
        command
            .args(args)
            .current_dir(self.dir.path())
            .env_clear()
            .env("TG_HOME", self.home())
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .stdin(Stdio::null());
        command
    }

    /// Runs a command to its end.
    pub fn tg(&self, args: &[&str]) -> Said {
        said(self.command(args).output().unwrap())
    }

    /// Runs a command to its end, with JSON output.
    pub fn tg_json(&self, args: &[&str]) -> Said {
        let mut all = args.to_vec();
        all.extend(["--output", "json"]);
        self.tg(&all)
    }

    /// Replaces the simulator's rules.
    pub fn script(&self, rules: &Value) {
        let answer = http(&format!("{}/script", self.control), Some(rules));
        assert!(answer.0, "the simulator refused the script: {}", answer.1);
    }

    /// Makes a user write to an account; the message's number in the account's box.
    pub fn say(&self, user: i64, account: &str, text: &str) -> i64 {
        self.say_to(user, account, text, None)
    }

    /// The same in answer to one of the account's messages.
    pub fn say_to(&self, user: i64, account: &str, text: &str, reply_to: Option<i64>) -> i64 {
        let body = serde_json::json!({
            "from_user_id": user, "to_account": account, "text": text, "reply_to": reply_to,
        });
        let answer = http(&format!("{}/say", self.control), Some(&body));
        assert!(answer.0, "the simulator refused to say it: {}", answer.1);
        let answer: Value = serde_json::from_str(&answer.1).unwrap();
        answer["message_id"].as_i64().unwrap()
    }

    /// As if the time for which Telegram keeps missed updates had passed.
    pub fn forget_updates(&self) {
        assert!(http(&format!("{}/forget_updates", self.control), Some(&Value::Null)).0);
    }

    /// Posts any bytes to a path of the simulator's control: the status, and the answer. 0 if the
    /// connection ended before there was one.
    pub fn post(&self, path: &str, body: Vec<u8>) -> (u16, String) {
        post(&format!("{}/{path}", self.control), body, &[])
    }

    /// The simulator's statistics.
    pub fn stats(&self) -> Value {
        serde_json::from_str(&http(&format!("{}/stats", self.control), None).1).unwrap()
    }

    /// Calls of a method that the simulator has answered or failed.
    pub fn calls(&self, method: &str) -> u64 {
        let stats = self.stats();
        let call = &stats["calls"][method];
        call["ok"].as_u64().unwrap_or(0) + call["errors"].as_u64().unwrap_or(0)
    }

    /// Ends the simulator at once and starts it again in the same folder.
    pub fn restart_sim(&mut self) {
        self.stop_sim();
        let (sim, control) = start_sim(&self.dir.path().join("sim"), self.size, &self.extra);
        self.sim = sim;
        self.control = control;
    }

    pub fn stop_sim(&mut self) {
        let _ = self.sim.kill();
        let _ = self.sim.wait();
    }

    /// What was delivered: lines of the journal, per user.
    pub fn journal(&self) -> BTreeMap<i64, Vec<Value>> {
        let mut by_user: BTreeMap<i64, Vec<Value>> = BTreeMap::new();
        let text = fs::read_to_string(self.path("sim").join("journal.jsonl")).unwrap_or_default();
        // A line that is being written has no end yet.
        for line in text.split_inclusive('\n').filter(|l| l.ends_with('\n')) {
            let line: Value = serde_json::from_str(line).unwrap();
            let user = line["to_user_id"].as_i64().unwrap();
            by_user.entry(user).or_default().push(line);
        }
        by_user
    }

    /// The home's ledger of the campaign.
    pub fn deliveries(&self) -> Vec<Value> {
        let said = self.tg_json(&["campaign", "deliveries", "spring"]).ok();
        said.out.lines().map(|l| serde_json::from_str(l).unwrap()).collect()
    }

    /// Telegram ids of the people, in order.
    pub fn users(&self) -> Vec<i64> {
        let text = fs::read_to_string(self.sim_file("users.json")).unwrap();
        let users: Value = serde_json::from_str(&text).unwrap();
        users.as_array().unwrap().iter().filter_map(|u| u["user_id"].as_i64()).collect()
    }

    pub fn report(&self) -> Value {
        self.tg_json(&["campaign", "report", "spring"]).ok().json()
    }

    /// The promise: at most one message per person, exactly one outcome per recipient, and the
    /// outcome tells the truth about the message. Returns the outcomes with their counts.
    #[track_caller]
    pub fn judge(&self) -> BTreeMap<String, u64> {
        let journal = self.journal();
        for (user, lines) in &journal {
            assert_eq!(lines.len(), 1, "user {user} got {} messages", lines.len());
        }
        let deliveries = self.deliveries();
        let report = self.report();
        assert_eq!(report["recipients"].as_u64(), Some(deliveries.len() as u64));
        assert_sum(&report);
        let mut outcomes: BTreeMap<String, u64> = BTreeMap::new();
        let mut delivered = 0;
        for delivery in &deliveries {
            let outcome = delivery["outcome"].as_str().unwrap();
            *outcomes.entry(outcome.to_owned()).or_default() += 1;
            let line = delivery["user_id"].as_i64().and_then(|id| journal.get(&id)).map(|l| &l[0]);
            match outcome {
                "sent" => {
                    let line =
                        line.unwrap_or_else(|| panic!("sent, but not delivered: {delivery}"));
                    assert_eq!(line["message_id"], delivery["message_id"], "{delivery}");
                    assert_eq!(line["random_id"], delivery["random_id"], "{delivery}");
                    delivered += 1;
                }
                // Unfinished rows may be in doubt: a copy may be there.
                "unknown" | "pending" | "deferred" => delivered += usize::from(line.is_some()),
                _ => assert!(line.is_none(), "{outcome}, but delivered: {delivery}"),
            }
        }
        assert_eq!(delivered, journal.len(), "the journal has messages that the ledger does not");
        outcomes
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.stop_sim();
    }
}

/// The report's sum.
#[track_caller]
pub fn assert_sum(report: &Value) {
    let n = |v: &Value| v.as_u64().unwrap_or_else(|| panic!("no number in {report}"));
    let unknown = &report["unknown"];
    let unknown = unknown.as_u64().unwrap_or_else(|| n(&unknown["total"]));
    let sum = n(&report["pending"])
        + n(&report["sent"])
        + n(&report["failed"]["total"])
        + n(&report["skipped"]["total"])
        + unknown
        + n(&report["deferred"])
        + n(&report["canceled"]);
    assert_eq!(n(&report["recipients"]), sum, "{report}");
}

pub fn said(output: Output) -> Said {
    Said {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

fn start_sim(state: &Path, [accounts, users, bots]: [u32; 3], extra: &[String]) -> (Child, String) {
    let mut sim = Command::new(bin_dir().join("tg-sim"))
        .arg("--state")
        .arg(state)
        .args(["--accounts", &accounts.to_string(), "--users", &users.to_string(), "--seed", "7"])
        .args(["--bots", &bots.to_string()])
        .args(extra)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .expect("tg-sim is built beside tg");
    let mut line = String::new();
    BufReader::new(sim.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let ready: Value = serde_json::from_str(&line).unwrap_or_else(|e| panic!("{e}: {line}"));
    (sim, ready["control"].as_str().unwrap().to_owned())
}

/// A request to the simulator's control: whether it succeeded, and the body.
fn http(url: &str, body: Option<&Value>) -> (bool, String) {
    // The program's HTTP client knows TLS, and tests share its build; whoever came first has set it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let request = match body {
            Some(json) => client.post(url).json(json),
            None => client.get(url),
        };
        let answer = request.send().await.unwrap();
        (answer.status().is_success(), answer.text().await.unwrap())
    })
}

/// Posts any bytes with headers: the status, and the answer. 0 if the connection ended before there
/// was one.
pub fn post(url: &str, body: Vec<u8>, headers: &[(&str, &str)]) -> (u16, String) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let mut request = client.post(url).body(body);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        match request.send().await {
            Ok(answer) => (answer.status().as_u16(), answer.text().await.unwrap_or_default()),
            Err(error) => (0, error.to_string()),
        }
    })
}

/// Waits until `condition` holds; the test runner ends a test that waits in vain.
pub fn wait_until(what: &str, mut condition: impl FnMut() -> bool) {
    for _ in 0..6_000 {
        if condition() {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(10)); // tidy: poll
    }
    panic!("never happened: {what}");
}
