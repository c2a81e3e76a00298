//! Pictures: through the front door.

use std::io;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use axum::http::Method;
use futures::future::select;
use jiff::SignedDuration;
use serde_json::{Value as Json, json};
use tokio::time::sleep;

use super::{Gallery, RemoveBytes, Sweep};
use crate::http::Edge;
use crate::http::limits::{Limits, Rates};
use crate::jobs::{Job as _, JobContext};
use crate::redis::Redis;
use crate::testing::{Answer, Caller, TestServer, picture};

const BYTES: Option<&str> = Some("application/octet-stream");

async fn upload(caller: &Caller<'_>, query: &str, file: Vec<u8>) -> Answer {
    caller.raw(Method::POST, &format!("/media{query}"), BYTES, file.into()).await
}

async fn fetch(server: &TestServer, link: &Json) -> Answer {
    server.anonymous().get(&format!("/..{}", link.as_str().unwrap())).await
}

async fn visit_of(anna: &Caller<'_>, client: &str) -> String {
    let body = json!({ "clientId": client, "startsAt": "2026-12-01T10:00", "durationMin": 60 });
    anna.post("/appointments", body).await.expect(201)["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_photo_is_uploaded_attached_listed_fetched_and_deleted() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let client = anna.add_client("Ольга").await;
    let visit = visit_of(&anna, &client).await;
    let answer = upload(&anna, "", picture(1)).await;
    let location = answer.header("location").to_owned();
    let media = answer.expect(201);
    let id = media["id"].as_str().unwrap();
    assert_eq!(location, format!("/api/v1/media/{id}"));
    let kept = [&media["type"], &media["contentType"], &media["width"], &media["height"]];
    assert_eq!(kept, [&json!("reference"), &json!("image/jpeg"), &json!(12), &json!(8)]);

    let body = json!({ "mediaId": id, "type": "photo_before" });
    let attach = format!("/appointments/{visit}/attach-media");
    let attached = anna.post(&attach, body.clone()).await.expect(200);
    assert_eq!((&attached["appointmentId"], &attached["clientId"]), (&json!(visit), &json!(client)));
    assert_eq!(anna.post(&attach, body).await.expect(200), attached);
    for query in [
        format!("?appointmentId={visit}"),
        format!("?clientId={client}"),
        "?filter[type]=photo_before".to_owned(),
        "?sort=-createdAt".to_owned(),
    ] {
        assert_eq!(
            anna.get(&format!("/media{query}")).await.expect(200)["data"],
            json!([attached]),
            "{query}"
        );
    }
    assert_eq!(anna.get("/media?filter[type]=photo_after").await.expect(200)["data"], json!([]));

    let everything = anna.get("/export").await.expect(200);
    assert_eq!(everything["media"][0]["id"], json!(id));
    let hers = anna.get(&format!("/clients/{client}/export")).await.expect(200);
    assert_eq!(hers["media"][0]["id"], json!(id));

    let shown = anna.get(&format!("/media/{id}")).await.expect(200);
    for size in ["full", "large", "small"] {
        let file = fetch(&server, &shown["urls"][size]).await;
        assert_eq!((file.status, file.header("content-type")), (200, "image/jpeg"));
        assert_eq!(file.header("x-content-type-options"), "nosniff");
        assert_eq!(file.header("content-disposition"), format!("inline; filename=\"{size}.jpg\""));
        assert!(file.header("content-security-policy").contains("sandbox"));
        assert_eq!(image::guess_format(&file.bytes).unwrap(), image::ImageFormat::Jpeg);
    }
    assert_eq!(anna.delete(&format!("/media/{id}")).await.status, 204);
    let job = RemoveBytes { id: id.parse().unwrap() };
    let tenant = anna.account["tenant"]["id"].as_str().unwrap().parse().unwrap();
    let context = JobContext {
        state: server.state().clone(),
        tenant,
        id: server.state().new_id(),
        attempt: 1,
        is_last_attempt: false,
    };
    for _ in 0..2 {
        job.run(context.clone()).await.unwrap();
    }
    assert_eq!(fetch(&server, &shown["urls"]["full"]).await.status, 404);
    assert_eq!(anna.get(&format!("/media/{id}")).await.status, 404);
    assert_eq!(anna.delete(&format!("/media/{id}")).await.status, 404);
}

#[tokio::test]
async fn the_same_file_for_the_same_place_is_kept_once() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let client = anna.add_client("Ольга").await;
    let first = upload(&anna, "", picture(1)).await.expect(201);
    assert_eq!(upload(&anna, "", picture(1)).await.expect(200)["id"], first["id"]);
    let query = format!("?type=photo_after&clientId={client}");
    assert_ne!(upload(&anna, &query, picture(1)).await.expect(201)["id"], first["id"]);
    assert_ne!(upload(&anna, "", picture(2)).await.expect(201)["id"], first["id"]);
    assert_eq!(anna.get("/media").await.expect(200)["data"].as_array().unwrap().len(), 3);
    // A picture stays with the card that it was made for; whoever that card is merged into shows it.
    let other = anna.add_client("Оля").await;
    anna.post(&format!("/clients/{client}/merge"), json!({ "into": other })).await.expect(200);
    let hers = anna.get(&format!("/media?clientId={other}")).await.expect(200);
    assert_eq!((hers["data"].as_array().unwrap().len(), &hers["data"][0]["clientId"]), (1, &json!(client)));
}

