//! Pictures on this device: taken over without a network, shown small at once, sent when the server can be reached. What the
//! server keeps of them are records, which every device has.

use domain::dates::format_seconds;
use domain::documents::Hash;
use domain::errors::{FieldErrors, FieldProblem};
use domain::ids::MediaId;
use domain::media::picture::{self, Kind};
use domain::media::{MAX_FILE_BYTES, Media, MediaPlace};
use domain::sync::RecordKind;
use serde::Serialize;
use uuid::Uuid;

use super::{App, AppError, Result};
use crate::store::{Tx, WaitingPicture};

/// Where a picture is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PictureState {
    /// On this device; it is sent when the server can be reached.
    Waiting,
    /// On the server.
    Stored,
    /// On this device; the server will not have it.
    Refused,
}

/// A picture as a list shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ShownPicture {
    /// Its id: the server's, once it is there.
    pub id: Uuid,
    /// Where it is.
    pub state: PictureState,
    /// What it is for, and where it belongs.
    #[serde(flatten)]
    pub place: MediaPlace,
    /// Bytes: of the file while it waits, of all sizes on the server.
    pub bytes: u64,
    /// SHA-256 of the file, in hexadecimal digits.
    pub sha256: String,
    /// Whether its small size can be shown without a network.
    pub has_thumbnail: bool,
    /// Why the server will not have it.
    pub code: Option<String>,
    /// RFC 3339.
    pub created_at: String,
}

/// A file that was looked at and is a picture, with its small size. Looking takes its time and needs no home.
#[derive(Debug)]
pub struct NewPicture {
    file: Vec<u8>,
    sha256: Hash,
    small: Vec<u8>,
}

impl NewPicture {
    /// Looks at a file as the server will.
    pub fn read(file: Vec<u8>) -> Result<Self> {
        let wrong = |problem| AppError::Invalid(FieldErrors::one("file", problem));
        match file.len() {
            0 => return Err(wrong(FieldProblem::FileEmpty)),
            1..=MAX_FILE_BYTES => {}
            _ => return Err(wrong(FieldProblem::TooLong)),
        }
        let (_, small) = picture::thumbnail(&file).map_err(|refusal| wrong(refusal.into()))?;
        let sha256 = Hash::of(&file);
        Ok(Self { file, sha256, small })
    }
}

impl App {
    /// Takes a picture over: checked as the server will, with a small size to show at once. It is saved, whole, when this has
    /// returned. The same file for the same place is taken over once.
    pub fn add_picture(&mut self, file: &[u8], place: MediaPlace) -> Result<ShownPicture> {
        let (id, _) = self.take_picture(&NewPicture::read(file.to_vec())?, place)?;
        self.picture(id)
    }

    /// The same with a file that was looked at: its id, and whether it is new here.
    pub fn take_picture(&mut self, new: &NewPicture, place: MediaPlace) -> Result<(Uuid, bool)> {
        let place = self.place_of(place)?;
        let NewPicture { file, sha256, small } = new;
        let is_same = |media: &Media| media.sha256 == sha256.to_string() && media.place() == place;
        if let Some(stored) = self.media()?.into_iter().find(is_same) {
            self.keep_thumbnail(stored.id.0, small)?;
            return Ok((stored.id.0, false));
        }
        let (id, at, length) = (self.new_id(), self.now().as_second(), file.len() as u64);
        let picture = WaitingPicture { id, at, sha256: *sha256, length, place, upload: None, refused: None };
        let kept = self.store.write::<_, AppError>(|tx| Ok(tx.keep_picture(&picture, file, small)?))?;
        Ok((kept, kept == id))
    }

    /// A visit's picture is its client's, too.
    fn place_of(&self, place: MediaPlace) -> Result<MediaPlace> {
        let mut place = place;
        if let Some(visit) = place.appointment_id {
            let visit = self.appointment(visit)?;
            if place.client_id.is_some() && place.client_id != visit.client_id {
                return Err(AppError::Invalid(FieldErrors::one("clientId", FieldProblem::Invalid)));
            }
            place.client_id = visit.client_id;
        } else if let Some(client) = place.client_id {
            self.client(client)?;
        }
        Ok(place)
    }

    /// All pictures, those that wait after those that are stored.
    pub fn pictures(&self) -> Result<Vec<ShownPicture>> {
        let stored = self.media()?;
        self.store.read::<_, AppError>(|tx| {
            let mut all = Vec::new();
            for media in stored {
                let has_thumbnail = tx.thumbnail(media.id.0)?.is_some();
                all.push(ShownPicture {
                    id: media.id.0,
                    state: PictureState::Stored,
                    place: media.place(),
                    bytes: media.bytes,
                    sha256: media.sha256,
                    has_thumbnail,
                    code: None,
                    created_at: media.created_at,
                });
            }
            for waiting in tx.waiting_pictures()? {
                all.push(ShownPicture {
                    id: waiting.id,
                    state: if waiting.refused.is_some() {
                        PictureState::Refused
                    } else {
                        PictureState::Waiting
                    },
                    place: waiting.place,
                    bytes: waiting.length,
                    sha256: waiting.sha256.to_string(),
                    has_thumbnail: tx.thumbnail(waiting.id)?.is_some(),
                    code: waiting.refused,
                    created_at: format_seconds(waiting.at).unwrap_or_default(),
                });
            }
            Ok(all)
        })
    }

    /// All pictures as the server shows them, those that wait after those that are stored.
    pub fn all_media(&self) -> Result<Vec<Media>> {
        let mut all = self.media()?;
        self.store.read::<_, AppError>(|tx| {
            for waiting in tx.waiting_pictures()? {
                all.push(as_media(tx, &waiting)?);
            }
            Ok(all)
        })
    }

