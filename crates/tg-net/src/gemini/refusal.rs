//! What Gemini's errors mean (ai.google.dev/gemini-api/docs/troubleshooting).

use crate::http::Answer;
use serde::Deserialize;
use std::time::Duration;
use tg_core::failure::{Failure, FailureClass, Refusal, WaitScope};

/// A 429 that names no delay.
const UNSAID: Duration = Duration::from_secs(15);
/// A daily quota: nobody waits for it, so that it need not be exact.
const A_DAY: Duration = Duration::from_secs(86_400);
/// No server's word is taken for longer.
const MAX_WAIT: Duration = Duration::from_secs(86_400);

/// cloud.google.com/apis/design/errors
#[derive(Default, Deserialize)]
struct Body {
    #[serde(default)]
    error: Status,
}

#[derive(Default, Deserialize)]
struct Status {
    #[serde(default)]
    status: String,
    #[serde(default)]
    details: Vec<Detail>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Detail {
    /// Of a `RetryInfo`.
    retry_delay: Option<String>,
    /// Of a `QuotaFailure`.
    #[serde(default)]
    violations: Vec<Violation>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Violation {
    quota_id: Option<String>,
}

/// The failure that an answer of another status than 2xx is.
pub(super) fn failure(answer: &Answer) -> Failure {
    let error = serde_json::from_slice::<Body>(&answer.body).unwrap_or_default().error;
    let name = if error.status.chars().all(|c| c.is_ascii_uppercase() || c == '_') {
        error.status.chars().take(40).collect()
    } else {
        String::new()
    };
    let text = format!("{} answered {} {name}", answer.host, answer.status).trim_end().to_owned();
    let later = |delay: Duration, reason: &str| {
        let delay = delay.clamp(Duration::from_secs(1), MAX_WAIT);
        Failure::new(FailureClass::Wait { scope: WaitScope::Account, delay }, reason, text.clone())
    };
    match answer.status {
        429 if error.is_daily() => later(A_DAY, "quota_per_day"),
        429 => later(error.delay().or(answer.retry_after).unwrap_or(UNSAID), "http_status"),
        408 | 500..=599 => Failure::ambiguous("http_status", text),
        _ => Failure::new(FailureClass::Refused(Refusal::Config), "refused", text),
    }
}

impl Status {
    /// Whether a quota of the day is used up.
    fn is_daily(&self) -> bool {
        let violations = self.details.iter().flat_map(|detail| &detail.violations);
        violations.filter_map(|v| v.quota_id.as_deref()).any(|id| id.contains("PerDay"))
    }

    /// When to come back: `26s`, `0.5s`.
    fn delay(&self) -> Option<Duration> {
        let told = self.details.iter().find_map(|detail| detail.retry_delay.as_deref())?;
        let seconds: f64 = told.strip_suffix('s')?.parse().ok()?;
        Duration::try_from_secs_f64(seconds).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn of(status: u16, details: &Value) -> Failure {
        let body = json!({ "error": { "code": status, "status": "NAME", "details": details } });
        let answer = Answer {
            host: "gemini".to_owned(),
            status,
            retry_after: None,
            body: body.to_string().into_bytes(),
        };
        failure(&answer)
    }

    fn delay(failure: &Failure) -> Option<u64> {
        match failure.class {
            FailureClass::Wait { delay, .. } => Some(delay.as_secs()),
            _ => None,
        }
    }

    #[test]
    fn a_quota_says_when_to_come_back() {
        let info = json!([{ "@type": "RetryInfo", "retryDelay": "26s" }]);
        assert_eq!(delay(&of(429, &info)), Some(26));
        assert_eq!(delay(&of(429, &json!([]))), Some(15));
        assert_eq!(delay(&of(429, &json!([{ "retryDelay": "-1s" }]))), Some(15));
        assert_eq!(delay(&of(429, &json!([{ "retryDelay": "1e300s" }]))), Some(15));
        let daily = json!([
            { "violations": [{ "quotaId": "GenerateRequestsPerDayPerProjectPerModel" }] },
            { "retryDelay": "5s" },
        ]);
        let daily = of(429, &daily);
        assert_eq!((delay(&daily), daily.reason.as_str()), (Some(86_400), "quota_per_day"));
    }

    #[test]
    fn trouble_of_theirs_is_asked_again_and_ours_is_not() {
        for status in [500, 503, 504, 408] {
            assert_eq!(of(status, &json!([])).class, FailureClass::Ambiguous, "{status}");
        }
        for status in [400, 403, 404] {
            let class = FailureClass::Refused(Refusal::Config);
            assert_eq!(of(status, &json!([])).class, class, "{status}");
        }
    }

    #[test]
    fn a_text_of_theirs_does_not_reach_anybody() {
        let body = b"{\"error\": {\"status\": \"x<script>\"}}".to_vec();
        let answer = Answer { host: "h".to_owned(), status: 400, retry_after: None, body };
        assert_eq!(failure(&answer).text, "h answered 400");
    }
}
