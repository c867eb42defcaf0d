//! What the simulated Telegram does wrong while the engine is being killed.

use serde_json::{Value, json};

use super::draw::SEND;

/// Faults in front, of which the first that acts decides; then delays, so that calls are on their way
/// when the kill comes.
///
/// None of them is a reason for a message to be lost, doubled or left to a person: at the end of such a
/// campaign everybody has it.
pub(super) fn faults() -> Vec<Value> {
    let rule = |p: f64, action: Value| json!({"on": {"probability": p}, "do": action});
    let on_send =
        |p: f64, action: Value| json!({"on": {"method": SEND, "probability": p}, "do": action});
    vec![
        rule(0.006, json!({"drop": "before"})),
        rule(0.006, json!({"drop": "after"})),
        on_send(0.010, json!({"drop": "after"})),
        on_send(0.004, json!({"rpc_error": [420, "FLOOD_WAIT_1"]})),
        on_send(0.010, json!({"rpc_error_after": [500, "WORKER_BUSY_TOO_LONG_RETRY"]})),
        // An answer that never comes holds an account up until the call times out, or the kill comes.
        on_send(0.001, json!({"hang": "before"})),
        on_send(0.001, json!({"hang": "after"})),
        // Slow enough for some answers to be committed between two kills.
        on_send(0.300, json!({"delay_ms": 120})),
        on_send(0.500, json!({"delay_ms": 240})),
        on_send(1.000, json!({"delay_ms": 360})),
    ]
}