#[tokio::test]
async fn what_is_no_picture_or_names_nothing_is_refused() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    for (file, problem) in [
        (b"".to_vec(), "file_empty"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec(), "not_a_picture"),
        (b"<html><script>1</script>".to_vec(), "not_a_picture"),
        (picture(1)[..80].to_vec(), "picture_unreadable"),
    ] {
        // A header that lies changes nothing.
        let answer = anna.raw(Method::POST, "/media", Some("image/jpeg"), file.into()).await;
        assert_eq!((answer.status, answer.field("file")), (422, problem));
    }
    let large = vec![0xff; domain::media::MAX_FILE_BYTES + 1];
    assert_eq!(upload(&anna, "", large).await.code(), "payload_too_large");
    let nobody = "0192f0c1-2d3e-7f40-8a5b-6c7d8e9fa0b1";
    for (query, status) in [
        (format!("?clientId={nobody}"), 404),
        (format!("?appointmentId={nobody}"), 404),
        ("?type=film".to_owned(), 400),
        ("?name=a.jpg".to_owned(), 400),
    ] {
        assert_eq!(upload(&anna, &query, picture(1)).await.status, status, "{query}");
    }
    assert_eq!(anna.get("/media").await.expect(200)["data"], json!([]));
}

#[tokio::test]
async fn a_link_opens_one_picture_for_ten_minutes_and_is_not_to_be_forged() {
    let server = TestServer::start().await;
    let [anna, olga] = [server.register("anna").await, server.register("olga").await];
    let media = upload(&anna, "", picture(1)).await.expect(201);
    let hers = upload(&olga, "", picture(1)).await.expect(201);
    let link = media["urls"]["full"].as_str().unwrap().to_owned();
    let tenant = |media: &Json| media["urls"]["full"].as_str().unwrap().split('/').nth(2).unwrap().to_owned();
    let id = |media: &Json| media["id"].as_str().unwrap().to_owned();
    assert_eq!(fetch(&server, &json!(link)).await.status, 200);
    let mut forged = vec![
        link.replace(&tenant(&media), &tenant(&hers)),
        link.replace(&id(&media), &id(&hers)).replace(&tenant(&media), &tenant(&hers)),
        link.replace("full", "small"),
        link.replace("signature=", "signature=0"),
        link.split_once('?').unwrap().0.to_owned(),
        format!("{link}&x=1"),
        link.to_uppercase().replace("/FILES/", "/files/"),
    ];
    // One character changed anywhere behind the route's name; more with VELORIA_FORGED_LINKS, of which there are 10,000.
    let most: usize = std::env::var("VELORIA_FORGED_LINKS").map_or(600, |count| count.parse().unwrap());
    let start = "/files/".len();
    for number in 0..most {
        let position = start + number % (link.len() - start);
        let other = char::from(b"0123456789abcdefghijklmnopqrstuvwxyz-."[(number / 7) % 38]);
        let mut changed: Vec<char> = link.chars().collect();
        if changed[position] != other && changed[position] != '/' && changed[position] != '?' {
            changed[position] = other;
            forged.push(changed.into_iter().collect());
        }
    }
    for link in forged {
        let answer = fetch(&server, &json!(link)).await;
        assert_eq!((answer.status, answer.code()), (403, "forbidden"), "{link}");
    }
    let post = server.anonymous().raw(Method::POST, &format!("/..{link}"), None, Body::empty()).await;
    assert_eq!(post.status, 405);
    server.clock().advance(SignedDuration::from_secs(601));
    assert_eq!(fetch(&server, &json!(link)).await.code(), "forbidden");
}

