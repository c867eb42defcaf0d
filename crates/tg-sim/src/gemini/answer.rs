//! What is answered: a text that follows from the prompt, and errors as Google's APIs write them.

use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::fault::Refusal;

/// A request, as far as the endpoint looks at it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Asked {
    pub(super) contents: Vec<Content>,
    #[serde(default)]
    system_instruction: Option<Content>,
    #[serde(default)]
    generation_config: Generation,
}

#[derive(Debug, Deserialize)]
pub(super) struct Content {
    parts: Vec<Part>,
}

#[derive(Debug, Deserialize)]
struct Part {
    #[serde(default)]
    text: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Generation {
    #[serde(default)]
    response_mime_type: String,
}

impl Asked {
    /// All that the user says.
    fn prompt(&self) -> String {
        let parts = self.contents.iter().flat_map(|content| &content.parts);
        parts.map(|part| part.text.as_str()).collect::<Vec<_>>().join("\n")
    }

    /// What the prompt costs: one token for four characters, as Google's own rule of thumb has it.
    pub(super) fn tokens(&self) -> usize {
        let system = self.system_instruction.iter().flat_map(|content| &content.parts);
        let system: usize = system.map(|part| part.text.chars().count()).sum();
        (system + self.prompt().chars().count()).div_ceil(4)
    }

    /// What is said: a greeting by the first field of the data, and words that only this prompt gets.
    pub(super) fn text(&self) -> String {
        let prompt = self.prompt();
        let hash = Sha256::digest(prompt.as_bytes());
        let name = first_field(&prompt).unwrap_or_else(|| "there".to_owned());
        let wish = ["All the best", "See you soon", "Have a good day", "Take care"];
        let number = u16::from_be_bytes([hash[0], hash[1]]);
        format!("Hello {name}, here is note {number}. {}!", wish[usize::from(hash[2] % 4)])
    }

    /// A text as it was asked for: by itself, or as the one field of an object.
    pub(super) fn wrapped(&self, text: &str) -> String {
        if self.generation_config.response_mime_type == "application/json" {
            json!({ "message": text }).to_string()
        } else {
            text.to_owned()
        }
    }

    /// A whole answer with one candidate.
    pub(super) fn answer(&self, candidate: Value, said: &str) -> Value {
        let (prompt, words) = (self.tokens(), said.chars().count().div_ceil(4));
        json!({
            "candidates": [candidate],
            "usageMetadata": {
                "promptTokenCount": prompt,
                "candidatesTokenCount": words,
                "totalTokenCount": prompt + words,
            },
            "modelVersion": "simulated",
        })
    }
}

/// The first value between `<data>` and `</data>`.
fn first_field(prompt: &str) -> Option<String> {
    let (_, rest) = prompt.split_once("<data>")?;
    let (data, _) = rest.split_once("</data>")?;
    let data: serde_json::Map<String, Value> = serde_json::from_str(data.trim()).ok()?;
    data.get("first_name").or_else(|| data.values().next())?.as_str().map(str::to_owned)
}

/// A candidate that says something.
pub(super) fn said(text: &str, finish: &str) -> Value {
    json!({
        "content": { "parts": [{ "text": text }], "role": "model" },
        "finishReason": finish,
        "index": 0,
    })
}

/// An error's body.
pub(super) fn error(refusal: &Refusal) -> Value {
    let name = match refusal.status {
        400 => "INVALID_ARGUMENT",
        403 => "PERMISSION_DENIED",
        404 => "NOT_FOUND",
        429 => "RESOURCE_EXHAUSTED",
        503 => "UNAVAILABLE",
        504 => "DEADLINE_EXCEEDED",
        _ => "INTERNAL",
    };
    let mut details = Vec::new();
    if let Some(id) = &refusal.quota_id {
        details.push(json!({
            "@type": "type.googleapis.com/google.rpc.QuotaFailure",
            "violations": [{ "quotaMetric": "simulated", "quotaId": id }],
        }));
    }
    if let Some(delay) = &refusal.retry_delay {
        let kind = "type.googleapis.com/google.rpc.RetryInfo";
        details.push(json!({ "@type": kind, "retryDelay": delay }));
    }
    json!({ "error": {
        "code": refusal.status, "message": "a simulated error", "status": name, "details": details,
    } })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn asked(prompt: &str) -> Asked {
        serde_json::from_value(json!({ "contents": [{ "parts": [{ "text": prompt }] }] })).unwrap()
    }

    #[test]
    fn the_same_prompt_gets_the_same_text_and_another_one_another() {
        let one = asked("Write. <data>{\"city\":\"Bonn\",\"first_name\":\"Ann\"}</data>");
        assert_eq!(one.text(), one.text());
        assert!(one.text().starts_with("Hello Ann, "), "{}", one.text());
        let two = asked("Write. <data>{\"city\":\"Bonn\",\"first_name\":\"Bob\"}</data>");
        assert_ne!(one.text(), two.text());
        assert!(asked("Write.").text().starts_with("Hello there, "));
    }
}