    /// One of them.
    pub fn one_media(&self, id: MediaId) -> Result<Media> {
        self.store.read(|tx| {
            if let Some(waiting) = tx.waiting_picture(id.0)? {
                return as_media(tx, &waiting);
            }
            let record = tx.record(RecordKind::Media.as_str(), id.0)?;
            let media = record.and_then(|record| serde_json::from_value(record.body).ok());
            media.ok_or(AppError::NotFound(id.0))
        })
    }

    /// One picture.
    pub fn picture(&self, id: Uuid) -> Result<ShownPicture> {
        self.pictures()?.into_iter().find(|picture| picture.id == id).ok_or(AppError::NotFound(id))
    }

    /// The small size of a picture, if it is here.
    pub fn picture_thumbnail(&self, id: Uuid) -> Result<Option<Vec<u8>>> {
        self.store.read(|tx| Ok(tx.thumbnail(id)?))
    }

    /// Keeps the small size of a picture that was fetched, to show it without a network the next time.
    pub fn keep_thumbnail(&mut self, id: Uuid, small: &[u8]) -> Result<()> {
        self.store.write(|tx| Ok(tx.keep_thumbnail(id, small)?))
    }

    /// The file of a picture that waits, as it was taken over.
    pub fn waiting_file(&self, id: Uuid) -> Result<Option<Vec<u8>>> {
        self.store.read(|tx| {
            let Some(waiting) = tx.waiting_picture(id)? else { return Ok(None) };
            let mut file = Vec::new();
            while (file.len() as u64) < waiting.length {
                let piece = tx.picture_bytes(id, file.len() as u64)?;
                if piece.is_empty() {
                    return Err(AppError::Damaged(id));
                }
                file.extend(piece);
            }
            if Hash::of(&file) == waiting.sha256 { Ok(Some(file)) } else { Err(AppError::Damaged(id)) }
        })
    }

    /// How many pictures wait to be sent.
    pub fn waiting_pictures(&self) -> Result<usize> {
        let waiting = self.store.read::<_, AppError>(|tx| Ok(tx.waiting_pictures()?))?;
        Ok(waiting.iter().filter(|picture| picture.refused.is_none()).count())
    }

    /// Takes away a picture that waits or was refused; whether there was one.
    pub fn forget_picture(&mut self, id: Uuid) -> Result<bool> {
        self.store.write(|tx| {
            let is_waiting = tx.waiting_picture(id)?.is_some();
            if is_waiting {
                tx.forget_picture(id, None)?;
            }
            Ok(is_waiting)
        })
    }

    /// The next picture that can be sent: of those that the server does not refuse, and whose client and visit it knows.
    pub(crate) fn next_picture(&self) -> Result<Option<WaitingPicture>> {
        self.store.read(|tx| {
            for picture in tx.waiting_pictures()? {
                let named =
                    [picture.place.client_id.map(|id| id.0), picture.place.appointment_id.map(|id| id.0)];
                let mut is_known = picture.refused.is_none();
                for id in named.into_iter().flatten() {
                    is_known &= tx.outbox_of(id)?.is_empty();
                }
                if is_known {
                    return Ok(Some(picture));
                }
            }
            Ok(None)
        })
    }

    /// The bytes of a picture that waits from this one on, as many as are sent at once.
    pub(crate) fn picture_piece(&self, id: Uuid, offset: u64) -> Result<Vec<u8>> {
        self.store.read(|tx| Ok(tx.picture_bytes(id, offset)?))
    }

    /// The upload that was begun for a picture.
    pub(crate) fn picture_upload(&self, id: Uuid) -> Result<Option<Uuid>> {
        self.store.read(|tx| Ok(tx.waiting_picture(id)?.and_then(|picture| picture.upload)))
    }

    /// An upload was begun for it.
    pub(crate) fn picture_upload_began(&mut self, id: Uuid, upload: Uuid) -> Result<()> {
        self.store.write(|tx| Ok(tx.set_picture_upload(id, Some(upload))?))
    }

    /// The server will not have it.
    pub(crate) fn picture_refused(&mut self, id: Uuid, code: &str) -> Result<()> {
        self.store.write(|tx| Ok(tx.refuse_picture(id, code)?))
    }

    /// Whether a picture is still here to be sent.
    pub(crate) fn is_picture_here(&self, id: Uuid) -> Result<bool> {
        self.store.read(|tx| Ok(tx.waiting_picture(id)?.is_some()))
    }

    /// The server has it under this id. Answers whether she still wants it: she may have taken it away while it was sent.
    pub(crate) fn picture_sent(&mut self, id: Uuid, became: MediaId) -> Result<bool> {
        self.store.write(|tx| {
            let is_wanted = tx.waiting_picture(id)?.is_some();
            tx.forget_picture(id, is_wanted.then_some(became.0))?;
            Ok(is_wanted)
        })
    }
}

/// A picture that waits, as the server shows one. It is as large as its small size; the server says more of it once it has it. One
/// whose small size cannot be read is listed all the same, so that it can be taken away.
fn as_media(tx: &Tx<'_>, waiting: &WaitingPicture) -> Result<Media> {
    let small = tx.thumbnail(waiting.id)?.unwrap_or_default();
    let (kind, width, height) = picture::look(&small).unwrap_or((Kind::Jpeg, 0, 0));
    let at = format_seconds(waiting.at).unwrap_or_default();
    Ok(Media {
        id: MediaId(waiting.id),
        media_type: waiting.place.media_type,
        content_type: kind.content_type().to_owned(),
        width,
        height,
        bytes: waiting.length,
        sha256: waiting.sha256.to_string(),
        client_id: waiting.place.client_id,
        appointment_id: waiting.place.appointment_id,
        created_at: at.clone(),
        updated_at: at,
    })
}