#[tokio::test]
async fn a_part_of_a_picture_can_be_fetched() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let media = upload(&anna, "", picture(1)).await.expect(201);
    let link = format!("/..{}", media["urls"]["full"].as_str().unwrap());
    let whole = server.anonymous().get(&link).await;
    let (tag, length) = (whole.header("etag").to_owned(), whole.bytes.len());
    assert_eq!(whole.header("content-length"), length.to_string());
    let part = server.anonymous().header("range", "bytes=5-14").get(&link).await;
    assert_eq!((part.status, &part.bytes[..]), (206, &whole.bytes[5..15]));
    assert_eq!(part.header("content-range"), format!("bytes 5-14/{length}"));
    let same = server.anonymous().header("range", "bytes=0-0").header("if-range", &tag).get(&link).await;
    let other = server.anonymous().header("range", "bytes=0-0").header("if-range", "\"x\"").get(&link).await;
    assert_eq!((same.status, other.status, other.bytes.len()), (206, 200, length));
    let beyond = server.anonymous().header("range", &format!("bytes={length}-")).get(&link).await;
    assert_eq!((beyond.status, beyond.code()), (416, "range_not_satisfiable"));
    assert_eq!(beyond.header("content-range"), format!("bytes */{length}"));
    assert_eq!(server.anonymous().header("if-none-match", &tag).get(&link).await.status, 304);
}

async fn send(anna: &Caller<'_>, path: &str, offset: usize, bytes: &[u8]) -> Answer {
    anna.raw(Method::PATCH, &format!("{path}?offset={offset}"), BYTES, bytes.to_vec().into()).await
}

