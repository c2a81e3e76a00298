//! Pictures over the network: sends those that wait, in pieces and from where a cut left off, and fetches those that are looked at.

use domain::errors::{ErrorCode, FieldProblem};
use domain::ids::MediaId;
use domain::media::{LinkedMedia, MediaPlace, MediaSize};
use reqwest::{Method, RequestBuilder};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use super::http::{answer, sent};
use super::{Problem, RemoteError, Steps, http};
use crate::app::AppError;
use crate::store::WaitingPicture;

/// How often the place of an upload is asked for anew in one go, before it is left for the next sync.
const PATIENCE: usize = 5;

/// The way to the pictures of a server, with the token of one device.
#[derive(Debug)]
pub struct Pictures {
    client: reqwest::Client,
    server: String,
    lang: String,
    token: SecretString,
}

/// What became of the pictures that waited.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sent {
    /// They are on the server.
    pub sent: u64,
    /// The server will not have them.
    pub refused: u64,
}

/// Why pictures are not sent, or not shown.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// The server, or the way there.
    #[error(transparent)]
    Remote(#[from] RemoteError),
    /// The device.
    #[error(transparent)]
    App(#[from] AppError),
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Upload {
    id: Uuid,
    offset: u64,
    media_id: Option<MediaId>,
}

/// How the sending of one picture ended.
enum Sending {
    /// The server has it.
    Became(MediaId),
    /// She took it away meanwhile.
    TakenAway,
    /// Its bytes here are damaged: there is nothing to send.
    Damaged,
}

impl Pictures {
    /// The pictures of a server, with words in this language.
    pub fn new(server: &str, lang: &str, token: SecretString) -> Result<Self, RemoteError> {
        let server = server.trim_end_matches('/').to_owned();
        Ok(Self { client: http::client()?, server, lang: lang.to_owned(), token })
    }

    /// Sends every picture that waits and whose client and visit the server knows. What it will not have is marked so and
    /// stays; what was cut goes on with the next call. `told` hears how many bytes of a picture have arrived.
    pub async fn send_waiting<D: Steps>(
        &self,
        device: &mut D,
        mut told: impl FnMut(&WaitingPicture, u64),
    ) -> Result<Sent, PictureError> {
        let mut done = Sent::default();
        while let Some(picture) = device.look(|app| app.next_picture()).await? {
            let id = picture.id;
            match self.send(device, &picture, &mut told).await {
                Ok(Sending::Became(became)) => {
                    if device.look(move |app| app.picture_sent(id, became)).await? {
                        done.sent += 1;
                    } else {
                        self.remove(became).await?;
                    }
                }
                Ok(Sending::TakenAway) => {}
                Ok(Sending::Damaged) => {
                    // It holds up neither the others nor the sync; she sees it, and takes it away.
                    let why = FieldProblem::PictureUnreadable;
                    device.look(move |app| app.picture_refused(id, why.as_str())).await?;
                    done.refused += 1;
                }
                Err(PictureError::Remote(RemoteError::Refused(404 | 422, problem))) => {
                    device.look(move |app| app.picture_refused(id, code(&problem))).await?;
                    done.refused += 1;
                }
                Err(error) => return Err(error),
            }
        }
        Ok(done)
    }

    async fn send<D: Steps>(
        &self,
        device: &mut D,
        picture: &WaitingPicture,
        told: &mut impl FnMut(&WaitingPicture, u64),
    ) -> Result<Sending, PictureError> {
        let (id, mut asked) = (picture.id, 0);
        let mut upload = self.place(device, picture).await?;
        loop {
            told(picture, upload.offset);
            if let Some(became) = upload.media_id {
                return Ok(Sending::Became(became));
            }
            let offset = upload.offset;
            let piece = device.look(move |app| app.picture_piece(id, offset)).await?;
            if piece.is_empty() && offset < picture.length {
                let is_here = device.look(move |app| app.is_picture_here(id)).await?;
                return Ok(if is_here { Sending::Damaged } else { Sending::TakenAway });
            }
            let path = format!("/media/uploads/{}?offset={offset}", upload.id);
            let request = self.call(Method::PATCH, &path);
            let request = request.header(reqwest::header::CONTENT_TYPE, "application/octet-stream");
            upload = match answer(request.body(piece)).await {
                // Another attempt has moved it on, an answer was lost, or it was forgotten: the server says how far it is.
                Err(RemoteError::Refused(404 | 409, _)) if asked < PATIENCE => {
                    asked += 1;
                    self.place(device, picture).await?
                }
                other => other?,
            };
        }
    }

    /// How far the upload of a picture is; begins one if there is none, or if the server has forgotten it.
    async fn place<D: Steps>(
        &self,
        device: &mut D,
        picture: &WaitingPicture,
    ) -> Result<Upload, PictureError> {
        let id = picture.id;
        if let Some(upload) = device.look(move |app| app.picture_upload(id)).await? {
            match answer(self.call(Method::GET, &format!("/media/uploads/{upload}"))).await {
                Err(RemoteError::Refused(404, _)) => {}
                other => return Ok(other?),
            }
        }
        let MediaPlace { media_type, client_id, appointment_id } = picture.place;
        let mut body = json!({ "length": picture.length, "type": media_type });
        if let Some(visit) = appointment_id {
            body["appointmentId"] = json!(visit);
        } else if let Some(client) = client_id {
            body["clientId"] = json!(client);
        }
        let upload: Upload = answer(self.call(Method::POST, "/media/uploads").json(&body)).await?;
        let begun = upload.id;
        device.look(move |app| app.picture_upload_began(id, begun)).await?;
        Ok(upload)
    }

    /// The bytes of a picture that is on the server.
    pub async fn fetch(&self, id: MediaId, size: MediaSize) -> Result<Vec<u8>, RemoteError> {
        let linked: LinkedMedia = answer(self.call(Method::GET, &format!("/media/{id}"))).await?;
        let link = linked.urls.of(size);
        // A link without a host begins at the server's address; the other kind is a storage's, which must not see our token.
        let link = if link.starts_with('/') { format!("{}{link}", self.server) } else { link.to_owned() };
        let response = sent(self.client.get(link)).await?;
        Ok(response.bytes().await?.to_vec())
    }

    /// Removes a picture from the server.
    pub async fn remove(&self, id: MediaId) -> Result<(), RemoteError> {
        sent(self.call(Method::DELETE, &format!("/media/{id}"))).await.map(drop)
    }

    fn call(&self, method: Method, path: &str) -> RequestBuilder {
        self.client
            .request(method, format!("{}{path}", http::base(&self.server)))
            .header(reqwest::header::ACCEPT_LANGUAGE, &self.lang)
            .bearer_auth(self.token.expose_secret())
    }
}

/// What is wrong with the file, or else with the request as a whole.
fn code(problem: &Problem) -> &str {
    let of_file = problem.fields.get("file").or_else(|| problem.fields.values().next());
    match of_file {
        Some(code) => code,
        None if problem.code.is_empty() => ErrorCode::NotFound.as_str(),
        None => &problem.code,
    }
}
