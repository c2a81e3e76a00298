//! `cargo xtask desktop`: builds the pages and the window around them, and opens it; or makes a package of it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::chore::{self, ChoreError};
use crate::{front_end, setup};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The server where a new device signs in [default: <http://127.0.0.1:8080>, or the one that was named before]
    #[arg(long, value_name = "URL")]
    server: Option<String>,
    /// Make a package for Debian and Ubuntu in `target/package` instead of opening the window
    #[arg(long)]
    deb: bool,
}

pub(crate) fn run(args: &Args) -> Result<(), ChoreError> {
    setup::run_for_desktop()?;
    front_end::build()?;
    let profile = if args.deb { "dist" } else { "release" };
    println!("desktop: building the window");
    chore::run(&mut chore::cargo(&["build", "--profile", profile, "--locked", "-p", "desktop"]))?;
    let binary = chore::root().join("target").join(profile).join("veloria-desktop");
    if args.deb {
        return package(&binary).map(|file| println!("desktop: {}", file.display()));
    }
    let mut window = Command::new(binary);
    if let Some(server) = &args.server {
        window.env("VELORIA_SERVER", server);
    }
    chore::run(&mut window)
}

/// What the menus of a desktop know of the program; links are its, too.
const ENTRY: &str = "[Desktop Entry]
Type=Application
Name=VeloriaCRM
Comment=Clients and visits of a private beauty master
Comment[ru]=Клиенты и записи частного мастера
Exec=/usr/bin/veloria-desktop %u
Icon=veloria-desktop
Categories=Office;
MimeType=x-scheme-handler/veloria;
StartupWMClass=veloria-desktop
";

fn package(binary: &Path) -> Result<PathBuf, ChoreError> {
    let folder = chore::root().join("target/package");
    let tree = folder.join("deb");
    if tree.exists() {
        fs::remove_dir_all(&tree).map_err(ChoreError::file(&tree))?;
    }
    let icon = chore::root().join("desktop/icons/icon.png");
    put(&tree.join("usr/bin/veloria-desktop"), &read(binary)?)?;
    put(&tree.join("usr/share/icons/hicolor/256x256/apps/veloria-desktop.png"), &read(&icon)?)?;
    put(&tree.join("usr/share/applications/veloria-desktop.desktop"), ENTRY.as_bytes())?;
    let version = env!("CARGO_PKG_VERSION");
    let architecture = if cfg!(target_arch = "aarch64") { "arm64" } else { "amd64" };
    let control = format!(
        "Package: veloria-desktop\nVersion: {version}\nArchitecture: {architecture}\nSection: office\nPriority: optional\n\
         Maintainer: VeloriaCRM\nDepends: libwebkit2gtk-4.1-0, libgtk-3-0, libayatana-appindicator3-1\n\
         Description: VeloriaCRM on this computer\n Clients, visits and notes of a private beauty master, with or without a network.\n"
    );
    put(&tree.join("DEBIAN/control"), control.as_bytes())?;
    executable(&tree.join("usr/bin/veloria-desktop"))?;
    let file = folder.join(format!("veloria-desktop_{version}_{architecture}.deb"));
    let mut build = Command::new("dpkg-deb");
    chore::run(build.args(["--build", "--root-owner-group"]).arg(&tree).arg(&file))?;
    Ok(file)
}

fn read(path: &Path) -> Result<Vec<u8>, ChoreError> {
    fs::read(path).map_err(ChoreError::file(path))
}

fn put(path: &Path, bytes: &[u8]) -> Result<(), ChoreError> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(ChoreError::file(folder))?;
    }
    fs::write(path, bytes).map_err(ChoreError::file(path))
}

#[cfg(unix)]
fn executable(path: &Path) -> Result<(), ChoreError> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).map_err(ChoreError::file(path))
}

#[cfg(not(unix))]
fn executable(_: &Path) -> Result<(), ChoreError> {
    Ok(())
}