#[tokio::test]
async fn an_upload_in_pieces_goes_on_where_it_was_cut() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let file = picture(7);
    let begun = anna.post("/media/uploads", json!({ "length": file.len(), "type": "photo_after" })).await;
    let path = begun.header("location").strip_prefix("/api/v1").unwrap().to_owned();
    assert_eq!(begun.expect(201)["offset"], 0);
    let mut sent = 0;
    for piece in file.chunks(file.len() / 5) {
        // A piece that does not fit to what is here is refused, and where to go on is told.
        let wrong = send(&anna, &path, sent + 1, piece).await;
        assert_eq!((wrong.status, wrong.code()), (409, "conflict"));
        let asked = anna.send(Method::HEAD, &path, None).await;
        assert_eq!(
            (asked.header("upload-offset"), asked.header("upload-length")),
            (&*sent.to_string(), &*file.len().to_string())
        );
        let answer = send(&anna, &path, sent, piece).await;
        sent += piece.len();
        assert_eq!(answer.expect(200)["offset"], json!(sent));
        // The answer was lost, and the same piece comes again.
        assert_eq!(send(&anna, &path, sent - piece.len(), piece).await.status, 409);
    }
    let done = anna.get(&path).await.expect(200);
    let media = anna.get(&format!("/media/{}", done["mediaId"].as_str().unwrap())).await.expect(200);
    assert_eq!(media["type"], "photo_after");
    // Said once more, with nothing in it: the picture is there.
    assert_eq!(send(&anna, &path, sent, b"").await.expect(200)["mediaId"], done["mediaId"]);
    assert_eq!(anna.get("/media").await.expect(200)["data"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn an_upload_that_is_no_picture_is_forgotten_and_one_is_never_longer_than_it_said() {
    let server = TestServer::start().await;
    let [anna, olga] = [server.register("anna").await, server.register("olga").await];
    let begin = async |length: usize| {
        let begun = anna.post("/media/uploads", json!({ "length": length })).await;
        begun.header("location").strip_prefix("/api/v1").unwrap().to_owned()
    };
    let path = begin(5).await;
    let long = send(&anna, &path, 0, b"123456").await;
    assert_eq!((long.status, long.field("file")), (422, "too_long"));
    assert_eq!(send(&olga, &path, 0, b"12345").await.status, 404);
    let refused = send(&anna, &path, 0, b"<svg>").await;
    assert_eq!((refused.status, refused.field("file")), (422, "not_a_picture"));
    assert_eq!(anna.get(&path).await.status, 404);
    for (offset, problem) in [("", "invalid"), ("x", "invalid"), ("-1", "out_of_range")] {
        let path = begin(5).await;
        let path = format!("{path}?offset={offset}");
        let answer = anna.raw(Method::PATCH, &path, BYTES, "1".into()).await;
        assert_eq!((answer.status, answer.field("offset")), (400, problem), "{offset}");
    }
    let path = begin(5).await;
    server.clock().advance(SignedDuration::from_hours(25));
    begin(5).await;
    assert_eq!(anna.get(&path).await.status, 404, "it had a day");
}

#[tokio::test]
async fn a_device_hears_of_a_picture_with_its_next_sync() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let media = upload(&anna, "?type=document", picture(1)).await.expect(201);
    let body = json!({ "protocol": 1, "push": [], "want": [media["id"]] });
    let heard = anna.post("/sync", body).await.expect(200);
    let items = heard["items"].as_array().unwrap();
    let record = items.iter().find(|item| item["record"] == "media").unwrap();
    assert_eq!((&record["id"], &record["body"]["type"]), (&media["id"], &json!("document")));
    assert!(!record.to_string().contains("signature"), "links end, so they are not kept");
}

#[tokio::test]
async fn the_sweep_takes_what_nothing_knows_and_nothing_else() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let state = server.state();
    let media = upload(&anna, "", picture(1)).await.expect(201);
    let tenant = media["urls"]["full"].as_str().unwrap().split('/').nth(2).unwrap().parse().unwrap();
    // A crash between bytes and record.
    let lost = domain::ids::MediaId(state.new_id());
    let bytes =
        super::Picture { kind: super::Kind::Jpeg, width: 1, height: 1, sizes: [vec![1], vec![2], vec![3]] };
    state.gallery.put(tenant, lost, bytes).await.unwrap();
    let begun = anna.post("/media/uploads", json!({ "length": 9 })).await;
    let path = begun.header("location").strip_prefix("/api/v1").unwrap().to_owned();
    send(&anna, &path, 0, b"1234").await.expect(200);
    assert_eq!(Sweep::now(state, tenant).await.unwrap(), 0, "all of it is young");
    // The storage's own clock says when something was put there; ours runs ahead of it.
    server.clock().advance(SignedDuration::from_hours(24 * 31));
    assert_eq!(Sweep::now(state, tenant).await.unwrap(), 2);
    assert_eq!(Sweep::now(state, tenant).await.unwrap(), 0);
    let kept = anna.get(&format!("/media/{}", media["id"].as_str().unwrap())).await.expect(200);
    assert_eq!(fetch(&server, &kept["urls"]["small"]).await.status, 200);
}

#[tokio::test]
async fn a_plan_has_room_for_so_much_and_no_more() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let media = upload(&anna, "", picture(1)).await.expect(201);
    // The record of a picture that takes nearly all of the room.
    let tenant = anna.account["tenant"]["id"].as_str().unwrap().parse().unwrap();
    let mut tx = server.state().db.tenant(tenant).await.unwrap();
    crate::sync::lock(&mut tx).await.unwrap();
    let mut large: domain::media::Media = serde_json::from_value(media.clone()).unwrap();
    large.bytes = domain::plans::Plan::Ivory.limits().storage_bytes - 1;
    assert!(super::keep(&mut tx, &large).await.is_ok());
    tx.commit().await.unwrap();
    let refused = upload(&anna, "", picture(2)).await;
    assert_eq!((refused.status, refused.code()), (403, "storage_full"));
    assert_eq!(refused.json["error"]["details"]["usedBytes"], json!(large.bytes));
    assert_eq!(upload(&anna, "", picture(1)).await.status, 200, "what is there is there");
    assert_eq!(anna.delete(&format!("/media/{}", media["id"].as_str().unwrap())).await.status, 204);
    assert_eq!(upload(&anna, "", picture(2)).await.status, 201);
}

