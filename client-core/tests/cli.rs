//! The program `veloria` as a script sees it, in a home that somebody signed in to, with no server anywhere.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::Arc;

use client_core::app::{Account, DeviceIdentity, Home, Tenant};
use client_core::system::{SystemClock, SystemIds, fill_random};
use domain::ids::{DeviceId, TenantId};
use domain::money::Currency;
use serde_json::{Value as Json, json};
use uuid::Uuid;

const PASSPHRASE: &str = "тёплый-лак-42";

fn home() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::new(folder.path());
    let passphrase = PASSPHRASE.to_owned().into();
    let mut app = home
        .open_or_create(&passphrase, &mut fill_random, Arc::new(SystemClock), Box::new(SystemIds))
        .unwrap();
    app.sign_in(&Account {
        server: "http://127.0.0.1:9".to_owned(),
        user: json!({}),
        tenant: Tenant {
            id: TenantId(Uuid::from_u128(2)),
            name: "Салон".to_owned(),
            timezone: "Europe/Moscow".to_owned(),
            locale: "ru".to_owned(),
            currency: Currency::RUB,
            plan: "start".to_owned(),
            entitlement: None,
        },
        device: DeviceIdentity { id: DeviceId(Uuid::from_u128(1)), name: "laptop".to_owned() },
        token: "token".to_owned().into(),
        entitlement_key: None,
    })
    .unwrap();
    folder
}

fn veloria(home: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_veloria"))
        .arg("--home")
        .arg(home)
        .args(arguments)
        .env("VELORIA_PASSPHRASE", PASSPHRASE)
        .env("LANG", "C")
        .env_remove("VELORIA_HOME")
        .output()
        .unwrap()
}

fn json_of(home: &Path, arguments: &[&str]) -> Json {
    let output = veloria(home, &[&["--json"], arguments].concat());
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stdout));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn a_day_without_a_network() {
    let folder = home();
    let home = folder.path();
    let service = json_of(home, &["services", "add", "--name", "Стрижка", "--price", "2500", "--min", "90"]);
    let service = service["id"].as_str().unwrap();
    let client = json_of(
        home,
        &[
            "clients",
            "add",
            "--name",
            "Анна",
            "--phone",
            "89161234567",
            "--birthday",
            "--05-01",
            "--tag",
            "vip",
        ],
    );
    let anna = client["id"].as_str().unwrap();
    assert_eq!((&client["phone"], &client["birthday"]), (&json!("+79161234567"), &json!("--05-01")));
    let edited = json_of(
        home,
        &[
            "clients",
            "edit",
            anna,
            "--set",
            "email=anna@example.com",
            "--set",
            "meta.vk=12",
            "--tag",
            "утро",
            "--untag",
            "vip",
        ],
    );
    assert_eq!((&edited["tags"], &edited["meta"]), (&json!(["утро"]), &json!({ "vk": "12" })));
    let visit = json_of(
        home,
        &[
            "appointments",
            "add",
            "--client",
            anna,
            "--service",
            service,
            "--at",
            "2026-12-01T10:00",
            "--min",
            "90",
            "--deposit",
            "1500",
        ],
    );
    assert_eq!(visit["startsAt"], "2026-12-01T10:00:00+03:00");
    assert_eq!((&visit["depositAmount"], &visit["price"]), (&json!(1500), &json!(2500)));
    let visit = visit["id"].as_str().unwrap();
    json_of(home, &["appointments", "move", visit, "--at", "2026-12-02T12:00"]);
    assert_eq!(json_of(home, &["appointments", "complete", visit])["status"], "completed");
    let note = json_of(home, &["notes", "add", "--client", anna, "--body", "Кофе", "--appointment", visit]);
    json_of(home, &["notes", "edit", note["id"].as_str().unwrap(), "--body", "Кофе без сахара"]);

    assert_eq!(json_of(home, &["clients", "list", "--search", "АНН"])["data"][0]["id"], anna);
    let listed = json_of(home, &["appointments", "list", "--from", "2026-12-02", "--to", "2026-12-02"]);
    assert_eq!(listed["data"].as_array().unwrap().len(), 1);
    assert_eq!(json_of(home, &["appointments", "list", "--to", "2026-12-01"])["data"], json!([]));
    let status = json_of(home, &["status"]);
    assert_eq!((&status["pending"], &status["lastContact"]), (&json!(8), &Json::Null));
    assert_eq!(json_of(home, &["verify"]), json!({ "unopened": 0, "different": 0, "documents": 3 }));
    assert_eq!(json_of(home, &["export"])["notes"][0]["body"], "Кофе без сахара");
    let removed = json_of(home, &["clients", "remove", anna]);
    assert_eq!(removed, json!({ "id": anna, "removed": true }));
}

