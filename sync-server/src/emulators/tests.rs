//! What all services of the house share: the page, the moods, the clock, and the wall against other sites.

use serde_json::json;

use super::testing::Stage;

#[tokio::test]
async fn the_page_speaks_both_languages_and_runs_nothing() {
    let stage = Stage::start().await;
    for (lang, title) in [("ru", "Дом эмуляторов"), ("en", "The emulators' house")] {
        let page = stage.client.get(&stage.address).header("accept-language", lang).send().await.unwrap();
        let policy = page.headers()["content-security-policy"].to_str().unwrap().to_owned();
        assert!(policy.starts_with("default-src 'none'; style-src 'self';"), "{policy}");
        let page = page.text().await.unwrap();
        assert!(page.contains(title) && page.contains("YooKassa") && !page.contains("<script"), "{page}");
        assert!(page.contains(&format!("<html lang=\"{lang}\">")));
    }
    let style = stage.client.get(format!("{}/style.css", stage.address)).send().await.unwrap();
    assert_eq!(style.headers()["content-type"], "text/css; charset=utf-8");
}

#[tokio::test]
async fn other_sites_press_no_buttons() {
    let stage = Stage::start().await;
    let press = stage.client.post(format!("{}/control/yookassa/mode", stage.address));
    let answer =
        press.header("sec-fetch-site", "cross-site").json(&json!({ "mode": "down" })).send().await.unwrap();
    assert_eq!(answer.status(), 403);
}

#[tokio::test]
async fn a_mood_lasts_as_long_as_it_was_told_to_and_shows_on_the_page_of_whoever_presses_its_button() {
    let stage = Stage::start().await;
    let me = async || {
        let asked = stage.client.get(format!("{}/me", stage.api())).basic_auth("100500", Some("test_k"));
        asked
            .send()
            .await
            .ok()
            .map(|answer| (answer.status().as_u16(), answer.headers()["content-type"].clone()))
    };
    let code = async || me().await.map(|(status, _)| status);
    for (mode, answer) in
        [("401", Some(401)), ("429", Some(429)), ("500", Some(500)), ("down", None), ("lost", None)]
    {
        stage.steer("yookassa/mode", &json!({ "mode": mode, "times": 2 })).await;
        assert_eq!([code().await, code().await, code().await], [answer, answer, Some(200)], "{mode}");
    }
    stage.steer("yookassa/mode", &json!({ "mode": "html" })).await;
    let (status, kind) = me().await.unwrap();
    assert_eq!((status, kind.to_str().unwrap()), (200, "text/html; charset=utf-8"));
    let form =
        stage.client.post(format!("{}/control/yookassa/mode", stage.address)).header("accept", "text/html");
    let answer = form
        .header("content-type", "application/x-www-form-urlencoded")
        .body("mode=slow&seconds=0")
        .send()
        .await
        .unwrap();
    assert_eq!((answer.status().as_u16(), &answer.headers()["location"]), (303, &"/".parse().unwrap()));
    assert_eq!(code().await, Some(200));
    let page = stage.client.get(&stage.address).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("<strong>slow</strong>"));
    let (status, answer) = stage.try_to_steer("yookassa/mode", &json!({ "mode": "sad" })).await;
    assert_eq!(
        (status, answer),
        (422, json!({ "error": "mode: one of ok, slow, html, 401, 429, 500, lost, down" }))
    );
}

#[tokio::test]
async fn the_clock_goes_on_and_never_back() {
    let stage = Stage::start().await;
    let later = stage.steer("clock/advance", &json!({ "seconds": 86_400 })).await["now"].to_string();
    let more = stage.steer("clock/advance", &json!({ "seconds": 0 })).await["now"].to_string();
    assert!(more >= later);
    assert_eq!(stage.try_to_steer("clock/advance", &json!({ "seconds": -1 })).await.0, 422);
}
