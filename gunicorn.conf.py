"""How gunicorn serves the site; it reads this file by itself. Options on its command line win."""

import os

# Where the proxy finds it: on this host, or with `--bind 10.0.0.4:8000` from others.
bind = f"127.0.0.1:{os.environ.get('PORT', '8000')}"
# A process a core, each of 140 MB at most.
workers = int(os.environ.get("WEB_CONCURRENCY") or os.cpu_count() or 1)
worker_class = "gthread"
threads = 4
# Seconds after which a process that shows no life is replaced. Threads that work do not count as dead, so no long download is
# cut; what limits one request is the proxy before it (docs/nginx.conf).
timeout = 30
# Seconds that requests in flight have when the site is restarted.
graceful_timeout = 120
# Seconds for which a proxy's idle connection is kept: longer than it keeps them itself, so that it is the one to hang up.
keepalive = 75
# Bytes and lines of what comes before a body.
limit_request_line = 4094
limit_request_fields = 64
limit_request_field_size = 8190
# No log of requests: addresses of the site carry references, and unsubscribing has a token. The proxy's log leaves both out.
accesslog = None
# It could be told from outside to do things, and nothing of ours does.
control_socket_disable = True