#[test]
fn money_taken_in_hand_is_written_down_without_a_network_and_taken_back_until_it_is_sent() {
    let folder = home();
    let home = folder.path();
    let id_of = |value: Json| value["id"].as_str().unwrap().to_owned();
    let anna = id_of(json_of(home, &["clients", "add", "--name", "Анна"]));
    let visit = id_of(json_of(
        home,
        &["appointments", "add", "--client", &anna, "--at", "2026-12-01T10:00", "--min", "60"],
    ));
    let paid =
        json_of(home, &["payments", "add", "--amount", "2500.50", "--visit", &visit, "--for", "Стрижка"]);
    assert_eq!((&paid["clientId"], &paid["appointmentId"]), (&json!(anna), &json!(visit)));
    assert_eq!((&paid["provider"], &paid["kind"]), (&json!("cash"), &json!("payment")));
    let back = json_of(
        home,
        &[
            "payments",
            "add",
            "--amount",
            "-500",
            "--client",
            &anna,
            "--method",
            "transfer",
            "--date",
            "2026-11-30",
        ],
    );
    assert_eq!(
        (&back["kind"], &back["provider"], &back["date"]),
        (&json!("refund"), &json!("transfer"), &json!("2026-11-30"))
    );
    assert_eq!(json_of(home, &["payments", "list"])["data"].as_array().unwrap().len(), 2);
    let nobody = Uuid::from_u128(5).to_string();
    let wrong: [&[&str]; 3] = [
        &["--json", "payments", "add", "--amount", "1", "--client", &nobody],
        &["--json", "payments", "add", "--amount", "1", "--visit", &nobody],
        &["--json", "payments", "add", "--amount", "2500.505"],
    ];
    assert_eq!(wrong.map(|line| veloria(home, line).status.code().unwrap()), [4, 4, 5]);

    let listed = json_of(home, &["intents", "list"]);
    let [first, second] = listed["data"].as_array().unwrap().as_slice() else { panic!("{listed}") };
    assert_eq!((&first["action"], &first["target"]), (&json!("payment.add"), &paid["id"]));
    assert_eq!((&first["state"], &first["deadline"]), (&json!("pending"), &Json::Null));
    let table = veloria(home, &["--lang", "ru", "intents", "list"]);
    assert!(String::from_utf8(table.stdout).unwrap().contains("Ждёт отправки"));

    let refund = second["id"].as_str().unwrap();
    assert_eq!(json_of(home, &["intents", "cancel", refund])["state"], "cancelled");
    let again = veloria(home, &["--json", "--lang", "en", "intents", "cancel", refund]);
    let again: Json = serde_json::from_slice(&again.stdout).unwrap();
    assert_eq!(again["error"]["code"], "conflict");
    assert!(again["error"]["message"].as_str().unwrap().contains("no longer"), "{again}");
    assert_eq!(veloria(home, &["intents", "cancel", &nobody]).status.code(), Some(4));
    let left = json_of(home, &["payments", "list"]);
    assert_eq!((left["data"].as_array().unwrap().len(), &left["data"][0]["id"]), (1, &paid["id"]));
}

