//! What Gemini answered. Only a candidate that stopped by itself and says exactly what was asked for
//! is a text; everything else is a reason to send the template.

use serde::Deserialize;
use tg_core::personal::{Fallback, Usage};
use tg_core::ports::WrittenText;

/// ai.google.dev/api/generate-content#generatecontentresponse
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    #[serde(default)]
    candidates: Vec<Candidate>,
    prompt_feedback: Option<Feedback>,
    usage_metadata: Option<Metadata>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Candidate {
    content: Option<Content>,
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct Content {
    #[serde(default)]
    parts: Vec<Part>,
}

#[derive(Deserialize)]
struct Part {
    text: Option<String>,
    /// A summary of what the model thought, which is not its answer.
    #[serde(default)]
    thought: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Feedback {
    block_reason: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[derive(Default)]
struct Metadata {
    prompt_token_count: u32,
    candidates_token_count: u32,
    thoughts_token_count: u32,
    total_token_count: u32,
}

/// The object that was asked for, and nothing beside.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Message {
    message: String,
}

impl Metadata {
    /// What is not of the prompt is billed as the answer's.
    fn usage(&self) -> Usage {
        let input = i64::from(self.prompt_token_count);
        let answered =
            i64::from(self.candidates_token_count) + i64::from(self.thoughts_token_count);
        let rest = i64::from(self.total_token_count) - input;
        Usage { input, output: answered.max(rest) }
    }
}

/// Reads an answer; never fails, because an answer that cannot be read was paid for, too.
#[must_use]
pub fn read(body: &[u8]) -> WrittenText {
    let Ok(answer) = serde_json::from_slice::<Answer>(body) else {
        return WrittenText { text: Err(Fallback::Unreadable), usage: None };
    };
    let usage = answer.usage_metadata.as_ref().map(Metadata::usage);
    WrittenText { text: text(answer), usage }
}

fn text(answer: Answer) -> Result<String, Fallback> {
    let Some(candidate) = answer.candidates.into_iter().next() else {
        let blocked =
            answer.prompt_feedback.is_some_and(|feedback| feedback.block_reason.is_some());
        return Err(if blocked { Fallback::PromptBlocked } else { Fallback::Empty });
    };
    match candidate.finish_reason.as_deref() {
        Some("STOP") => {}
        Some("MAX_TOKENS") => return Err(Fallback::Cut),
        // SAFETY, RECITATION, … and whatever is invented next.
        Some(_) => return Err(Fallback::AnswerBlocked),
        None => return Err(Fallback::Unreadable),
    }
    let parts = candidate.content.map(|content| content.parts).unwrap_or_default();
    let said: String =
        parts.into_iter().filter(|part| !part.thought).filter_map(|part| part.text).collect();
    if said.trim().is_empty() {
        return Err(Fallback::Empty);
    }
    let Message { message } = serde_json::from_str(&said).map_err(|_| Fallback::Unreadable)?;
    if message.trim().is_empty() { Err(Fallback::Empty) } else { Ok(message) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::{Value, json};

    fn of(answer: &Value) -> Result<String, Fallback> {
        read(answer.to_string().as_bytes()).text
    }

    fn candidate(text: &str, finish: &str) -> Value {
        json!({ "candidates": [{
            "content": { "parts": [{ "text": text }], "role": "model" }, "finishReason": finish,
        }] })
    }

    #[test]
    fn only_what_was_asked_for_is_a_text() {
        let good = "{\"message\": \"Hello Ann\"}";
        assert_eq!(of(&candidate(good, "STOP")), Ok("Hello Ann".to_owned()));
        for (said, reason) in [
            ("Hello Ann", Fallback::Unreadable),
            ("{\"message\": \"Hi\", \"tool\": \"x\"}", Fallback::Unreadable),
            ("{\"message\": \"Hi\"} and more", Fallback::Unreadable),
            ("{\"message\": 7}", Fallback::Unreadable),
            ("{\"message\": \" \"}", Fallback::Empty),
            ("{}", Fallback::Unreadable),
            ("", Fallback::Empty),
        ] {
            assert_eq!(of(&candidate(said, "STOP")), Err(reason), "{said}");
        }
    }

    #[test]
    fn every_other_end_is_a_reason() {
        let good = "{\"message\": \"Hello Ann\"}";
        for (finish, reason) in [
            ("MAX_TOKENS", Fallback::Cut),
            ("SAFETY", Fallback::AnswerBlocked),
            ("RECITATION", Fallback::AnswerBlocked),
            ("INVENTED_TOMORROW", Fallback::AnswerBlocked),
        ] {
            assert_eq!(of(&candidate(good, finish)), Err(reason), "{finish}");
        }
        let none = json!({ "candidates": [{ "finishReason": "STOP" }] });
        assert_eq!(of(&none), Err(Fallback::Empty));
        let blocked = json!({ "promptFeedback": { "blockReason": "PROHIBITED_CONTENT" } });
        assert_eq!(of(&blocked), Err(Fallback::PromptBlocked));
        assert_eq!(of(&json!({})), Err(Fallback::Empty));
        assert_eq!(of(&json!({ "candidates": [{}] })), Err(Fallback::Unreadable));
        assert_eq!(read(b"<html>").text, Err(Fallback::Unreadable));
        assert_eq!(read(b"").text, Err(Fallback::Unreadable));
    }

    #[test]
    fn thoughts_are_billed_and_not_sent() {
        let answer = json!({
            "candidates": [{ "finishReason": "STOP", "content": { "parts": [
                { "text": "I think", "thought": true }, { "text": "{\"message\": " },
                { "text": "\"Hi\"}" },
            ] } }],
            "usageMetadata": { "promptTokenCount": 10, "candidatesTokenCount": 4,
                "thoughtsTokenCount": 30, "totalTokenCount": 44 },
        });
        let read = read(answer.to_string().as_bytes());
        assert_eq!(read.text, Ok("Hi".to_owned()));
        assert_eq!(read.usage, Some(Usage { input: 10, output: 34 }));
    }
}
