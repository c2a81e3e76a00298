//! Pictures taken without a network: shown at once, sent later over a line that breaks, once; and what is no picture.

use std::io::Cursor;

use client_core::app::{PictureState, ShownPicture};
use client_core::driver::Steps;
use client_core::driver::media::{PictureError, Pictures, Sent};
use client_core::store::{StoreError, Tx};
use client_core::sync::{Effect, Engine, Event};
use client_core::{App, AppError};
use domain::errors::FieldProblem;
use domain::ids::{ClientId, MediaId};
use domain::media::{MediaPlace, MediaSize, MediaType};
use image::{GrayImage, ImageFormat, RgbImage};
use jiff::Timestamp;
use rand::rngs::StdRng;
use rand::{Rng as _, RngExt as _, SeedableRng as _};
use serde_json::json;
use sync_server::testing::TestServer;
use uuid::Uuid;

use super::homes::{Device, fields};
use conflict_tests::proxy::Proxy;

fn bytes(image: impl Into<image::DynamicImage>) -> Vec<u8> {
    let mut bytes = Vec::new();
    image.into().write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png).expect("a PNG");
    bytes
}

/// Noise packs badly, so the file is as long as its points: some 1.2 MB, three pieces.
fn photo(seed: u64) -> Vec<u8> {
    let mut points = vec![0; 640 * 640 * 3];
    StdRng::seed_from_u64(seed).fill_bytes(&mut points);
    bytes(RgbImage::from_raw(640, 640, points).expect("as many points"))
}

fn of_client(client: ClientId) -> MediaPlace {
    MediaPlace { media_type: MediaType::PhotoBefore, client_id: Some(client), appointment_id: None }
}

fn pictures(device: &Device, url: &str) -> Pictures {
    let token = device.app.token().expect("the store answers").expect("signed in");
    Pictures::new(url, "en", token).expect("an HTTP client")
}

fn add_client(device: &mut Device) -> ClientId {
    device.app.add_client(&fields(json!({ "name": "Анна" }))).expect("a client").id
}

fn only(device: &Device) -> ShownPicture {
    let all = device.app.pictures().expect("the store answers");
    assert_eq!(all.len(), 1, "{all:?}");
    all.into_iter().next().expect("one")
}

#[tokio::test]
async fn a_picture_taken_offline_is_shown_at_once_and_comes_through_a_line_that_breaks_once() {
    let server = TestServer::start().await;
    let owner = server.register("photos").await;
    let proxy = Proxy::to(server.url()).await.expect("a free port");
    let mut phone = Device::sign_in(&server, &owner.email, "phone").await;
    let mut laptop = Device::sign_in(&server, &owner.email, "laptop").await;
    let client = add_client(&mut phone);
    let file = photo(1);
    let added = phone.app.add_picture(&file, of_client(client)).expect("a picture");
    assert_eq!(
        (added.state, added.has_thumbnail, added.bytes),
        (PictureState::Waiting, true, file.len() as u64)
    );
    let again = phone.app.add_picture(&file, of_client(client)).expect("the same picture");
    assert_eq!(again, added, "the same file at the same place is one");
    assert_eq!(phone.app.waiting_file(added.id).expect("whole"), Some(file.clone()));
    let small = phone.app.picture_thumbnail(added.id).expect("the store answers").expect("small");
    assert_eq!(image::load_from_memory(&small).expect("a picture").width(), 400);
    // Whose client the server does not know waits for her.
    let sent =
        pictures(&phone, server.url()).send_waiting(&mut phone.app, |_, _| ()).await.expect("nothing to do");
    assert_eq!((sent.sent, sent.refused), (0, 0));

    phone.sync(&server).await;
    let mut rng = StdRng::seed_from_u64(7);
    let (mut broke, mut furthest) = (0, 0);
    while phone.app.waiting_pictures().expect("the store answers") > 0 && broke < 200 {
        proxy.cut_after(rng.random_range(1_000..1_500_000));
        // As after a new start of the program each time.
        let way = pictures(&phone, &proxy.url);
        match way.send_waiting(&mut phone.app, |_, arrived| furthest = furthest.max(arrived)).await {
            Ok(sent) => assert_eq!(sent.refused, 0),
            Err(PictureError::Remote(_)) => broke += 1,
            Err(PictureError::App(error)) => panic!("{error}"),
        }
    }
    assert!(broke > 0, "the line never broke");
    assert_eq!(phone.app.waiting_pictures().expect("the store answers"), 0);
    for device in [&mut phone, &mut laptop] {
        device.sync(&server).await;
        let shown = only(device);
        assert_eq!(
            (shown.state, shown.place, shown.sha256.as_str()),
            (PictureState::Stored, of_client(client), &*added.sha256)
        );
    }
    let shown = only(&phone);
    assert!(shown.has_thumbnail, "its small size stays");
    assert_eq!(
        phone.app.waiting_file(shown.id).expect("the store answers"),
        None,
        "its file is the server's now"
    );
    // Whoever takes it over again has it already.
    assert_eq!(phone.app.add_picture(&file, of_client(client)).expect("known").id, shown.id);
    let way = pictures(&laptop, server.url());
    let full = way.fetch(MediaId(shown.id), MediaSize::Full).await.expect("from the server");
    let (sent, came) =
        (image::load_from_memory(&file).expect("sent"), image::load_from_memory(&full).expect("came"));
    assert_eq!((sent.width(), sent.height()), (came.width(), came.height()));
}

