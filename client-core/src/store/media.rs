//! Tables `pictures`, `picture_pieces` and `picture_thumbnails`: pictures that were taken here and wait to be sent, and the small
//! sizes of all that were looked at. What the server knows of a picture is a record like others.

use domain::documents::Hash;
use domain::ids::{AppointmentId, ClientId};
use domain::media::{MediaPlace, MediaType};
use rusqlite::{Row, params};
use uuid::Uuid;

use super::sql::{self, all, first, run};
use super::{Result, Tx};

/// In pieces of this size a picture lies here and is sent: after a cut, so much is sent again at most.
const PIECE: usize = 512 * 1024;

/// A picture that was taken here and that the server has not whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingPicture {
    /// Its id on this device; the server gives it another.
    pub id: Uuid,
    /// When it was taken over, in seconds since 1970.
    pub at: i64,
    /// Of the file.
    pub sha256: Hash,
    /// Bytes of the file.
    pub length: u64,
    /// Where it belongs.
    pub place: MediaPlace,
    /// The upload that was begun for it.
    pub upload: Option<Uuid>,
    /// The code with which the server will not have it.
    pub refused: Option<String>,
}

const COLUMNS: &str = "id, at, sha256, length, type, client, appointment, upload, refused";

impl Tx<'_> {
    /// Keeps a file until it is sent. The same file at the same place is kept once; answers under which id.
    pub fn keep_picture(&self, picture: &WaitingPicture, file: &[u8], small: &[u8]) -> Result<Uuid> {
        let place = picture.place;
        let (client, visit) = (place.client_id.map(|id| id.0), place.appointment_id.map(|id| id.0));
        let sql =
            "SELECT id FROM pictures WHERE sha256 = ?1 AND type = ?2 AND client IS ?3 AND appointment IS ?4";
        let (kind, client, visit) = (place.media_type.as_str(), blob(client), blob(visit));
        let same =
            first(self.conn, sql, params![picture.sha256.0, kind, client, visit], |row| sql::uuid(row, 0))?;
        if let Some(same) = same {
            return Ok(same);
        }
        let sql = "INSERT INTO pictures (id, at, sha256, length, type, client, appointment)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
        let id = picture.id.as_bytes();
        let length = i64::try_from(picture.length).unwrap_or(i64::MAX);
        run(self.conn, sql, params![id, picture.at, picture.sha256.0, length, kind, client, visit])?;
        for (number, piece) in file.chunks(PIECE).enumerate() {
            let start = i64::try_from(number * PIECE).unwrap_or(i64::MAX);
            let sql = "INSERT INTO picture_pieces (picture, start, bytes) VALUES (?1, ?2, ?3)";
            run(self.conn, sql, params![id, start, piece])?;
        }
        self.keep_thumbnail(picture.id, small)?;
        Ok(picture.id)
    }

    /// The pictures that wait, the oldest first.
    pub fn waiting_pictures(&self) -> Result<Vec<WaitingPicture>> {
        all(self.conn, &format!("SELECT {COLUMNS} FROM pictures ORDER BY at, id"), [], read)
    }

    /// One of them.
    pub fn waiting_picture(&self, id: Uuid) -> Result<Option<WaitingPicture>> {
        let sql = format!("SELECT {COLUMNS} FROM pictures WHERE id = ?1");
        first(self.conn, &sql, params![id.as_bytes()], read)
    }

    /// The bytes of a file from this one on, to the end of their piece; none beyond its end.
    pub fn picture_bytes(&self, id: Uuid, offset: u64) -> Result<Vec<u8>> {
        let offset = i64::try_from(offset).unwrap_or(i64::MAX);
        let sql = "SELECT start, bytes FROM picture_pieces WHERE picture = ?1 AND start <= ?2 ORDER BY start DESC LIMIT 1";
        let piece = first(self.conn, sql, params![id.as_bytes(), offset], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?))
        })?;
        let Some((start, bytes)) = piece else { return Ok(Vec::new()) };
        let skipped = usize::try_from(offset - start).unwrap_or(usize::MAX);
        Ok(bytes.get(skipped..).map(<[u8]>::to_vec).unwrap_or_default())
    }

    /// An upload was begun, or has to be begun anew.
    pub fn set_picture_upload(&self, id: Uuid, upload: Option<Uuid>) -> Result<()> {
        let sql = "UPDATE pictures SET upload = ?2 WHERE id = ?1";
        run(self.conn, sql, params![id.as_bytes(), blob(upload)]).map(drop)
    }

    /// The server will not have it; it stays here until she takes it away.
    pub fn refuse_picture(&self, id: Uuid, code: &str) -> Result<()> {
        let sql = "UPDATE pictures SET refused = ?2, upload = NULL WHERE id = ?1";
        run(self.conn, sql, params![id.as_bytes(), code]).map(drop)
    }

    /// Forgets a waiting picture; its small size too, unless the server has it under an id of its own.
    pub fn forget_picture(&self, id: Uuid, became: Option<Uuid>) -> Result<()> {
        if let Some(became) = became {
            let sql = "INSERT OR IGNORE INTO picture_thumbnails SELECT ?2, bytes FROM picture_thumbnails WHERE picture = ?1";
            run(self.conn, sql, params![id.as_bytes(), became.as_bytes()])?;
        }
        run(self.conn, "DELETE FROM picture_thumbnails WHERE picture = ?1", params![id.as_bytes()])?;
        run(self.conn, "DELETE FROM pictures WHERE id = ?1", params![id.as_bytes()]).map(drop)
    }

    /// Loses the bytes of a picture on purpose, as a failing disk would; for tests of what then happens to its neighbours.
    #[doc(hidden)]
    pub fn damage_picture(&self, id: Uuid) -> Result<()> {
        run(self.conn, "DELETE FROM picture_pieces WHERE picture = ?1", params![id.as_bytes()])?;
        run(
            self.conn,
            "UPDATE picture_thumbnails SET bytes = x'00' WHERE picture = ?1",
            params![id.as_bytes()],
        )
        .map(drop)
    }

    /// The small size of a picture, if it is here.
    pub fn thumbnail(&self, id: Uuid) -> Result<Option<Vec<u8>>> {
        first(
            self.conn,
            "SELECT bytes FROM picture_thumbnails WHERE picture = ?1",
            params![id.as_bytes()],
            |row| row.get(0),
        )
    }

    /// Keeps the small size of a picture.
    pub fn keep_thumbnail(&self, id: Uuid, bytes: &[u8]) -> Result<()> {
        let sql = "INSERT OR REPLACE INTO picture_thumbnails (picture, bytes) VALUES (?1, ?2)";
        run(self.conn, sql, params![id.as_bytes(), bytes]).map(drop)
    }
}

fn blob(id: Option<Uuid>) -> Option<[u8; 16]> {
    id.map(Uuid::into_bytes)
}

fn read(row: &Row<'_>) -> rusqlite::Result<WaitingPicture> {
    let optional = |column| row.get::<_, Option<[u8; 16]>>(column).map(|id| id.map(Uuid::from_bytes));
    Ok(WaitingPicture {
        id: sql::uuid(row, 0)?,
        at: row.get(1)?,
        sha256: sql::hash(row, 2)?,
        length: row.get::<_, i64>(3)?.unsigned_abs(),
        place: MediaPlace {
            media_type: sql::parsed(row, 4, MediaType::from_wire)?,
            client_id: optional(5)?.map(ClientId),
            appointment_id: optional(6)?.map(AppointmentId),
        },
        upload: optional(7)?,
        refused: row.get(8)?,
    })
}