/// A forgery of a link, the `number`th; `None` if it cannot even be asked for.
fn forged(link: &str, number: usize) -> Option<String> {
    let start = "/files/".len();
    let mut bytes = link.as_bytes().to_vec();
    match number % 5 {
        // One bit anywhere.
        0..=2 => {
            let position = start + number.wrapping_mul(7_919) % (bytes.len() - start);
            bytes[position] ^= 1 << (number / 5 % 8);
        }
        // Another digit anywhere in the signature, at its end most of all.
        3 => {
            let position = bytes.len() - 1 - number / 5 % 64;
            bytes[position] = if bytes[position] == b'0' { b'1' } else { b'0' };
        }
        // Something more.
        _ => bytes.extend(format!("&x{number}=1").bytes()),
    }
    let forged = String::from_utf8(bytes).ok()?;
    let is_askable = forged.parse::<axum::http::Uri>().is_ok() && !forged.contains('#');
    (is_askable && forged != link).then_some(forged)
}

#[tokio::test]
async fn no_forged_link_opens() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let media = upload(&anna, "", picture(1)).await.expect(201);
    let link = media["urls"]["full"].as_str().unwrap().to_owned();
    let count =
        std::env::var("VELORIA_FORGED_LINKS").ok().and_then(|count| count.parse().ok()).unwrap_or(500);
    let (mut refused, mut elsewhere, mut number) = (0_usize, 0_usize, 0_usize);
    while refused < count {
        number += 1;
        let Some(forged) = forged(&link, number) else { continue };
        match fetch(&server, &json!(forged)).await.status {
            403 => refused += 1,
            // A bit that makes another path of it.
            400 | 404 | 405 => elsewhere += 1,
            status => panic!("{forged}: {status}"),
        }
    }
    assert!(elsewhere < refused / 5, "{elsewhere} of {number} were no links any more");
    assert_eq!(fetch(&server, &json!(link)).await.status, 200, "the true one opens all the while");
    println!("forged links: {refused} of {refused} refused with 403, {elsewhere} named no file");
    server.clock().advance(SignedDuration::from_mins(10));
    assert_eq!(fetch(&server, &json!(link)).await.status, 403);
}

#[tokio::test]
async fn pieces_that_are_still_coming_count_as_if_they_were_here() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let most = domain::plans::Plan::Ivory.limits().storage_bytes;
    let length = domain::media::MAX_FILE_BYTES as u64;
    let begin = || anna.post("/media/uploads", json!({ "length": length }));
    for _ in 0..most / length {
        assert_eq!(begin().await.status, 201);
    }
    let refused = begin().await;
    assert_eq!((refused.status, refused.code()), (403, "storage_full"));
}

#[tokio::test]
async fn while_a_piece_is_being_stored_no_connection_is_held_and_nobody_else_stores_it() {
    let server = TestServer::start_with(Gallery::slow(Duration::from_secs(5))).await;
    let anna = server.register("anna").await;
    let begun = anna.post("/media/uploads", json!({ "length": 9 })).await;
    let path = begun.header("location").strip_prefix("/api/v1").unwrap().to_owned();
    // Whichever comes second is told so while the other one is being stored.
    let [one, other] = [&b"1234"[..], b"12345"].map(|piece| Box::pin(send(&anna, &path, 0, piece)));
    let (refused, sending) = select(one, other).await.factor_first();
    assert_eq!(refused.code(), "request_running");
    // What was used for that answer goes back to the pool a moment later.
    let mut is_free = false;
    for _ in 0..100 {
        let (open, idle) = server.state().db.connections();
        is_free = usize::try_from(open).unwrap() == idle;
        if is_free {
            break;
        }
        sleep(Duration::from_millis(5)).await;
    }
    assert!(is_free, "no connection is held");
    let stored = sending.await.expect(200)["offset"].as_u64().unwrap();
    let rest = &b"123456789"[usize::try_from(stored).unwrap()..];
    assert!(!rest.is_empty() && rest.len() < 6);
    assert_eq!(
        send(&anna, &path, usize::try_from(stored).unwrap(), &rest[..1]).await.expect(200)["offset"],
        stored + 1
    );
}

