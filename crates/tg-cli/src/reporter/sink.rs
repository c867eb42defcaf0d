//! Takes the engine's events without keeping it waiting, and shows them from a thread of its own.

use super::counts::{Known, Totals};
use super::news::News;
use super::screen::Screen;
use crate::printer::Printer;
use serde::Serialize;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Instant;
use tg_engine::{EventSink, RunEvent};

/// Events that may wait for a slow reader. What comes on top is counted, and the reader is told.
const QUEUE: usize = 65_536;

/// Shows a run until it is told that the run has ended.
#[derive(Debug)]
pub(crate) struct Reporter {
    shared: Arc<Shared>,
    thread: JoinHandle<()>,
}

#[derive(Debug)]
struct Shared {
    queue: SyncSender<Message>,
    totals: Mutex<Totals>,
    /// Events that found the queue full and are not reported yet.
    missed: AtomicU64,
    json: bool,
}

#[derive(Debug)]
enum Message {
    Event(Box<RunEvent>),
    End,
}

/// Tells a script that it reads too slowly.
#[derive(Serialize)]
struct Missed {
    schema: &'static str,
    at: String,
    kind: &'static str,
    count: u64,
}

impl Reporter {
    /// Begins to show; `known` are the campaigns that are under way.
    pub(crate) fn start(printer: &Arc<Printer>, known: &[Known]) -> std::io::Result<Self> {
        let (queue, events) = sync_channel(QUEUE);
        let shared = Arc::new(Shared {
            queue,
            totals: Mutex::new(Totals::new(known)),
            missed: AtomicU64::new(0),
            json: printer.is_json(),
        });
        let (printer, theirs) = (Arc::clone(printer), Arc::clone(&shared));
        let thread = std::thread::Builder::new().name("tg-reporter".into()).spawn(move || {
            if theirs.json {
                write_json(&printer, &events, &theirs);
            } else {
                show(Screen::new(printer.draws()), &events, &theirs);
            }
        })?;
        Ok(Self { shared, thread })
    }

    /// Where the engine sends its events.
    pub(crate) fn sink(&self) -> Arc<dyn EventSink> {
        Arc::clone(&self.shared) as Arc<dyn EventSink>
    }

    /// Shows what is left and ends the thread. Waits for a slow reader.
    pub(crate) fn finish(self) {
        // Fails only if the thread is gone already, and a panic in it was printed by then.
        let _ = self.shared.queue.send(Message::End);
        let _ = self.thread.join();
    }
}

impl Shared {
    fn totals(&self) -> Totals {
        self.totals.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl EventSink for Shared {
    fn emit(&self, event: RunEvent) {
        let counted = self.totals.lock().unwrap_or_else(PoisonError::into_inner).count(&event.kind);
        // People see deliveries as totals only.
        if counted && !self.json {
            return;
        }
        if self.queue.try_send(Message::Event(Box::new(event))).is_err() {
            self.missed.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// One line of JSON per event, handed over whenever the queue is empty.
fn write_json(printer: &Printer, events: &Receiver<Message>, shared: &Shared) {
    loop {
        let message = match events.try_recv() {
            Ok(message) => message,
            Err(_) => {
                // A full disk behind stdout is reported by the last line of the run.
                let _ = printer.flush();
                match events.recv() {
                    Ok(message) => message,
                    Err(_) => return,
                }
            }
        };
        let missed = shared.missed.swap(0, Ordering::Relaxed);
        if missed > 0 {
            let at = jiff::Timestamp::now().to_string();
            let line = Missed { schema: "tg.event/1", at, kind: "missed", count: missed };
            let _ = printer.json(&line);
        }
        match message {
            Message::Event(event) => {
                let _ = printer.json(&tg_app::json::Event::from(&*event));
            }
            Message::End => return,
        }
    }
}

/// News as it comes, totals every tick.
fn show(mut screen: Screen, events: &Receiver<Message>, shared: &Shared) {
    let mut news = News::default();
    let mut next = Instant::now() + screen.tick();
    loop {
        match events.recv_timeout(next.saturating_duration_since(Instant::now())) {
            Ok(Message::Event(event)) => {
                if let Some(line) = news.line(&event) {
                    screen.say(&line);
                }
            }
            Ok(Message::End) | Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => {}
        }
        if Instant::now() >= next {
            screen.show(&shared.totals());
            next = Instant::now() + screen.tick();
        }
    }
    screen.show(&shared.totals());
    screen.end();
}
