//! Texts by Gemini (ai.google.dev/api/generate-content).

mod answer;
mod client;
mod question;
mod refusal;

pub use answer::read;
pub use client::GeminiWriter;
