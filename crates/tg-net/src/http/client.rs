//! The guarded client.

use super::answer::Answer;
use super::error::{HttpError, Refused};
use super::reach::Reach;
use super::resolver::Checked;
use crate::policy::within;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, LOCATION, RETRY_AFTER};
use reqwest::redirect::Policy;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use tg_core::ports::Clock;
use url::{Host, Url};

/// Bounds of every exchange.
#[derive(Clone, Copy, Debug)]
pub struct HttpLimits {
    /// Resolving a name; opening a connection.
    pub connect: Duration,
    /// The whole exchange, redirects and body included.
    pub total: Duration,
    /// Bytes of an answer's body.
    pub max_body: usize,
    /// Redirects that are followed.
    pub max_redirects: usize,
}

impl Default for HttpLimits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            total: Duration::from_secs(30),
            max_body: 1024 * 1024,
            max_redirects: 3,
        }
    }
}

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Reads; redirects are followed.
    Get,
    /// Acts; redirects are not followed, because they could do it twice, or elsewhere.
    Post,
}

/// A request. It does not print: headers and URLs carry secrets.
#[derive(Clone)]
pub struct Request {
    method: Method,
    url: Url,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Request {
    /// A request without headers and body.
    ///
    /// # Errors
    /// If the URL cannot be used: no HTTP, no host, or a password in it.
    pub fn new(method: Method, url: &str) -> Result<Self, HttpError> {
        let url = Url::parse(url).map_err(|error| HttpError::Url(error.to_string()))?;
        check_form(&url)?;
        Ok(Self { method, url, headers: HeaderMap::new(), body: Vec::new() })
    }

    /// Adds a header. Its value is marked as sensitive and never printed.
    ///
    /// # Errors
    /// If it has characters that a header cannot have.
    pub fn header(mut self, name: &'static str, value: &str) -> Result<Self, HttpError> {
        let mut value = HeaderValue::from_str(value)
            .map_err(|_| HttpError::Url(format!("the header {name} cannot have this value")))?;
        value.set_sensitive(true);
        self.headers.insert(HeaderName::from_static(name), value);
        Ok(self)
    }

    /// Sets a JSON body.
    #[must_use]
    pub fn json(mut self, body: Vec<u8>) -> Self {
        self.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        self.body = body;
        self
    }
}

/// The client.
pub struct HttpClient {
    inner: reqwest::Client,
    reach: Arc<Reach>,
    clock: Arc<dyn Clock>,
    limits: HttpLimits,
}

impl HttpClient {
    /// A client that reaches `reach` and nothing else.
    ///
    /// # Errors
    /// If the machine has no usable root certificates.
    pub fn new(reach: Reach, limits: HttpLimits, clock: Arc<dyn Clock>) -> Result<Self, HttpError> {
        // One cryptographic library in the program. Whoever embeds it may have chosen before.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let reach = Arc::new(reach);
        let resolver =
            Checked { reach: Arc::clone(&reach), clock: Arc::clone(&clock), limit: limits.connect };
        let inner = reqwest::Client::builder()
            .no_proxy()
            .redirect(Policy::none())
            .referer(false)
            .dns_resolver(resolver)
            .connect_timeout(limits.connect)
            .pool_idle_timeout(Duration::from_secs(60))
            .pool_max_idle_per_host(4)
            .user_agent(concat!("tg/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| HttpError::Setup(told(&error)))?;
        Ok(Self { inner, reach, clock, limits })
    }

    /// Makes a request, and reads the whole answer.
    ///
    /// # Errors
    /// If there is no answer within the bounds. An answer of any status is one.
    pub async fn send(&self, request: Request) -> Result<Answer, HttpError> {
        let host = host_of(&request.url);
        match within(self.clock.as_ref(), self.limits.total, self.exchange(request)).await {
            Ok(result) => result,
            Err(elapsed) => Err(HttpError::Timeout { host, elapsed }),
        }
    }

    async fn exchange(&self, request: Request) -> Result<Answer, HttpError> {
        let Request { method, mut url, mut headers, body } = request;
        let mut followed = 0;
        loop {
            self.check(&url)?;
            let host = host_of(&url);
            let builder = match method {
                Method::Get => self.inner.get(url.clone()),
                Method::Post => self.inner.post(url.clone()).body(body.clone()),
            };
            let sent = builder.headers(headers.clone()).send().await;
            let response = sent.map_err(|error| lost(&host, &error))?;
            if !is_redirect(response.status().as_u16()) {
                return self.read(host, response).await;
            }
            if method == Method::Post {
                return Err(HttpError::Redirect {
                    host,
                    how: "what must not be repeated elsewhere",
                });
            }
            followed += 1;
            if followed > self.limits.max_redirects {
                return Err(HttpError::Redirect { host, how: "too often" });
            }
            let next = target(&url, response.headers())
                .ok_or(HttpError::Redirect { host, how: "to nowhere" })?;
            check_form(&next)?;
            if next.origin() != url.origin() {
                // Credentials belong to whom they were meant for.
                headers.clear();
            }
            url = next;
        }
    }

    /// What can be checked before a name is resolved. Addresses are not resolved, so this is where
    /// they are checked; plain HTTP is for what the operator named.
    fn check(&self, url: &Url) -> Result<(), HttpError> {
        let host = host_of(url);
        let ip = match url.host() {
            Some(Host::Ipv4(ip)) => Some(IpAddr::V4(ip)),
            Some(Host::Ipv6(ip)) => Some(IpAddr::V6(ip)),
            Some(Host::Domain(_)) | None => None,
        };
        if let Some(ip) = ip {
            self.reach
                .check(&host, ip)
                .map_err(|network| Refused { host: host.clone(), network })?;
        }
        let named = self.reach.names(&host) || ip.is_some_and(|ip| self.reach.holds(ip));
        if url.scheme() == "http" && !named {
            return Err(HttpError::Url(format!(
                "{host} is asked without encryption, which is for hosts in `net.allow_private`"
            )));
        }
        Ok(())
    }

    async fn read(
        &self,
        host: String,
        mut response: reqwest::Response,
    ) -> Result<Answer, HttpError> {
        let limit = self.limits.max_body;
        let too_long = || HttpError::TooLong { host: host.clone(), limit };
        let announced = response.content_length().unwrap_or(0);
        if usize::try_from(announced).map_or(true, |announced| announced > limit) {
            return Err(too_long());
        }
        let (status, retry_after) = (response.status().as_u16(), retry_after(response.headers()));
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| lost(&host, &error))? {
            if body.len() + chunk.len() > limit {
                return Err(too_long());
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer { host, status, retry_after, body })
    }
}

fn check_form(url: &Url) -> Result<(), HttpError> {
    let fault = |what: &str| Err(HttpError::Url(what.to_owned()));
    if !matches!(url.scheme(), "https" | "http") {
        return fault("it is neither https nor http");
    }
    if !url.has_host() {
        return fault("it names no host");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return fault("it has a user or password in it");
    }
    Ok(())
}

fn host_of(url: &Url) -> String {
    // Without the brackets of IPv6, as addresses are compared.
    url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned()
}

const fn is_redirect(status: u16) -> bool {
    matches!(status, 301 | 302 | 303 | 307 | 308)
}

fn target(from: &Url, headers: &HeaderMap) -> Option<Url> {
    from.join(headers.get(LOCATION)?.to_str().ok()?).ok()
}

fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?;
    value.trim().parse().ok().map(Duration::from_secs)
}

/// The refusal of an address comes out of the resolver, wrapped several times.
fn lost(host: &str, error: &reqwest::Error) -> HttpError {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if let Some(refused) = error.downcast_ref::<Refused>() {
            return refused.clone().into();
        }
        cause = error.source();
    }
    let (host, detail) = (host.to_owned(), told(error));
    if error.is_connect() {
        HttpError::Unreachable { host, detail }
    } else {
        HttpError::Connection { host, detail }
    }
}

/// The innermost cause, which never names the URL.
fn told(error: &reqwest::Error) -> String {
    let mut told: &dyn std::error::Error = error;
    while let Some(cause) = told.source() {
        told = cause;
    }
    // Without a cause, reqwest's own text would name the URL.
    if told.is::<reqwest::Error>() { "no details".to_owned() } else { told.to_string() }
}
