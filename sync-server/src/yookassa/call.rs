//! One call: sent once, its answer read, its outcome named and noted without anything that it carried.

use std::time::Duration;

use domain::pii::mask;
use reqwest::header::{ACCEPT, HeaderValue};
use reqwest::{Client, Method, Response, StatusCode, Url};
use secrecy::ExposeSecret as _;
use serde::Deserialize;
use serde_json::Value;

use super::error::{CallError, Doubt, Refusal, RefusalKind};
use super::objects::Answer;
use super::{Credentials, IdempotenceKey};
use crate::system::Stopwatch;

/// A page of 100 payments is far below.
const MOST: usize = 4 * 1024 * 1024;

pub(super) struct Call<'a> {
    pub(super) method: Method,
    pub(super) path: &'a [&'a str],
    /// The path as a log may show it.
    pub(super) route: &'static str,
    pub(super) query: &'a [(&'a str, String)],
    pub(super) key: Option<&'a IdempotenceKey>,
    pub(super) body: Option<Value>,
}

/// The vendor's error.
#[derive(Default, Deserialize)]
struct Told {
    #[serde(default)]
    r#type: String,
    id: Option<String>,
    code: Option<String>,
    parameter: Option<String>,
    retry_after: Option<u64>,
}

impl Call<'_> {
    pub(super) async fn make<T: Answer>(
        self,
        client: &Client,
        base: &Url,
        who: &Credentials,
    ) -> Result<T, CallError> {
        let (method, route, watch) = (self.method.clone(), self.route, Stopwatch::start());
        let answer = self.send(client, base, who).await;
        let micros = watch.micros();
        match &answer {
            Ok(_) => tracing::info!(%method, route, micros, "asked YooKassa"),
            Err(error) => tracing::warn!(%method, route, micros, %error, "asked YooKassa in vain"),
        }
        answer
    }

    async fn send<T: Answer>(self, client: &Client, base: &Url, who: &Credentials) -> Result<T, CallError> {
        let mut url = base.clone();
        // The base was looked at when the client was made.
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(self.path);
        }
        let mut request = client
            .request(self.method, url)
            .header(ACCEPT, HeaderValue::from_static("application/json"))
            .basic_auth(&who.shop, Some(who.key.expose_secret()))
            .query(self.query);
        if let Some(key) = self.key {
            request = request.header("Idempotence-Key", key.as_str());
        }
        if let Some(body) = &self.body {
            request = request.json(body);
        }
        let answer = request.send().await.map_err(|error| no_answer(&error))?;
        let status = answer.status();
        let body = read(answer).await?;
        if status == StatusCode::OK {
            let object = serde_json::from_slice(&body).ok().and_then(T::read);
            return object.ok_or(CallError::Doubt(Doubt::Unreadable(200)));
        }
        Err(refused(status, &body))
    }
}

fn no_answer(error: &reqwest::Error) -> CallError {
    // Before the connection stood nothing can have arrived, whether it was refused or took too long.
    if error.is_connect() || error.is_builder() {
        CallError::Unreached
    } else if error.is_timeout() {
        CallError::Doubt(Doubt::Silence)
    } else {
        CallError::Doubt(Doubt::Cut)
    }
}

async fn read(mut answer: Response) -> Result<Vec<u8>, CallError> {
    let status = answer.status().as_u16();
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|error| no_answer(&error))? {
        body.extend_from_slice(&chunk);
        if body.len() > MOST {
            return Err(CallError::Doubt(Doubt::Unreadable(status)));
        }
    }
    Ok(body)
}

fn refused(status: StatusCode, body: &[u8]) -> CallError {
    let told = serde_json::from_slice::<Told>(body).ok();
    let is_theirs = told.as_ref().is_some_and(|told| told.r#type == "error" || told.code.is_some());
    let told = told.unwrap_or_default();
    let after = told.retry_after.map(Duration::from_millis);
    let kind = match status {
        StatusCode::TOO_MANY_REQUESTS => return CallError::TooMany { after },
        StatusCode::ACCEPTED => return CallError::Doubt(Doubt::Processing { after }),
        status if status.is_server_error() => return CallError::Doubt(Doubt::Broken(status.as_u16())),
        // A no of somebody in between is not the service's no.
        status if !is_theirs || !status.is_client_error() => {
            return CallError::Doubt(Doubt::Unreadable(status.as_u16()));
        }
        StatusCode::UNAUTHORIZED => RefusalKind::Credentials,
        StatusCode::FORBIDDEN => RefusalKind::Forbidden,
        StatusCode::NOT_FOUND | StatusCode::GONE => RefusalKind::NotFound,
        _ => RefusalKind::Invalid,
    };
    let short = |text: Option<String>| text.map(|text| mask(&text).chars().take(100).collect());
    CallError::Refused(Refusal {
        kind,
        status: status.as_u16(),
        parameter: short(told.parameter),
        id: short(told.id),
    })
}
