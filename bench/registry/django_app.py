"""The search of a registry as a small Django application: SQLite with FTS5, one query for the page, one for the facets.

Started as: DATABASE=records.db gunicorn --workers 2 --worker-class gthread --threads 4 --preload --bind 127.0.0.1:PORT django_app:application
"""

import os
import sqlite3
import sys
import threading

from django.conf import settings

settings.configure(
    DEBUG=False, SECRET_KEY="bench", ALLOWED_HOSTS=["127.0.0.1"], ROOT_URLCONF=__name__, MIDDLEWARE=[], INSTALLED_APPS=[],
    USE_TZ=True,
)

import django  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.http import JsonResponse  # noqa: E402
from django.urls import path  # noqa: E402

django.setup()

local = threading.local()


def database():
    if getattr(local, "pid", None) != os.getpid():
        local.pid = os.getpid()
        local.db = sqlite3.connect(f"file:{os.environ['DATABASE']}?mode=ro", uri=True)
        local.db.execute("PRAGMA mmap_size = 268435456")
        local.db.execute("PRAGMA cache_size = -65536")
    return local.db


def records(request):
    words = ['"' + w.replace('"', "") + '"' for w in request.GET.get("q", "").split()]
    match, tag = " OR ".join(words), request.GET.get("tag", "")
    limit, page = 10, int(request.GET.get("page", 1))
    narrow, given = ("AND r.tag = ?", [match, tag]) if tag else ("", [match])
    db = database()
    facets = dict(db.execute(
        f"SELECT r.tag, count(*) FROM words JOIN records r ON r.id = words.rowid WHERE words MATCH ? {narrow} GROUP BY r.tag", given).fetchall())
    if tag:
        found = db.execute(
            f"SELECT r.id, r.title, snippet(words, 1, '', '', '…', 30), r.tag, bm25(words, 2.0, 1.0) AS score FROM words JOIN records r ON r.id = words.rowid "
            f"WHERE words MATCH ? {narrow} ORDER BY score LIMIT ? OFFSET ?", [*given, limit, (page - 1) * limit]).fetchall()
    else:  # ranked before anything is joined
        found = db.execute(
            "SELECT r.id, r.title, s.part, r.tag, s.score FROM (SELECT rowid AS id, snippet(words, 1, '', '', '…', 30) AS part, bm25(words, 2.0, 1.0) AS score "
            "FROM words WHERE words MATCH ? ORDER BY score LIMIT ? OFFSET ?) s JOIN records r ON r.id = s.id ORDER BY s.score",
            [match, limit, (page - 1) * limit]).fetchall()
    return JsonResponse({
        "records": [{"document": str(i), "title": t, "snippet": s, "tags": [g], "score": -b} for i, t, s, g, b in found],
        "total": sum(facets.values()), "tags": facets, "page": page,
    })


urlpatterns = [path("records", records)]
application = get_wsgi_application()


def fill(target, source):
    """Makes the database of lines of tab-separated title, tag and text."""
    db = sqlite3.connect(target)
    db.execute("CREATE TABLE records (id INTEGER PRIMARY KEY, title TEXT, tag TEXT, body TEXT)")
    db.execute("CREATE INDEX records_tag ON records (tag)")
    db.execute("CREATE VIRTUAL TABLE words USING fts5(title, body, content='records', content_rowid='id', tokenize='porter')")
    with open(source, encoding="utf-8") as lines:
        db.executemany("INSERT INTO records (title, tag, body) VALUES (?, ?, ?)", (line.rstrip("\n").split("\t") for line in lines))
    db.execute("INSERT INTO words(rowid, title, body) SELECT id, title, body FROM records")
    db.execute("INSERT INTO words(words) VALUES ('optimize')")
    db.commit()
    db.execute("PRAGMA optimize")
    db.close()


if __name__ == "__main__":
    fill(sys.argv[1], sys.argv[2])
