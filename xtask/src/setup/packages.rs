//! System packages that the build needs. Each is asked for by what it does, not by its name, so a compiler that came from
//! elsewhere is as good; names matter only when something is missing. Debian and Ubuntu are served, others get the list.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::{fs, io};

use crate::chore::{self, ChoreError};
use crate::embedded_postgres;

/// A package of Debian, what it is for, and how one sees that it is not needed any more.
struct Need {
    package: &'static str,
    purpose: &'static str,
    is_met: fn() -> bool,
}

static FOR_THE_BUILD: [Need; 4] = [
    Need { package: "build-essential", purpose: "a C compiler and make", is_met: compiles_c },
    Need { package: "perl", purpose: "building the encryption of the client's database", is_met: has_perl },
    Need { package: "util-linux", purpose: "ending Postgres together with the server", is_met: has_setpriv },
    Need { package: "ca-certificates", purpose: "trusting what is downloaded", is_met: has_certificates },
];

static FOR_THE_DOWNLOAD: [Need; 3] = [
    Need {
        package: "python3",
        purpose: "unpacking Postgres, and a program of the tests",
        is_met: has_python,
    },
    Need {
        package: "python3-pip",
        purpose: "downloading Postgres, and a program of the tests",
        is_met: has_pip,
    },
    Need {
        package: "curl",
        purpose: "the examples of the pages about the API, which the tests run",
        is_met: has_curl,
    },
];

static FOR_THE_BROWSER: [Need; 1] =
    [Need { package: "chromium", purpose: "the tests of the pages in a real browser", is_met: has_browser }];

static FOR_THE_DESKTOP: [Need; 4] = [
    Need {
        package: "libwebkit2gtk-4.1-dev",
        purpose: "the window of the desktop",
        is_met: || has_library("webkit2gtk-4.1"),
    },
    Need {
        package: "libayatana-appindicator3-dev",
        purpose: "the icon in the tray",
        is_met: || has_library("ayatana-appindicator3-0.1"),
    },
    Need { package: "librsvg2-dev", purpose: "icons of the window", is_met: || has_library("librsvg-2.0") },
    Need { package: "pkg-config", purpose: "finding those", is_met: || runs("pkg-config", &["--version"]) },
];

static FOR_THE_SCREEN: [Need; 3] = [
    Need {
        package: "webkit2gtk-driver",
        purpose: "driving the window of the desktop",
        is_met: || runs("sh", &["-c", "command -v WebKitWebDriver"]),
    },
    Need {
        package: "xvfb",
        purpose: "a screen for the tests of the window",
        is_met: || runs("sh", &["-c", "command -v Xvfb"]),
    },
    Need {
        package: "dbus",
        purpose: "a session for the tests of the window",
        is_met: || runs("dbus-run-session", &["--version"]),
    },
];

/// What else is wanted besides the build.
#[derive(Clone, Copy, Debug)]
pub(super) enum For {
    /// Postgres, or another program, will come as a Python wheel.
    Download,
    /// Pages will be tested.
    Browser,
    /// The window of the desktop will be built.
    Desktop,
    /// It will be tested.
    Screen,
}

impl For {
    const fn needs(self) -> &'static [Need] {
        match self {
            Self::Download => &FOR_THE_DOWNLOAD,
            Self::Browser => &FOR_THE_BROWSER,
            Self::Desktop => &FOR_THE_DESKTOP,
            Self::Screen => &FOR_THE_SCREEN,
        }
    }
}

/// Installs what is missing, with `sudo` unless we are root.
pub(super) fn install_missing(wanted: &[For]) -> Result<(), ChoreError> {
    let all = FOR_THE_BUILD.iter().chain(wanted.iter().flat_map(|wanted| wanted.needs()));
    let missing: Vec<&Need> = all.filter(|need| !(need.is_met)()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    println!("setup: system packages are missing:");
    for need in &missing {
        println!("  {:<16} for {}", need.package, need.purpose);
    }
    let packages: Vec<&str> = missing.iter().map(|need| need.package).collect();
    let install = format!("apt-get install -y --no-install-recommends {}", packages.join(" "));
    if !runs("apt-get", &["--version"]) {
        let list = packages.join(", ");
        return Err(ChoreError::Refused(format!(
            "only Debian and Ubuntu are served here: install what your system has instead of {list}, then try again"
        )));
    }
    let is_root = embedded_postgres::is_root();
    if !is_root && !runs("sudo", &["--version"]) {
        return Err(ChoreError::Refused(format!(
            "there is no `sudo` here: run `apt-get update` and `{install}` as root, then try again"
        )));
    }
    println!("setup: running {}`{install}`", if is_root { "" } else { "with sudo " });
    let apt = |args: &[&str]| {
        let mut command = Command::new(if is_root { "env" } else { "sudo" });
        command.args(if is_root { &[][..] } else { &["env"] });
        command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get"]).args(args);
        chore::run(&mut command)
    };
    apt(&["update"])?;
    let install = [&["install", "-y", "--no-install-recommends"], packages.as_slice()].concat();
    apt(&install)?;
    match missing.iter().find(|need| !(need.is_met)()) {
        None => Ok(()),
        Some(need) => Err(ChoreError::Refused(format!(
            "{} is installed, but {} still fails",
            need.package, need.purpose
        ))),
    }
}

/// A compiler without the headers of the C library is a common half of an installation.
fn compiles_c() -> bool {
    let compile = || -> io::Result<bool> {
        let mut cc = Command::new("cc")
            .args(["-fsyntax-only", "-x", "c", "-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        if let Some(mut source) = cc.stdin.take() {
            source.write_all(b"#include <stdio.h>\nint main(void) { return 0; }\n")?;
        }
        Ok(cc.wait()?.success())
    };
    compile().unwrap_or(false) && runs("make", &["--version"])
}

/// Debian's `perl-base` lacks the modules with which OpenSSL configures itself.
fn has_perl() -> bool {
    runs("perl", &["-MIPC::Cmd", "-MFile::Compare", "-MTime::Piece", "-MFindBin", "-e1"])
}

fn has_setpriv() -> bool {
    !cfg!(target_os = "linux") || runs("setpriv", &["--version"])
}

fn has_certificates() -> bool {
    !Path::new("/etc/debian_version").exists()
        || fs::metadata("/etc/ssl/certs/ca-certificates.crt").is_ok_and(|bundle| bundle.len() > 0)
}

fn has_python() -> bool {
    runs("python3", &["-c", "import zipfile"])
}

fn has_pip() -> bool {
    runs("python3", &["-m", "pip", "--version"])
}

fn has_curl() -> bool {
    runs("curl", &["--version"])
}

fn has_browser() -> bool {
    // The same names in the same order as in `desktop/ui/tests/browser.ts`.
    std::env::var_os("VELORIA_CHROMIUM").is_some()
        || ["chromium", "chromium-browser", "google-chrome"].iter().any(|name| runs(name, &["--version"]))
}

fn has_library(name: &str) -> bool {
    runs("pkg-config", &["--exists", name])
}

fn runs(program: &str, args: &[&str]) -> bool {
    let mut command = Command::new(program);
    let status = command.args(args).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    status.is_ok_and(|status| status.success())
}
