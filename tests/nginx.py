"""A real nginx with the site's own docs/nginx.conf, but for its addresses, before a running server."""

import contextlib
import grp
import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from tests.server import ROOT, Server
from tests.sink import free_port

NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin:/sbin")

AROUND = """
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/start.log;
{user}
worker_processes 1;
events {{ worker_connections 1024; }}
http {{
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    include {folder}/pinterns.conf;
}}
"""


@contextlib.contextmanager
def running_nginx(server: Server, folder: Path, *others: Server, without: str = "") -> Iterator[str]:
    """nginx before `server`, and `others` of the same site, by plain HTTP; yields its address. Its log of requests is
    folder/pinterns.log.

    without: a line of the configuration to take out, for a control.
    """
    port, redirecting = free_port(), free_port()
    changes = {
        "server 127.0.0.1:8000;": " ".join(f"server {urlsplit(host.base_url).netloc};" for host in (server, *others)),
        "listen 80 default_server;": f"listen 127.0.0.1:{redirecting} default_server;",
        "listen 443 ssl default_server;": f"listen 127.0.0.1:{port} default_server;",
        "ssl_certificate /etc/ssl/internships.pem;": "",
        "ssl_certificate_key /etc/ssl/private/internships.key;": "",
        "/var/log/nginx": str(folder),
        "/srv/pinterns/data/media/": f"{server.data}/media/",
    }
    text = (ROOT / "docs/nginx.conf").read_text()
    for old, new in (changes | ({without: ""} if without else {})).items():
        assert text.count(old) >= 1, f"docs/nginx.conf has no {old!r}"
        text = text.replace(old, new)
    (folder / "pinterns.conf").write_text(text)
    # As root, its processes read the files as who runs the tests; else they do anyway.
    me = f"user {pwd.getpwuid(0).pw_name} {grp.getgrgid(0).gr_name};" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(AROUND.format(folder=folder, user=me))
    process = subprocess.Popen([NGINX, "-c", str(folder / "nginx.conf"), "-p", str(folder)], stderr=subprocess.PIPE)
    try:
        for _ in range(100):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            assert process.poll() is None, process.stderr.read().decode()
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.communicate(timeout=10)
