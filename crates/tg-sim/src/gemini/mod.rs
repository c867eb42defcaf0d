//! A Gemini endpoint (ai.google.dev/api/generate-content): texts that follow from the prompt, a journal of
//! what it was asked, and the faults that a script asks for.

mod answer;
mod fault;
mod serve;

pub(crate) use fault::GeminiFault;
pub(crate) use serve::serve;
