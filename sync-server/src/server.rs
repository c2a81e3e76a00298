//! The server put together: routes, layers, listening, and an orderly end.

use std::future::Future;
use std::time::Duration;

use axum::Router;
use futures::future::join;
use tokio::net::TcpListener;
use tokio::time::timeout;

use crate::http::around;
use crate::{AppState, connections, health, invoices, media, openapi, web};

/// How long running requests may take to end once we are told to stop.
const LAST_REQUESTS: Duration = Duration::from_secs(10);

/// All that this server answers.
pub fn router(state: &AppState) -> Router {
    let (api, plain) = openapi::api().split_for_parts();
    // An example that could not be written is no reason not to serve.
    let document = openapi::document().unwrap_or(plain);
    let routes = api
        .merge(openapi::pages(document))
        .merge(health::routes())
        .merge(media::files())
        .merge(invoices::pages())
        .fallback(web::answer)
        .with_state(state.clone());
    around(routes, state)
}

/// Serves until `stop` is done, and then until the running requests are.
pub async fn serve(listener: TcpListener, state: AppState, stop: impl Future<Output = ()> + Send + 'static) {
    let (limits, proxies) = (connections::Limits::default(), state.edge.proxies.clone());
    let running = connections::serve(listener, router(&state), limits, proxies, stop).await;
    // Whoever needs longer than this is cut off.
    let _ = timeout(LAST_REQUESTS, join(running.shutdown(), state.live.close())).await;
}
