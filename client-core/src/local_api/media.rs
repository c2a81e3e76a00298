//! Pictures: `/media` and `/media/{id}`, and their bytes below `/api/device/pictures`.
//!
//! A picture is kept here at once and sent when there is a way to the server. Lists and cards are told without a network; the links lead
//! to this device, which shows what it has and fetches what it has not. What comes in pieces is between a device and the server,
//! and goes there.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderValue, Request, Response, Uri};
use axum::routing::{any, delete, get, post};
use domain::api::Listing;
use domain::dates::format_seconds;
use domain::errors::ErrorCode;
use domain::ids::{AppointmentId, ClientId, MediaId};
use domain::lang::Lang;
use domain::media::{
    LINKS_LIVE, LIST, LinkedMedia, MAX_FILE_BYTES, Media, MediaPlace, MediaSize, Urls, picture,
};
use tokio::task::spawn_blocking;
use uuid::Uuid;

use super::forward::Way;
use super::problem::Problem;
use super::reply::Reply;
use super::request::{self, Ask};
use super::{Answered, LocalApi, MAX_BODY_BYTES, appointments, clients, elsewhere, read};
use crate::app::{App, NewPicture, PictureState};

/// The largest picture that is fetched to be looked at.
const MOST_FETCHED: usize = 2 * MAX_FILE_BYTES;

pub(super) fn routes() -> Router<LocalApi> {
    Router::new()
        .route("/api/v1/media", read(list).merge(post(add)))
        .route("/api/v1/media/{id}", read(get_one).merge(delete(remove)))
        .route("/api/v1/media/uploads", any(elsewhere))
        .route("/api/v1/media/uploads/{id}", any(elsewhere))
        .route("/api/device/pictures", read(waiting))
        .route("/api/device/pictures/{id}/{size}", get(bytes))
}

/// A picture as the server shows it; the links lead to this device.
fn linked(app: &App, media: Media) -> LinkedMedia {
    let link = |size| format!("/api/device/pictures/{}/{size}", media.id);
    let [full, large, small] = [MediaSize::Full, MediaSize::Large, MediaSize::Small].map(link);
    let expires_at = format_seconds(app.now().as_second() + LINKS_LIVE).unwrap_or_default();
    LinkedMedia { media, urls: Urls { full, large, small, expires_at } }
}

fn list(app: &mut App, ask: &Ask, _: Lang) -> Answered {
    let mut query = ask.query()?;
    let client: Option<ClientId> = query.parsed("clientId");
    let visit: Option<AppointmentId> = query.parsed("appointmentId");
    let listing = Listing::read(&LIST, query, &app.tenant()?.timezone, &(client, visit))?;
    let same = client.map(|client| app.same_clients(client)).transpose()?;
    let mut found = app.all_media()?;
    found.retain(|media| {
        same.as_ref().is_none_or(|same| media.client_id.is_some_and(|client| same.contains(&client)))
            && visit.is_none_or(|visit| media.appointment_id == Some(visit))
    });
    Reply::ok(&listing.pick(found, |media| media.id.0)?)
}

fn get_one(app: &mut App, ask: &Ask, _: Lang) -> Answered {
    let media = app.one_media(ask.path("id")?)?;
    Reply::ok(&linked(app, media))
}

/// Those that the server has not got, and why.
fn waiting(app: &mut App, _: &Ask, _: Lang) -> Answered {
    let mut pictures = app.pictures()?;
    pictures.retain(|picture| picture.state != PictureState::Stored);
    Reply::ok(&pictures)
}

async fn add(State(api): State<LocalApi>, request: Request<Body>) -> Response<Body> {
    let asked = request::language(request.headers());
    match api.kept_picture(request).await {
        Ok(reply) => reply.into_response(),
        Err(problem) => api.refuse(&problem, asked).await,
    }
}

async fn remove(
    State(api): State<LocalApi>,
    Path(id): Path<String>,
    request: Request<Body>,
) -> Response<Body> {
    let asked = request::language(request.headers());
    let forgotten = match id.parse::<Uuid>() {
        Ok(id) => api.with_home(move |app| Ok(app.forget_picture(id)?)).await,
        Err(_) => Err(Problem::not_found()),
    };
    match forgotten {
        Ok(true) => Reply::no_content().into_response(),
        // What the server has, it removes.
        Ok(false) => elsewhere(State(api), request).await,
        Err(problem) => api.refuse(&problem, asked).await,
    }
}

