//! Sync over HTTP: CBOR both ways, changes packed, larger bodies compressed.

use std::time::Duration;

use domain::sync::{Answer, CBOR, ContentType, decode, encode};
use reqwest::header::{ACCEPT, CONTENT_ENCODING, CONTENT_TYPE};
use reqwest::{RequestBuilder, Response};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{RemoteError, Transport, problem};
use crate::sync::{Failure, Reply, Request};

/// Below this a body is sent as it is.
const COMPRESS_FROM: usize = 256;

/// The way to the server over HTTP, with the token of one device.
#[derive(Debug)]
pub struct Http {
    client: reqwest::Client,
    base: String,
    token: SecretString,
}

impl Http {
    /// The way to a server, given its address without a path.
    pub fn new(server: &str, token: SecretString) -> Result<Self, reqwest::Error> {
        Ok(Self { client: client()?, base: base(server), token })
    }

    async fn post<Q: Serialize, A: DeserializeOwned>(&self, path: &str, message: &Q) -> Result<A, Failure> {
        let mut body = encode(message, ContentType::Cbor);
        let mut request = self
            .client
            .post(format!("{}{path}", self.base))
            .bearer_auth(self.token.expose_secret())
            .header(CONTENT_TYPE, CBOR)
            .header(ACCEPT, CBOR);
        if body.len() > COMPRESS_FROM
            && let Ok(smaller) = zstd::encode_all(body.as_slice(), 3)
        {
            body = smaller;
            request = request.header(CONTENT_ENCODING, "zstd");
        }
        let response = request.body(body).send().await.map_err(|error| broken(&error))?;
        if !response.status().is_success() {
            let (status, problem, wait) = problem::read(response).await;
            return Err(problem::failure(status, &problem, wait));
        }
        let bytes = response.bytes().await.map_err(|error| broken(&error))?;
        decode(&bytes, ContentType::Cbor).map_err(|error| Failure::Garbled(error.to_string()))
    }
}

impl Transport for Http {
    async fn perform(&self, request: &Request) -> Result<Reply, Failure> {
        match request {
            Request::Sync(ask) => {
                let mut answer: Answer = self.post("/sync", &ask.packed()).await?;
                answer.unpack(&ask.push).map_err(|error| Failure::Garbled(error.to_string()))?;
                Ok(Reply::Sync(answer))
            }
            Request::Compare(compare) => self.post("/sync/compare", compare).await.map(Reply::Compare),
        }
    }
}

/// A client with timeouts: a dead connection must not hold up a sync for ever.
pub(crate) fn client() -> Result<reqwest::Client, reqwest::Error> {
    reqwest::Client::builder()
        .user_agent(concat!("veloria/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(Duration::from_secs(10))
        .read_timeout(Duration::from_mins(1))
        .timeout(Duration::from_mins(3))
        .build()
}

pub(super) fn base(server: &str) -> String {
    format!("{}/api/v1", server.trim_end_matches('/'))
}

/// Sends a request and reads its answer.
pub(super) async fn answer<A: DeserializeOwned>(request: RequestBuilder) -> Result<A, RemoteError> {
    Ok(sent(request).await?.json().await?)
}

/// Sends a request; what the server refuses is an error.
pub(super) async fn sent(request: RequestBuilder) -> Result<Response, RemoteError> {
    let response = request.send().await?;
    if response.status().is_success() {
        return Ok(response);
    }
    let (status, problem, _) = problem::read(response).await;
    Err(RemoteError::Refused(status, problem))
}

fn broken(error: &reqwest::Error) -> Failure {
    if error.is_connect() {
        Failure::Offline(problem::causes(error))
    } else if error.is_timeout() {
        Failure::Timeout
    } else {
        Failure::Cut(problem::causes(error))
    }
}
