//! Where pictures lie: a folder of this machine or an S3-compatible storage, each tenant below its own name. Knows bytes and
//! names, and no table.

use std::path::Path as FilePath;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::http::Method;
use domain::ids::{MediaId, TenantId};
use domain::media::LINKS_LIVE;
use futures::stream::BoxStream;
use futures::{StreamExt as _, TryStreamExt as _};
use jiff::Timestamp;
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::signer::{SignedUrlOptions, Signer as _};
use object_store::{Error, GetOptions, GetResult, ObjectStore, ObjectStoreExt as _};
use tokio::sync::OnceCell;
use uuid::Uuid;

use super::links::LinkKeys;
use super::picture::{Kind, Painter, Picture};
use super::queue::Queue;
use crate::config::{Disk, S3};
use crate::http::Problem;
use secrecy::ExposeSecret as _;

/// The names of the three sizes, the largest first.
pub(super) const SIZES: [&str; 3] = ["full", "large", "small"];

/// How the name of a piece ends.
const PIECE: &str = "piece";

/// Why the storage cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum GalleryError {
    /// The folder cannot be made.
    #[error("cannot make the folder of pictures: {0}")]
    Folder(#[from] std::io::Error),
    /// The storage refuses or is away.
    #[error("the storage of pictures: {0}")]
    Storage(#[from] Error),
}

impl From<GalleryError> for Problem {
    fn from(error: GalleryError) -> Self {
        Self::internal(&error)
    }
}

/// Where pictures lie, who may fetch them, and who makes them.
#[derive(Clone, Debug)]
pub struct Gallery {
    store: Arc<dyn ObjectStore>,
    links: Links,
    origin: Arc<OnceCell<String>>,
    /// Makes our pictures of files that strangers sent.
    pub painter: Painter,
    /// Who brings pictures now.
    pub(super) queue: Queue,
}

#[derive(Clone, Debug)]
enum Links {
    Own(LinkKeys),
    S3(Arc<AmazonS3>),
}

impl Gallery {
    /// Opens the storage that the settings name.
    pub fn open(disk: &Disk, keys: LinkKeys, painter: Painter) -> Result<Self, GalleryError> {
        match disk {
            Disk::Local(folder) => Self::folder(folder, keys, painter),
            Disk::S3(settings) => {
                let store = Arc::new(s3(settings)?);
                Ok(Self::new(store.clone(), Links::S3(store), painter))
            }
        }
    }

    /// A folder of this machine. What was put into it is there after a power cut.
    pub fn folder(folder: &FilePath, keys: LinkKeys, painter: Painter) -> Result<Self, GalleryError> {
        std::fs::create_dir_all(folder)?;
        let store = LocalFileSystem::new_with_prefix(folder)?.with_fsync(true).with_automatic_cleanup(true);
        Ok(Self::new(Arc::new(store), Links::Own(keys), painter))
    }

    fn new(store: Arc<dyn ObjectStore>, links: Links, painter: Painter) -> Self {
        Self { store, links, origin: Arc::default(), painter, queue: Queue::default() }
    }

    /// In memory, for tests, with pictures made in the test's own process.
    #[cfg(any(test, feature = "testing"))]
    #[must_use]
    pub fn in_memory() -> Self {
        Self::at(Arc::new(object_store::memory::InMemory::new()))
    }

    /// The same, with a storage that takes its time.
    #[cfg(test)]
    pub(super) fn slow(put: Duration) -> Self {
        let pace = object_store::throttle::ThrottleConfig { wait_put_per_call: put, ..Default::default() };
        let memory = object_store::memory::InMemory::new();
        Self::at(Arc::new(object_store::throttle::ThrottledStore::new(memory, pace)))
    }

    #[cfg(any(test, feature = "testing"))]
    fn at(store: Arc<dyn ObjectStore>) -> Self {
        let keys = LinkKeys::new(&crate::sealed::SealingKey::random(), &[]);
        Self::new(store, Links::Own(keys), Painter::here())
    }

    /// Keeps a picture in all its sizes.
    pub(super) async fn put(
        &self,
        tenant: TenantId,
        id: MediaId,
        picture: Picture,
    ) -> Result<(), GalleryError> {
        for (size, bytes) in SIZES.into_iter().zip(picture.sizes) {
            self.store.put(&path(tenant, id, &name(size, picture.kind)), bytes.into()).await?;
        }
        Ok(())
    }

    /// Takes a picture away, and all that lies beside it; again does no harm.
    pub(super) async fn remove(&self, tenant: TenantId, id: Uuid) -> Result<(), GalleryError> {
        let found = self.store.list(Some(&folder(tenant, id))).map_ok(|object| object.location).boxed();
        Ok(self.store.delete_stream(found).map_ok(drop).try_collect().await?)
    }

    /// The links of a picture's three sizes, and when they end.
    pub(super) async fn links(
        &self,
        tenant: TenantId,
        id: MediaId,
        kind: Kind,
        now: Timestamp,
    ) -> Result<[String; 3], GalleryError> {
        let mut links = SIZES.map(|size| name(size, kind));
        for link in &mut links {
            *link = match &self.links {
                Links::Own(keys) => keys.link(tenant, id, link, now),
                Links::S3(store) => {
                    let options = SignedUrlOptions::default().with_query([
                        ("response-content-type", kind.content_type()),
                        ("response-content-disposition", &disposition(link)),
                    ]);
                    let lasts = Duration::from_secs(LINKS_LIVE.unsigned_abs());
                    let path = path(tenant, id, link);
                    store.signed_url_opts(Method::GET, &path, lasts, &options).await?.into()
                }
            };
        }
        Ok(links)
    }

    /// From where browsers fetch pictures, if not from this server: scheme, host and port of the links to a storage. They are the
    /// same for every picture, so one is made and thrown away, the first time that somebody asks.
    pub async fn origin(&self) -> Result<Option<&str>, GalleryError> {
        let Links::S3(store) = &self.links else { return Ok(None) };
        let origin = self.origin.get_or_try_init(async || {
            let link = store.signed_url(Method::GET, &Path::from("origin"), Duration::from_secs(1)).await?;
            Ok::<_, GalleryError>(link.origin().ascii_serialization())
        });
        Ok(Some(origin.await?))
    }

    /// Whether a link to our own folder was given by us and may still be used.
    pub(super) fn opens(&self, link: &str, now: Timestamp) -> bool {
        matches!(&self.links, Links::Own(keys) if keys.opens(link, now))
    }

    /// A picture's bytes; `None` if there is no such picture.
    pub(super) async fn get(
        &self,
        tenant: TenantId,
        id: MediaId,
        name: &str,
        options: GetOptions,
    ) -> Result<Option<GetResult>, GalleryError> {
        match self.store.get_opts(&path(tenant, id, name), options).await {
            Ok(found) => Ok(Some(found)),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Keeps a piece of an upload, under the number of its first byte.
    pub(super) async fn put_piece(
        &self,
        tenant: TenantId,
        upload: Uuid,
        first: i64,
        bytes: Bytes,
    ) -> Result<(), GalleryError> {
        self.store.put(&piece(tenant, upload, first), bytes.into()).await?;
        Ok(())
    }

    /// All pieces of an upload, in order. Pieces whose end was never confirmed are passed over.
    pub(super) async fn pieces(&self, tenant: TenantId, upload: Uuid) -> Result<Vec<u8>, GalleryError> {
        let mut whole = Vec::new();
        loop {
            let first = i64::try_from(whole.len()).unwrap_or(i64::MAX);
            match self.store.get(&piece(tenant, upload, first)).await {
                Ok(found) => whole.extend_from_slice(&found.bytes().await?),
                Err(Error::NotFound { .. }) => return Ok(whole),
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Everything that a tenant has here.
    pub(super) fn everything(&self, tenant: TenantId) -> BoxStream<'static, Result<Lying, Error>> {
        let found = self.store.list(Some(&Path::from(tenant.to_string())));
        found
            .try_filter_map(|object| async move {
                let folder = object.location.parts().nth(1).and_then(|part| part.as_ref().parse().ok());
                let since =
                    Timestamp::from_second(object.last_modified.timestamp()).unwrap_or(Timestamp::MIN);
                let is_piece = object.location.extension() == Some(PIECE);
                Ok(folder.map(|folder| Lying { folder, since, is_piece }))
            })
            .boxed()
    }
}

/// Bytes that lie in the storage.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lying {
    /// The picture or upload that they are of.
    pub(super) folder: Uuid,
    /// Since when.
    pub(super) since: Timestamp,
    /// Whether they are a piece of an upload.
    pub(super) is_piece: bool,
}

/// How a browser is to name it if it is kept.
pub(super) fn disposition(name: &str) -> String {
    format!("inline; filename=\"{name}\"")
}

/// A size's name in the storage.
pub(super) fn name(size: &str, kind: Kind) -> String {
    format!("{size}.{}", kind.extension())
}

fn folder(tenant: TenantId, id: Uuid) -> Path {
    Path::from_iter([tenant.to_string(), id.to_string()])
}

fn path(tenant: TenantId, id: MediaId, name: &str) -> Path {
    folder(tenant, id.0).join(name)
}

fn piece(tenant: TenantId, upload: Uuid, first: i64) -> Path {
    folder(tenant, upload).join(format!("{first:010}.{PIECE}"))
}

fn s3(settings: &S3) -> Result<AmazonS3, Error> {
    let mut builder = AmazonS3Builder::new()
        .with_bucket_name(&settings.bucket)
        .with_region(&settings.region)
        .with_virtual_hosted_style_request(!settings.path_style);
    if let Some((id, secret)) = &settings.key {
        builder = builder.with_access_key_id(id).with_secret_access_key(secret.expose_secret());
    }
    if let Some(endpoint) = &settings.endpoint {
        builder = builder.with_endpoint(endpoint).with_allow_http(endpoint.starts_with("http://"));
    }
    builder.build()
}
