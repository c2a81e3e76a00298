//! `media add|list|save|remove`: pictures, with or without a network.

use std::fs;
use std::io::{IsTerminal as _, stderr};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use client_core::App;
use client_core::app::PictureState;
use client_core::driver::RemoteError;
use client_core::driver::media::Pictures;
use client_core::store::WaitingPicture;
use domain::ids::{AppointmentId, ClientId, MediaId};
use domain::lang::Lang;
use domain::media::{MediaPlace, MediaSize, MediaType};
use serde_json::json;
use uuid::Uuid;

use crate::account::signed_in;
use crate::failed::Failed;
use crate::output::{Column, Output};
use crate::{Session, sync};

#[derive(Debug, Subcommand)]
pub(crate) enum Media {
    /// Take a picture over (JPEG, PNG, WebP; 25 MiB, 40 megapixels); it is sent with the next sync.
    Add(Add),
    /// All pictures, or those of one client or visit; also those that wait to be sent.
    List {
        /// Whose they are.
        #[arg(long)]
        client: Option<ClientId>,
        /// Of which visit.
        #[arg(long)]
        appointment: Option<AppointmentId>,
    },
    /// Write a picture into a file; what is not on this device is fetched from the server.
    Save {
        /// The picture.
        id: Uuid,
        /// The file.
        #[arg(long, value_name = "PATH")]
        out: PathBuf,
        /// How large.
        #[arg(long, value_enum, default_value_t = Wanted::Full)]
        size: Wanted,
    },
    /// Remove a picture; one that is on the server needs the server.
    Remove {
        /// The picture.
        id: Uuid,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Add {
    /// The file.
    file: PathBuf,
    /// Whose it is.
    #[arg(long, required_unless_present = "appointment")]
    client: Option<ClientId>,
    /// Of which visit.
    #[arg(long)]
    appointment: Option<AppointmentId>,
    /// `photo_before`, `photo_after`, `reference` or `document`.
    #[arg(long = "type", value_name = "TYPE", default_value = "reference", value_parser = media_type)]
    media_type: MediaType,
}

/// How large a picture is wanted.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Wanted {
    /// As large as it is kept.
    Full,
    /// At most 1600 points a side.
    Large,
    /// At most 400 points a side; on this device for those that were added or looked at here.
    Small,
}

const COLUMNS: &[Column] = &[
    Column { ru: "Где", en: "Where", key: "state" },
    Column { ru: "Что", en: "What", key: "type" },
    Column { ru: "Клиент", en: "Client", key: "clientId" },
    Column { ru: "Байт", en: "Bytes", key: "bytes" },
    Column { ru: "Почему не принято", en: "Why refused", key: "code" },
    Column { ru: "Добавлено", en: "Added", key: "createdAt" },
    Column { ru: "Номер", en: "Id", key: "id" },
];

impl Media {
    pub(crate) fn run(self, session: &Session) -> Result<Output, Failed> {
        let mut app = session.open()?;
        match self {
            Self::Add(add) => add.run(&mut app),
            Self::List { client, appointment } => {
                let mut pictures = app.pictures()?;
                pictures.retain(|picture| {
                    client.is_none_or(|client| picture.place.client_id == Some(client))
                        && appointment.is_none_or(|visit| picture.place.appointment_id == Some(visit))
                });
                Output::list(pictures, COLUMNS)?.naming(&app)
            }
            Self::Save { id, out, size } => save(&mut app, session, id, &out, size),
            Self::Remove { id } => {
                if !app.forget_picture(id)? {
                    app.picture(id)?;
                    sync::block_on(pictures(&app, session)?.remove(MediaId(id)))??;
                }
                Output::one(&json!({ "id": id, "removed": true }))
            }
        }
    }
}

impl Add {
    fn run(self, app: &mut App) -> Result<Output, Failed> {
        let file = fs::read(&self.file).map_err(|error| cannot(&self.file, &error))?;
        let place = MediaPlace {
            media_type: self.media_type,
            client_id: self.client,
            appointment_id: self.appointment,
        };
        Output::one(&app.add_picture(&file, place)?)
    }
}

fn save(app: &mut App, session: &Session, id: Uuid, out: &Path, size: Wanted) -> Result<Output, Failed> {
    let picture = app.picture(id)?;
    let here = match size {
        Wanted::Small => app.picture_thumbnail(id)?,
        Wanted::Full | Wanted::Large => app.waiting_file(id)?,
    };
    let bytes = match here {
        Some(bytes) => bytes,
        None if picture.state == PictureState::Stored => {
            let fetched = pictures(app, session)?;
            let bytes = sync::block_on(fetched.fetch(MediaId(id), size.into()))??;
            if matches!(size, Wanted::Small) {
                app.keep_thumbnail(id, &bytes)?;
            }
            bytes
        }
        None => return Err(client_core::AppError::Damaged(id).into()),
    };
    fs::write(out, &bytes).map_err(|error| cannot(out, &error))?;
    Output::one(&json!({ "id": id, "path": out, "bytes": bytes.len() }))
}

/// The way to the pictures of the server that this device is connected to.
pub(crate) fn pictures(app: &App, session: &Session) -> Result<Pictures, Failed> {
    let (server, token) = signed_in(app)?;
    Ok(Pictures::new(&server, session.lang.as_str(), token)?)
}

/// How far a picture is, for whoever looks; a log file is spared.
pub(crate) fn progress(lang: Lang, picture: &WaitingPicture, arrived: u64) {
    if stderr().is_terminal() {
        let part = arrived * 100 / picture.length.max(1);
        let word = if lang == Lang::Ru { "фото" } else { "picture" };
        eprint!("\r{word} {part} %{}", if arrived >= picture.length { "\n" } else { "" });
    }
}

/// How many pictures the server has not, those that it will not have among them.
pub(crate) fn unsent(app: &App) -> Result<usize, Failed> {
    Ok(app.pictures()?.iter().filter(|picture| picture.state != PictureState::Stored).count())
}

/// Says that pictures wait, and why.
pub(crate) fn wait(lang: Lang, why: &RemoteError) {
    let words = if lang == Lang::Ru { "Фото подождут" } else { "The pictures wait" };
    eprintln!("! {words}: {why}");
}

fn media_type(word: &str) -> Result<MediaType, String> {
    MediaType::from_wire(word).ok_or_else(|| MediaType::WORDS.join(", "))
}

fn cannot(path: &Path, error: &std::io::Error) -> Failed {
    Failed::usage(format!("{}: {error}", path.display()))
}

impl From<Wanted> for MediaSize {
    fn from(wanted: Wanted) -> Self {
        match wanted {
            Wanted::Full => Self::Full,
            Wanted::Large => Self::Large,
            Wanted::Small => Self::Small,
        }
    }
}