#[tokio::test]
async fn what_is_no_picture_is_told_and_what_the_server_will_not_have_stays_here() {
    let server = TestServer::start().await;
    let owner = server.register("refused").await;
    let mut phone = Device::sign_in(&server, &owner.email, "phone").await;
    let client = add_client(&mut phone);
    let large = bytes(GrayImage::new(9_000, 9_000));
    for (file, problem) in [
        (Vec::new(), FieldProblem::FileEmpty),
        (b"<svg onload=alert(1)>".to_vec(), FieldProblem::NotAPicture),
        (photo(2)[..60_000].to_vec(), FieldProblem::PictureUnreadable),
        (large, FieldProblem::PictureTooLarge),
    ] {
        let error = phone.app.add_picture(&file, of_client(client)).expect_err("refused");
        assert!(
            matches!(&error, AppError::Invalid(fields) if fields.get("file") == Some(problem)),
            "{error:?}"
        );
    }
    let nobody = ClientId(phone.app.new_id());
    assert!(matches!(phone.app.add_picture(&photo(3), of_client(nobody)), Err(AppError::NotFound(_))));
    assert_eq!(phone.app.pictures().expect("the store answers"), []);

    phone.sync(&server).await;
    phone.app.add_picture(&photo(3), of_client(client)).expect("a picture");
    let removed = owner.delete(&format!("/clients/{client}")).await;
    assert_eq!(removed.status, 204, "{removed:?}");
    let way = pictures(&phone, server.url());
    let sent = way.send_waiting(&mut phone.app, |_, _| ()).await.expect("the server answers");
    assert_eq!((sent.sent, sent.refused), (0, 1));
    let shown = only(&phone);
    assert_eq!(shown.state, PictureState::Refused, "{shown:?}");
    assert!(phone.app.waiting_file(shown.id).expect("whole").is_some(), "nothing is lost");
    let sent = way.send_waiting(&mut phone.app, |_, _| ()).await.expect("nothing to do");
    assert_eq!((sent.sent, sent.refused), (0, 0), "it is not tried for ever");
    assert!(phone.app.forget_picture(shown.id).expect("the store answers"));
    assert_eq!(phone.app.pictures().expect("the store answers"), []);
}

/// A device whose owner takes a picture away while it is sent: when `looks`, which counts down, has come to nothing.
struct Fickle<'a> {
    app: &'a mut App,
    picture: Uuid,
    looks: u32,
}

impl Steps for Fickle<'_> {
    async fn step(&mut self, engine: &mut Engine, event: Event) -> Result<Effect, StoreError> {
        self.app.sync_step(engine, event)
    }

    async fn now(&mut self) -> Timestamp {
        App::now(self.app)
    }

    async fn look<T: Send + 'static>(&mut self, act: impl FnOnce(&mut App) -> T + Send + 'static) -> T {
        self.looks = self.looks.saturating_sub(1);
        if self.looks == 0 {
            self.app.forget_picture(self.picture).expect("the store answers");
        }
        act(self.app)
    }
}

#[tokio::test]
async fn what_she_takes_away_while_it_is_sent_is_nowhere_afterwards() {
    let server = TestServer::start().await;
    let owner = server.register("fickle").await;
    let mut phone = Device::sign_in(&server, &owner.email, "phone").await;
    let way = pictures(&phone, server.url());
    let place = MediaPlace { media_type: MediaType::Reference, client_id: None, appointment_id: None };
    // To find it, where its upload is, that one began, three pieces, and that it has arrived.
    for looks in 1..=7 {
        let picture = phone.app.add_picture(&photo(100 + u64::from(looks)), place).expect("a picture").id;
        let mut fickle = Fickle { app: &mut phone.app, picture, looks };
        let done = way.send_waiting(&mut fickle, |_, _| ()).await.expect("nothing stops it");
        assert_eq!((done, fickle.looks), (Sent::default(), 0), "after {looks}");
        assert_eq!(phone.app.pictures().expect("the store answers"), [], "after {looks}");
        let there = owner.get("/media").await.expect(200);
        assert_eq!(there["data"], json!([]), "after {looks}");
    }
}

#[tokio::test]
async fn a_picture_whose_bytes_are_lost_holds_up_nobody_and_can_be_taken_away() {
    let server = TestServer::start().await;
    let owner = server.register("lost").await;
    let mut phone = Device::sign_in(&server, &owner.email, "phone").await;
    let place = MediaPlace { media_type: MediaType::Reference, client_id: None, appointment_id: None };
    let [lost, sound] =
        [31, 32].map(|seed| phone.app.add_picture(&photo(seed), place).expect("a picture").id);
    let damage = |tx: &Tx<'_>| Ok(tx.damage_picture(lost)?);
    phone.app.store_mut().write::<_, AppError>(damage).expect("the store answers");
    assert_eq!(phone.app.all_media().expect("both are listed").len(), 2);

    let way = pictures(&phone, server.url());
    let done = way.send_waiting(&mut phone.app, |_, _| ()).await.expect("nothing stops it");
    assert_eq!(done, Sent { sent: 1, refused: 1 });
    let left = only(&phone);
    assert_eq!((left.id, left.state), (lost, PictureState::Refused));
    assert_eq!(left.code.as_deref(), Some(FieldProblem::PictureUnreadable.as_str()));
    assert_ne!(left.id, sound);
    assert!(phone.app.forget_picture(lost).expect("the store answers"));
}
