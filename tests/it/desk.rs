//! A world in which texts can be written: commands that know the simulator's Gemini, and what it was
//! asked.

use crate::world::{Said, World, said};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

/// What everybody gets who gets no text.
pub const TEMPLATE: &str = "The template.";

/// A world whose commands know the simulator's Gemini.
pub struct Desk {
    pub world: World,
    gemini: String,
    env: BTreeMap<&'static str, String>,
}

impl Desk {
    pub fn new(accounts: u32, users: u32) -> Self {
        let world = World::new(accounts, users);
        fs::write(world.path("hello.md"), TEMPLATE).unwrap();
        let hello = world.path("hello.md").display().to_string();
        let (accounts, people) = (world.sim_file("accounts.json"), world.sim_file("people.csv"));
        world.tg(&["init"]).ok();
        world.tg(&["account", "import", &accounts]).ok();
        world.tg(&["audience", "import", "friends", &people, "--consent", "asked"]).ok();
        world.tg(&["template", "add", "hello", &hello]).ok();
        let file: Value =
            serde_json::from_str(&fs::read_to_string(world.sim_file("world.json")).unwrap())
                .unwrap();
        let gemini = format!("http://127.0.0.1:{}", file["ports"]["gemini"]);
        let desk = Self { world, gemini, env: BTreeMap::new() };
        desk.prompt("invite", "Invite {{ first_name }} to the spring fair.");
        desk
    }

    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        self.env.insert(name, value.to_owned());
        self
    }

    pub fn prompt(&self, name: &str, text: &str) {
        let path = self.world.path(&format!("{name}.txt"));
        fs::write(&path, text).unwrap();
        let path = path.display().to_string();
        self.tg(&["template", "add", name, &path, "--format", "plain"]).ok();
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = self.world.command(args);
        command
            .env("TG_SECRET_GEMINI_API_KEY", "sim-key")
            .env("TG_GEMINI_BASE_URL", &self.gemini)
            .env("TG_NET_ALLOW_PRIVATE", "127.0.0.1")
            .env("TG_GEMINI_PER_MINUTE", "60000")
            .envs(self.env.iter());
        command
    }

    pub fn tg(&self, args: &[&str]) -> Said {
        said(self.command(args).output().unwrap())
    }

    pub fn json(&self, args: &[&str]) -> Value {
        self.tg(&[args, &["--output", "json"]].concat()).ok().json()
    }

    /// Makes and starts a campaign with personal texts.
    pub fn start(&self, name: &str, audience: &str, more: &[&str]) {
        let who = ["--audience", audience, "--template", "hello", "--accounts", "all"];
        let how = ["--pace", "unlimited", "--personal", "invite"];
        let fields = if more.contains(&"--fields") { &[][..] } else { &["--fields", "first_name"] };
        let all = [&["campaign", "create", name], &who[..], &how[..], fields, more].concat();
        self.tg(&all).ok();
        self.tg(&["campaign", "start", name]).ok();
    }

    pub fn run(&self) {
        self.tg(&["run", "--until-idle"]).ok();
    }

    pub fn report(&self, name: &str) -> Value {
        self.json(&["campaign", "report", name])
    }

    /// What the endpoint was asked.
    pub fn prompts(&self, method: &str) -> Vec<Value> {
        let text =
            fs::read_to_string(self.world.path("sim").join("prompts.jsonl")).unwrap_or_default();
        let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        lines.filter(|line| line["method"] == method).collect()
    }

    /// What was delivered, of all campaigns.
    pub fn texts(&self) -> Vec<String> {
        let journal = self.world.journal();
        let lines = journal.values().flatten();
        lines.map(|line| line["text"].as_str().unwrap().to_owned()).collect()
    }

    pub fn deliveries(&self, name: &str) -> Vec<Value> {
        let said = self.tg(&["campaign", "deliveries", name, "--output", "json"]).ok();
        said.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// People of the simulator, as rows of their file by column.
    pub fn people(&self) -> Vec<BTreeMap<String, String>> {
        let mut reader = csv::Reader::from_path(self.world.sim_file("people.csv")).unwrap();
        reader.deserialize().map(|row| row.unwrap()).collect()
    }

    /// An audience of some of them, with names of ours.
    pub fn audience(&self, name: &str, first_names: &[&str]) {
        let mut csv = "username,phone,first_name\n".to_owned();
        for (person, first_name) in self.people().iter().zip(first_names) {
            let (username, phone) = (&person["username"], &person["phone"]);
            let quoted = first_name.replace('"', "\"\"");
            csv.push_str(&format!("{username},{phone},\"{quoted}\"\n"));
        }
        let path = self.world.path(&format!("{name}.csv"));
        fs::write(&path, csv).unwrap();
        let path = path.display().to_string();
        self.tg(&["audience", "import", name, &path, "--consent", "asked"]).ok();
    }
}
