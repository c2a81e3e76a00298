//! The server put together: routes, layers, listening, and an orderly end.

use std::future::{Future, IntoFuture as _};
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::time::timeout;

use crate::http::{Problem, around};
use crate::{AppState, health, openapi};

/// How long running requests may take to end once we are told to stop.
const LAST_REQUESTS: Duration = Duration::from_secs(10);

/// All that this server answers.
pub fn router(state: AppState) -> Router {
    let (api, plain) = openapi::api().split_for_parts();
    // An example that could not be written is no reason not to serve.
    let document = openapi::document().unwrap_or(plain);
    let routes = api
        .merge(openapi::pages(document))
        .merge(health::routes())
        .fallback(async || Problem::not_found())
        .with_state(state.clone());
    around(routes, state.ids)
}

/// Serves until `stop` is done, and then until the running requests are.
pub async fn serve(
    listener: TcpListener,
    state: AppState,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let app = router(state).into_make_service_with_connect_info::<SocketAddr>();
    let (stopping, stopped) = tokio::sync::oneshot::channel();
    let serving = axum::serve(listener, app).with_graceful_shutdown(async move {
        stop.await;
        // The receiver is only gone when serving has ended by itself.
        let _ = stopping.send(());
    });
    let mut serving = std::pin::pin!(serving.into_future());
    tokio::select! {
        ended = &mut serving => ended,
        _ = stopped => timeout(LAST_REQUESTS, serving).await.unwrap_or(Ok(())),
    }
}
