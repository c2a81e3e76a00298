//! Pictures in an S3-compatible storage: the same front door, the storage's own signed links. The storage is moto's emulator,
//! fetched once into the folder of build products as schemathesis is.
//!
//! Needs Python 3.10 or newer with pip.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use axum::http::Method;
use serde_json::json;
use sync_server::config::{Disk, S3};
use sync_server::jobs::{Job as _, JobContext};
use sync_server::media::{Gallery, LinkKeys, Painter, RemoveBytes, Sweep};
use sync_server::sealed::SealingKey;
use sync_server::testing::{TestServer, picture};

/// The emulator, and what its own server needs.
const MOTO: [&str; 3] = ["moto[s3]==5.2.5", "flask==3.1.3", "flask-cors==6.0.5"];

/// The folder with moto in it.
fn moto() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("moto-5.2.5");
    if !folder.exists() {
        // Beside its place and then moved there, so that a run that was stopped leaves no half of it.
        let half = folder.with_extension(format!("half-{}", std::process::id()));
        let mut pip = Command::new("python3");
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target"]).arg(&half);
        let output = pip.args(MOTO).output().expect("python3 runs");
        assert!(output.status.success(), "pip: {}", String::from_utf8_lossy(&output.stderr));
        fs::rename(&half, &folder).expect("nobody else installs at the same time");
    }
    folder
}

/// A storage that ends with the test.
struct Storage {
    process: Child,
    url: String,
}

impl Storage {
    async fn start() -> Self {
        let library = tokio::task::spawn_blocking(moto).await.expect("it ends");
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|socket| socket.local_addr());
        let port = port.expect("some port is free").port();
        let mut python = Command::new("python3");
        python
            .env("PYTHONPATH", library)
            .args(["-m", "moto.server", "-H", "127.0.0.1", "-p"])
            .arg(port.to_string());
        let process = python.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("python3 runs");
        let storage = Self { process, url: format!("http://127.0.0.1:{port}") };
        let client = client();
        for _ in 0..600 {
            if client
                .put(format!("{}/salon", storage.url))
                .send()
                .await
                .is_ok_and(|made| made.status().is_success())
            {
                return storage;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("the storage does not answer");
    }

    fn gallery(&self) -> Gallery {
        let disk = Disk::S3(S3 {
            bucket: "salon".to_owned(),
            region: "us-east-1".to_owned(),
            endpoint: Some(self.url.clone()),
            path_style: true,
            key: Some(("id".to_owned(), "secret".into())),
        });
        Gallery::open(&disk, LinkKeys::new(&SealingKey::random(), &[]), Painter::here())
            .expect("the settings are whole")
    }
}

impl Drop for Storage {
    fn drop(&mut self) {
        // Ended by its own handle; it may be gone already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn client() -> reqwest::Client {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    reqwest::Client::builder().timeout(Duration::from_secs(20)).build().expect("a client")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_picture_in_a_storage_is_fetched_by_its_links_and_gone_when_deleted() {
    let storage = Storage::start().await;
    let server = TestServer::start_with(storage.gallery()).await;
    let anna = server.register("anna").await;
    let bytes = Some("application/octet-stream");
    let media = anna.raw(Method::POST, "/media?type=photo_after", bytes, picture(1).into()).await.expect(201);
    let link = media["urls"]["full"].as_str().expect("a link").to_owned();
    let tenant = anna.account["tenant"]["id"].as_str().expect("a tenant");
    assert!(link.starts_with(&format!("{}/salon/{tenant}/", storage.url)), "{link}");
    assert!(link.contains("X-Amz-Expires=600") && link.contains("X-Amz-Signature="), "{link}");
    let client = client();
    let whole = client.get(&link).send().await.expect("an answer");
    assert_eq!(whole.headers()["content-type"], "image/jpeg");
    assert_eq!(whole.headers()["content-disposition"], "inline; filename=\"full.jpg\"");
    let whole = whole.bytes().await.expect("a body");
    let part = client.get(&link).header("range", "bytes=2-9").send().await.expect("an answer");
    assert_eq!(part.status().as_u16(), 206);
    assert_eq!(part.bytes().await.expect("a body"), whole[2..10]);
    // The pages may show what lies there, and nothing of anybody else.
    let page = client.get(server.url()).header("accept", "text/html").send().await.expect("a page");
    let policy = page.headers()["content-security-policy"].to_str().expect("text").to_owned();
    assert!(policy.ends_with(&format!("; img-src 'self' data: blob: {}", storage.url)), "{policy}");
    // Our own door is closed: these are not our links.
    let own = link.replace(&format!("{}/salon", storage.url), "/../files");
    assert_eq!(server.anonymous().get(&own).await.status, 403);

    let file = picture(2);
    let begun = anna.post("/media/uploads", json!({ "length": file.len() })).await;
    let path = begun.header("location").strip_prefix("/api/v1").expect("a path").to_owned();
    let mut sent = 0;
    for piece in file.chunks(file.len().div_ceil(3)) {
        let path = format!("{path}?offset={sent}");
        anna.raw(Method::PATCH, &path, bytes, piece.to_vec().into()).await.expect(200);
        sent += piece.len();
    }
    assert!(anna.get(&path).await.expect(200)["mediaId"].is_string());

    assert_eq!(anna.delete(&format!("/media/{}", media["id"].as_str().expect("an id"))).await.status, 204);
    let context = JobContext {
        state: server.state().clone(),
        tenant: tenant.parse().expect("an id"),
        id: server.state().new_id(),
        attempt: 1,
        is_last_attempt: false,
    };
    let id = media["id"].as_str().and_then(|id| id.parse().ok()).expect("an id");
    RemoveBytes { id }.run(context.clone()).await.expect("the storage is there");
    // Whoever may not list a bucket is not told whether a name was ever in it: some storages say 403.
    let gone = client.get(&link).send().await.expect("an answer").status().as_u16();
    assert!([403, 404].contains(&gone), "{gone}");
    assert_eq!(Sweep::now(server.state(), context.tenant).await.expect("the storage is there"), 0);
}
