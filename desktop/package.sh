#!/bin/sh
# Makes a package with Tauri's bundler, on the system that the package is for: `desktop/package.sh appimage|nsis|dmg`.
# The bundler is fetched from npm, in the version of the library.
set -eu
kind=${1:?say which: appimage, nsis or dmg}
cd "$(dirname "$0")"
(cd ui && npm ci --ignore-scripts --no-audit --no-fund && npm run build)
npx --yes @tauri-apps/cli@2.12.5 build --bundles "$kind" --config '{"bundle":{"active":true}}' -- --profile dist --locked
