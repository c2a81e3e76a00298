//! Reading a body whole, within a limit.
//!
//! A connection that is closed while the caller is still sending may lose the answer. So what is over the limit is read
//! and thrown away for a while before the caller is told that it was too much; without haste, for nobody else is to wait
//! while that is done.

use axum::body::{Body, Bytes};
use domain::errors::ErrorCode;
use futures::StreamExt as _;
use std::time::Duration;
use tokio::time::{sleep, timeout};

use super::problem::Problem;

/// How much is thrown away at most.
const MOST_WASTE: usize = 64 * 1024 * 1024;
/// How long that may take.
const LONGEST_WASTE: Duration = Duration::from_secs(10);
/// After so many bytes that are thrown away, which may have been unpacked from few, others get their turn.
const WASTE_AT_ONCE: usize = 1024 * 1024;
/// How long that turn is: some 60 MiB/s are thrown away, faster than any line that she has.
const PAUSE: Duration = Duration::from_millis(16);

/// Reads a body of at most `limit` bytes, counted after decompression.
pub async fn read_body(body: Body, limit: usize) -> Result<Bytes, Problem> {
    let mut stream = body.into_data_stream();
    let mut bytes = Vec::new();
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(|_| Problem::new(ErrorCode::BadRequest))?;
        if bytes.len() + chunk.len() > limit {
            let waste = async {
                let (mut wasted, mut at_once) = (0, 0);
                while let Some(Ok(chunk)) = stream.next().await {
                    wasted += chunk.len();
                    at_once += chunk.len();
                    if wasted > MOST_WASTE {
                        break;
                    }
                    if at_once > WASTE_AT_ONCE {
                        at_once = 0;
                        sleep(PAUSE).await;
                    }
                }
            };
            // Whether all of it could be thrown away changes nothing: the answer is the same.
            let _ = timeout(LONGEST_WASTE, waste).await;
            return Err(Problem::new(ErrorCode::PayloadTooLarge));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes.into())
}