#[test]
fn what_can_no_longer_be_done_in_time_says_so_before_anybody_is_asked() {
    let folder = home();
    let home = folder.path();
    let book = |at: &str| {
        let visit = json_of(home, &["appointments", "add", "--at", at, "--min", "60"]);
        visit["id"].as_str().unwrap().to_owned()
    };
    let mut cancelled = Vec::new();
    // One hour has long passed on any clock, the other has not.
    for day in ["2020-03-02", "2199-03-02"] {
        let first = book(&format!("{day}T10:00"));
        book(&format!("{day}T10:30"));
        let conflict = json_of(home, &["conflicts", "list"])["data"][0]["id"].as_str().unwrap().to_owned();
        json_of(home, &["conflicts", "resolve", &conflict, "--choose", &format!("cancelAndTell:{first}")]);
        cancelled.push(first);
    }
    let listed = json_of(home, &["--lang", "en", "intents", "list"]);
    let [late, early] = listed["data"].as_array().unwrap().as_slice() else { panic!("{listed}") };
    assert_eq!((&late["overdue"], &early["overdue"]), (&json!(true), &json!(false)));
    assert_eq!(late["deadline"], "2020-03-02T10:00:00+03:00");
    assert!(late["words"].as_str().unwrap().contains("will not be done"), "{late}");
    assert!(early["words"].as_str().unwrap().contains("not later than 2199-03-02"), "{early}");
    let status = veloria(home, &["--lang", "ru", "status"]);
    assert!(String::from_utf8(status.stdout).unwrap().contains("срок вышел"));
}

#[test]
fn the_receipt_of_a_device_whose_server_is_away_says_so_and_counts_what_is_here() {
    let folder = home();
    let home = folder.path();
    json_of(home, &["clients", "add", "--name", "Анна"]);
    let output = veloria(home, &["--json", "--lang", "en", "status", "--proof"]);
    assert_eq!(output.status.code(), Some(3));
    let proof: Json = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&proof["verdict"], &proof["unsentChanges"]), (&json!("unreachable"), &json!(1)));
    let clients = &proof["parts"][1];
    assert_eq!(
        (&clients["part"], &clients["here"], &clients["there"]),
        (&json!("clients"), &json!(0), &Json::Null)
    );
    assert!(proof["words"].as_str().unwrap().starts_with("The server did not answer"), "{proof}");
    let russian = veloria(home, &["--lang", "ru", "status", "--proof"]);
    assert!(String::from_utf8(russian.stdout).unwrap().contains("на сервере ? — неизвестно"));
    assert_eq!(json_of(home, &["status"])["picturesWaiting"], 0);
}

#[test]
fn failures_have_an_exit_code_and_one_json_value() {
    let folder = home();
    let home = folder.path();
    let nobody = Uuid::from_u128(5).to_string();
    let cases: [(&[&str], i32, &str); 5] = [
        (&["clients", "show", &nobody], 4, "not_found"),
        (&["clients", "add", "--name", "А", "--phone", "12"], 5, "validation_failed"),
        (&["clients", "add"], 2, "bad_request"),
        (&["sync"], 3, "offline"),
        (&["clients", "show", "x"], 2, "bad_request"),
    ];
    for (arguments, exit, code) in cases {
        let output = veloria(home, &[arguments, &["--json"]].concat());
        assert_eq!(output.status.code(), Some(exit), "{arguments:?}");
        let error: Json = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(error["error"]["code"], code, "{arguments:?}");
    }
    let empty = tempfile::tempdir().unwrap();
    assert_eq!(veloria(empty.path(), &["clients", "list"]).status.code(), Some(6));
    let locked = Command::new(env!("CARGO_BIN_EXE_veloria"))
        .args(["--home", home.to_str().unwrap(), "status"])
        .env("VELORIA_PASSPHRASE", "wrong")
        .output()
        .unwrap();
    assert_eq!(locked.status.code(), Some(7));
}

#[test]
fn tables_are_for_people_and_nothing_secret_lies_open() {
    let folder = home();
    veloria(folder.path(), &["clients", "add", "--name", "Канарейка"]);
    let table = veloria(folder.path(), &["--lang", "ru", "clients", "list"]);
    let table = String::from_utf8(table.stdout).unwrap();
    assert!(table.contains("Имя") && table.contains("Канарейка"));
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        for secret in ["Канарейка", "SQLite format", PASSPHRASE] {
            assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()));
        }
    }
}

