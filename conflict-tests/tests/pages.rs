//! The pages of the documentation that say "paste this": every line of their boxes is run by a shell against a real server,
//! in one go, as a reader would.

use std::fs;
use std::path::Path;
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

/// Runs a page's boxes in an empty folder; a line that fails ends it.
async fn paste(page: &str, server: &TestServer) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs").join(page);
    let script = boxes(&fs::read_to_string(path).expect("the page is there"));
    assert!(script.lines().count() > 10, "{page} has boxes");
    let folder = tempfile::tempdir().expect("a folder");
    let mut shell = Command::new("bash");
    shell.args(["-euo", "pipefail", "-c", &script]).current_dir(folder.path()).env("SERVER", server.url());
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
