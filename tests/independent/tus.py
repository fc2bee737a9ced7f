"""An independent tus client (tuspy) uploads, breaks and resumes against a running practice backend.

    python3 tus.py http://127.0.0.1:PORT

Needs `tuspy` from PyPI; `tests/independent/run` fetches it, starts a backend and runs this.
"""

import hashlib
import json
import os
import socket
import sys
import tempfile
import urllib.request

from tusclient import client
from tusclient.exceptions import TusUploadFailed
from tusclient.storage import filestorage

SIZE = 3 * 1024 * 1024 + 17
CHUNK = 512 * 1024


def sign_in(server):
    body = json.dumps({"name": "practice", "password": "practice"}).encode()
    request = urllib.request.Request(server + "/v1/sessions", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)["accessToken"]


def break_the_line(server, url, token, offset, content):
    """Announces the rest, sends a quarter of it, and cuts the connection."""
    host, port = server.removeprefix("http://").split(":")
    line = socket.create_connection((host, int(port)))
    rest = content[offset:]
    head = (
        f"PATCH {url.removeprefix(server)} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n"
        f"Tus-Resumable: 1.0.0\r\nUpload-Offset: {offset}\r\nContent-Length: {len(rest)}\r\n"
        "Content-Type: application/offset+octet-stream\r\n\r\n"
    )
    line.sendall(head.encode() + rest[: len(rest) // 4])
    line.close()


def main():
    server = sys.argv[1].rstrip("/")
    token = sign_in(server)
    content = os.urandom(SIZE)
    folder = tempfile.mkdtemp()
    file, other = os.path.join(folder, "scan.jpg"), os.path.join(folder, "other.jpg")
    with open(file, "wb") as stream:
        stream.write(content)
    with open(other, "wb") as stream:
        stream.write(os.urandom(1000))
    digest = hashlib.sha256(content).hexdigest()
    tus = client.TusClient(server + "/v1/uploads", headers={"Authorization": f"Bearer {token}"})
    storage_file = sys.argv[2] if len(sys.argv) > 2 else "tus-storage.json"
    options = dict(
        chunk_size=CHUNK,
        metadata={"filename": "身份证.jpg", "filetype": "image/jpeg", "sha256": digest},
        upload_checksum=True,
        store_url=True,
        url_storage=filestorage.FileStorage(storage_file),
    )

    first = tus.uploader(file_path=file, **options)
    first.upload(stop_at=2 * CHUNK)
    assert first.offset == 2 * CHUNK, first.offset
    break_the_line(server, first.url, token, first.offset, content)

    # Another run of the program: it knows the file only, and finds the upload by it.
    second = tus.uploader(file_path=file, **options)
    assert second.url == first.url
    resumed_at = second.get_offset()
    for _ in range(100):
        if resumed_at > 2 * CHUNK:
            break
        resumed_at = second.get_offset()
    assert 2 * CHUNK <= resumed_at < SIZE, resumed_at
    third = tus.uploader(file_path=file, **options)
    third.upload()
    assert third.get_offset() == SIZE

    # The same content again is there at once; a content that is not what was told is refused.
    del options["url_storage"], options["store_url"]
    again = tus.uploader(file_path=file, **options)
    again.set_url(again.create_url())
    assert again.get_offset() == SIZE
    wrong = tus.uploader(file_path=other, **options)
    try:
        wrong.upload()
        raise AssertionError("a wrong content was accepted")
    except TusUploadFailed as error:
        assert error.status_code == 460, error.status_code
    print(f"tuspy: {SIZE} bytes, broken at {2 * CHUNK}, resumed at {resumed_at}, sha256 {digest}")


main()