async fn bytes(
    State(api): State<LocalApi>,
    Path((id, size)): Path<(String, String)>,
    request: Request<Body>,
) -> Response<Body> {
    let asked = request::language(request.headers());
    let found = match (id.parse(), MediaSize::from_wire(&size)) {
        (Ok(id), Some(size)) => api.picture_bytes(id, size).await,
        _ => Err(Problem::not_found()),
    };
    match found {
        Ok(bytes) => shown(bytes),
        Err(problem) => api.refuse(&problem, asked).await,
    }
}

/// Bytes of a picture for the eyes of her who is signed in now: no cache keeps them beside the encrypted file.
fn shown(bytes: Vec<u8>) -> Response<Body> {
    let kind = picture::content_type(&bytes).unwrap_or("application/octet-stream");
    let mut response = Response::new(Body::from(bytes));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

impl LocalApi {
    /// Does something with the home of her who is signed in.
    async fn with_home<T: Send + 'static>(
        &self,
        act: impl FnOnce(&mut App) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let done = self.app.with(|app| {
            if !app.is_signed_in()? {
                return Err(Problem::new(ErrorCode::Unauthorized));
            }
            act(app)
        });
        done.await.unwrap_or_else(|_| Err(Problem::new(ErrorCode::Internal)))
    }

    /// Keeps the file that a request brings. It is looked at while nobody holds the home.
    async fn kept_picture(&self, request: Request<Body>) -> Answered {
        let (parts, body) = request.into_parts();
        let place = MediaPlace::from_query(request::query(&parts.uri)?)?;
        self.with_home(|_| Ok(())).await?;
        let file = to_bytes(body, MAX_FILE_BYTES).await;
        let file = Vec::from(file.map_err(|_| Problem::new(ErrorCode::PayloadTooLarge))?);
        let new = spawn_blocking(move || NewPicture::read(file)).await;
        let new = new.map_err(|_| Problem::new(ErrorCode::Internal))??;
        self.with_home(move |app| {
            clients::check_named(app, "clientId", place.client_id)?;
            appointments::check_named(app, "appointmentId", place.appointment_id)?;
            let (id, is_new) = app.take_picture(&new, place)?;
            let linked = linked(app, app.one_media(MediaId(id))?);
            if is_new { Reply::created(&format!("media/{id}"), &linked) } else { Reply::ok(&linked) }
        })
        .await
    }

    /// A picture in a size: what waits is here; of what is on the server the small size may be, and stands in for the others as long as
    /// there is no way there.
    async fn picture_bytes(&self, id: MediaId, size: MediaSize) -> Result<Vec<u8>, Problem> {
        let look = move |app: &mut App| {
            app.one_media(id)?;
            let whole = if size == MediaSize::Small { None } else { app.waiting_file(id.0)? };
            Ok((app.picture_thumbnail(id.0)?, whole))
        };
        match self.with_home(look).await? {
            (_, Some(file)) => Ok(file),
            (Some(small), None) if size == MediaSize::Small => Ok(small),
            (small, None) => match self.fetched(id, size).await {
                Ok(bytes) if size == MediaSize::Small => {
                    let kept = bytes.clone();
                    self.with_home(move |app| Ok(app.keep_thumbnail(id.0, &kept)?)).await?;
                    Ok(bytes)
                }
                Ok(bytes) => Ok(bytes),
                Err(problem) => small.ok_or(problem),
            },
        }
    }

    /// A picture from where the server keeps it: its own disk, or a storage that must not see the device's token.
    async fn fetched(&self, id: MediaId, size: MediaSize) -> Result<Vec<u8>, Problem> {
        let asked = Request::builder().uri(format!("/api/v1/media/{id}")).body(Body::empty());
        let answered = self.forwarded(asked.map_err(|_| Problem::not_found())?).await?;
        if !answered.status().is_success() {
            return Err(Problem::not_found());
        }
        let said = to_bytes(answered.into_body(), MAX_BODY_BYTES).await.unwrap_or_default();
        let linked: LinkedMedia = serde_json::from_slice(&said)?;
        let link = linked.urls.of(size);
        let link: Uri = link.parse().map_err(|_| Problem::not_found())?;
        let server = match (link.scheme_str(), link.authority()) {
            (Some(scheme), Some(host)) => format!("{scheme}://{host}"),
            _ => self.server().await?.ok_or(Problem::new(ErrorCode::Offline))?,
        };
        let path = link.path_and_query().map_or("/", |path| path.as_str()).to_owned();
        let asked = Request::builder().uri(path).body(Body::empty()).map_err(|_| Problem::not_found())?;
        let response = self.sent(Way { server, token: None }, asked).await?;
        if !response.status().is_success() {
            return Err(Problem::not_found());
        }
        let bytes = to_bytes(response.into_body(), MOST_FETCHED).await;
        Ok(bytes.map_err(|_| Problem::new(ErrorCode::PayloadTooLarge))?.into())
    }
}
