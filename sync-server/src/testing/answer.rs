//! What came back.

use axum::body::to_bytes;
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::Value as Json;

/// An answer, read whole.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body; `null` if there is none or it is not JSON.
    pub json: Json,
    /// The body as it came.
    pub bytes: Vec<u8>,
}

impl Answer {
    /// Reads a response whole.
    ///
    /// # Panics
    /// If its body breaks off.
    pub async fn read(response: Response) -> Self {
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.expect("the answer ends").to_vec();
        let json = serde_json::from_slice(&bytes).unwrap_or_default();
        Self { status: parts.status.as_u16(), headers: parts.headers, json, bytes }
    }

    /// The JSON, after a look at the status.
    ///
    /// # Panics
    /// If the status is another; the answer is shown.
    #[track_caller]
    #[expect(clippy::must_use_candidate, reason = "often the status is all that matters")]
    pub fn expect(self, status: u16) -> Json {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.bytes));
        self.json
    }

    /// The code of an error.
    #[must_use]
    pub fn code(&self) -> &str {
        self.json["error"]["code"].as_str().unwrap_or_default()
    }

    /// The codes of the fields of an error.
    #[must_use]
    pub fn field(&self, name: &str) -> &str {
        self.json["error"]["fields"][name]["code"].as_str().unwrap_or_default()
    }

    /// A header as text.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}