#[test]
fn a_copied_home_is_told_so() {
    let folder = home();
    veloria(folder.path(), &["clients", "add", "--name", "Анна"]);
    let copy = tempfile::tempdir().unwrap();
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), copy.path().join(entry.file_name())).unwrap();
    }
    let told = veloria(copy.path(), &["--lang", "en", "clients", "list"]);
    assert!(String::from_utf8(told.stderr).unwrap().contains("copied"));
    assert!(veloria(folder.path(), &["status"]).stderr.is_empty());
    let status = json_of(copy.path(), &["status"]);
    assert_eq!(status["notices"][0]["code"], "copied_home");
}

#[test]
fn stdio_answers_each_line_with_a_line_and_a_wrong_one_with_an_error() {
    let folder = home();
    let lines = [
        json!({ "id": 1, "op": "addClients", "items": [{ "name": "Анна" }, { "name": "Ольга" }] }),
        json!({ "id": "two", "op": "clients" }),
        json!({ "id": 3, "op": "addClients", "items": [{ "phone": "89161234567" }] }),
        json!({ "id": 4, "op": "dance" }),
        json!({ "id": 5, "op": "pending" }),
    ];
    let input = lines.map(|line| line.to_string()).join("\n");
    let mut child = Command::new(env!("CARGO_BIN_EXE_veloria"))
        .arg("--home")
        .arg(folder.path())
        .arg("stdio")
        .env("VELORIA_PASSPHRASE", PASSPHRASE)
        .env("LANG", "C")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    let told: Vec<Json> =
        String::from_utf8(output.stdout).unwrap().lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    let [added, listed, refused, unknown, pending, last] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!(added["ok"].as_array().unwrap().len(), 2);
    assert_eq!(listed["id"], "two");
    assert_eq!(listed["ok"][1]["name"], "Ольга");
    assert_eq!(refused["error"]["fields"]["name"], "required", "and nobody of that batch was added");
    assert_eq!(unknown["error"]["code"], "bad_request");
    assert_eq!((&pending["ok"], last), (&json!(2), &json!({ "pending": 2 })));
}

#[test]
fn what_goes_wrong_is_told_without_a_word_of_what_a_person_is_or_has_said() {
    let folder = home();
    let home = folder.path();
    let (name, phone, mail, note) =
        ("Канарейкина", "+79995550147", "kanareika@voliera.example", "аллергия-на-канареек");
    let client = json_of(
        home,
        &["clients", "add", "--name", name, "--phone", phone, "--email", mail, "--notes", note],
    );
    let id = client["id"].as_str().unwrap();
    let all = format!("{name} {phone} {mail} {note}");
    let email = format!("email={name}");
    let deposit = format!("depositAmount={note}");
    let wrong: [&[&str]; 9] = [
        &["clients", "add", "--name", name, "--phone", note],
        &["clients", "edit", id, "--set", &email],
        &["clients", "show", &all],
        &["appointments", "add", "--client", id, "--at", &all, "--min", "60"],
        &["appointments", "edit", id, "--set", &deposit],
        &["notes", "add", "--client", &all, "--body", note],
        &["settings", "set", "profile", &format!("timezone={note}")],
        &["sync"],
        &["login", "--server", "http://127.0.0.1:9", "--email", mail],
    ];
    for arguments in wrong {
        let output = Command::new(env!("CARGO_BIN_EXE_veloria"))
            .arg("--home")
            .arg(home)
            .args(arguments)
            .env("VELORIA_PASSPHRASE", PASSPHRASE)
            .env("VELORIA_PASSWORD", &all)
            .env("RUST_LOG", "trace")
            .env("RUST_BACKTRACE", "full")
            .env_remove("VELORIA_HOME")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        assert!(!output.status.success(), "{arguments:?}");
        let said = String::from_utf8_lossy(&output.stderr).to_lowercase();
        // A command line that cannot be read is shown back to whoever typed it, as every program does.
        if output.status.code() == Some(2) {
            continue;
        }
        for bird in ["канарейкин", "9995550147", "kanareika", "voliera", "аллергия-на"] {
            assert!(!said.contains(bird), "{arguments:?}: {said}");
        }
    }
}