#[tokio::test]
async fn more_files_at_once_than_a_business_may_bring_are_not_even_read() {
    let server = TestServer::start().await;
    let [anna, olga] = [server.register("anna").await, server.register("olga").await];
    let tenant = anna.account["tenant"]["id"].as_str().unwrap().parse().unwrap();
    let brings = [(); 2].map(|()| server.state().gallery.queue.enter(tenant).unwrap());
    let read = |_: &mut Context<'_>| -> Poll<Option<Result<&'static str, io::Error>>> {
        panic!("nobody reads this")
    };
    let unread = Body::from_stream(futures::stream::poll_fn(read));
    let refused = anna.raw(Method::POST, "/media", BYTES, unread).await;
    assert_eq!((refused.status, refused.code()), (503, "unavailable"));
    assert!(!refused.header("retry-after").is_empty());
    assert_eq!(upload(&olga, "", picture(1)).await.status, 201, "a neighbour is not concerned");
    let file = picture(2);
    let begun = anna.post("/media/uploads", json!({ "length": file.len() })).await;
    let path = begun.header("location").strip_prefix("/api/v1").unwrap().to_owned();
    assert_eq!(send(&anna, &path, 0, &file).await.status, 503, "all of it is here");
    drop(brings);
    let done = send(&anna, &path, file.len(), b"").await.expect(200);
    assert!(done["mediaId"].is_string(), "and becomes a picture when there is a turn");
}

#[tokio::test]
async fn a_client_with_many_photos_is_opened_and_a_photo_comes_in_small_pieces() {
    let limits = Limits::new(Rates::default(), Some(64), Redis::default());
    let server = TestServer::start().await.with_edge(Edge { limits, ..Edge::open() });
    let anna = server.register("anna").await;
    let id = upload(&anna, "", picture(1)).await.expect(201)["id"].as_str().unwrap().to_owned();
    for _ in 0..100 {
        assert_eq!(anna.get(&format!("/media/{id}")).await.status, 200);
    }
    let begun = anna.post("/media/uploads", json!({ "length": 200 })).await;
    let path = begun.header("location").strip_prefix("/api/v1").unwrap().to_owned();
    for offset in 0..100 {
        assert_eq!(send(&anna, &path, offset, b"x").await.status, 200);
    }
    let mut answers = Vec::new();
    for _ in 0..40 {
        answers.push(upload(&anna, "", picture(1)).await.status);
    }
    assert!(answers.contains(&429), "whole files are few");
}

#[tokio::test]
async fn a_deleted_picture_is_shown_to_nobody_at_once_and_its_bytes_stay_for_a_month() {
    let server = TestServer::start().await;
    let anna = server.register("anna").await;
    let media = upload(&anna, "", picture(1)).await.expect(201);
    let link = media["urls"]["small"].clone();
    assert_eq!(fetch(&server, &link).await.status, 200);
    let _worker = server.work().await;
    assert_eq!(anna.delete(&format!("/media/{}", media["id"].as_str().unwrap())).await.status, 204);
    assert_eq!(fetch(&server, &link).await.status, 404);
    let tenant = anna.account["tenant"]["id"].as_str().unwrap().parse().unwrap();
    let (state, id) = (server.state(), media["id"].as_str().unwrap().parse().unwrap());
    let bytes = async || {
        let options = object_store::GetOptions::default();
        state.gallery.get(tenant, id, "small.jpg", options).await.unwrap().is_some()
    };
    let context =
        JobContext { state: state.clone(), tenant, id: state.new_id(), attempt: 1, is_last_attempt: false };
    // The server was restored from a backup, and knows the picture again.
    let mut tx = state.db.tenant(tenant).await.unwrap();
    crate::sync::lock(&mut tx).await.unwrap();
    assert!(super::keep(&mut tx, &serde_json::from_value(media).unwrap()).await.is_ok());
    tx.commit().await.unwrap();
    RemoveBytes { id: id.0 }.run(context.clone()).await.unwrap();
    assert!(bytes().await);
    assert_eq!(anna.delete(&format!("/media/{id}")).await.status, 204);
    assert!(bytes().await, "a month has not passed");
    RemoveBytes { id: id.0 }.run(context).await.unwrap();
    assert!(!bytes().await);
}
