//! The pages of the documentation that say "paste this": every line of their boxes is run by a shell against a real server,
//! in one go, as a reader would.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use sync_server::testing::TestServer;

/// The lines of all `bash` boxes of a page.
fn boxes(page: &str) -> String {
    let mut lines = String::new();
    let mut is_inside = false;
    for line in page.lines() {
        match line {
            "```bash" => is_inside = true,
            "```" => is_inside = false,
            line if is_inside => {
                lines.push_str(line);
                lines.push('\n');
            }
            _ => {}
        }
    }
    lines
}

/// The folder of a program of this workspace, built as it is now.
fn built(program: &str) -> PathBuf {
    let mut build = Command::new(env!("CARGO"));
    build.args(["build", "--quiet", "--locked", "-p", "client-core", "--bin", program]);
    let done = build.current_dir(env!("CARGO_MANIFEST_DIR")).status().expect("cargo runs");
    assert!(done.success(), "{program} builds");
    let tests = std::env::current_exe().expect("the test has a path");
    let folder = tests.ancestors().nth(2).expect("tests lie in deps, beside the programs");
    assert!(folder.join(program).exists(), "{} has no {program}", folder.display());
    folder.to_owned()
}

/// Runs a page's boxes in an empty folder; a line that fails ends it.
async fn paste(page: &str, server: &TestServer) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs").join(page);
    let script = boxes(&fs::read_to_string(path).expect("the page is there"));
    assert!(script.lines().count() > 10, "{page} has boxes");
    let folder = tempfile::tempdir().expect("a folder");
    let mut shell = Command::new("bash");
    shell.args(["-euo", "pipefail", "-c", &script]).current_dir(folder.path()).env("SERVER", server.url());
    if script.contains("veloria --home") {
        let path = std::env::var("PATH").unwrap_or_default();
        shell.env("PATH", format!("{}:{path}", built("veloria").display()));
    }
    let output =
        tokio::task::spawn_blocking(move || shell.output()).await.expect("it ends").expect("bash runs");
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{told}\n{}", String::from_utf8_lossy(&output.stderr));
    told
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_about_the_api_works_as_it_stands() {
    let server = TestServer::start().await;
    let told = paste("api.md", &server).await;
    for expected in [
        "2026-12-01T10:00:00+03:00 confirmed",
        "201 the same answer",
        r#""phone":{"code":"invalid_phone""#,
        r#""type":"visit""#,
        r#""purpose":"marketing""#,
    ] {
        assert!(told.contains(expected), "{expected} is not in:\n{told}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_about_conflicts_works_as_it_stands() {
    let server = TestServer::start().await;
    let told = paste("conflicts.md", &server).await;
    for expected in [
        "Nothing needs you",
        "You are needed twice at the same time, 30 min",
        "phone, 20",
        "keepBoth",
        "laptop: Nothing needs you",
        "conflict.decide",
        "phone again: ",
    ] {
        assert!(told.contains(expected), "{expected} is not in:\n{told}");
    }
    let (_, again) = told.split_once("phone again: ").expect("the end");
    assert!(again.contains("30 min"), "the conflict is back:\n{told}");
}
