-- Comments on workflows. node and note are '' for a thread about a point of the canvas; resolved is 0 while it is open.
ALTER TABLE workspaces ADD COLUMN viewers_comment boolean NOT NULL DEFAULT false;

CREATE TABLE comment_threads (
  workspace text NOT NULL,
  workflow text NOT NULL,
  id text NOT NULL,
  node text NOT NULL,
  note text NOT NULL,
  x bigint NOT NULL,
  y bigint NOT NULL,
  created bigint NOT NULL,
  updated bigint NOT NULL,
  resolved bigint NOT NULL,
  resolver text NOT NULL,
  PRIMARY KEY (workspace, workflow, id),
  FOREIGN KEY (workspace, workflow) REFERENCES workflows (workspace, id) ON DELETE CASCADE
);

-- author is '' for a comment that came with a file; name is then who the file says wrote it. search is the text in lower
-- case, and mentions has the ids of the people it speaks to, separated by spaces.
CREATE TABLE comments (
  workspace text NOT NULL,
  workflow text NOT NULL,
  thread text NOT NULL,
  id text NOT NULL,
  author text NOT NULL,
  name text NOT NULL,
  body text NOT NULL,
  search text NOT NULL,
  mentions text NOT NULL,
  created bigint NOT NULL,
  edited bigint NOT NULL,
  PRIMARY KEY (workspace, workflow, thread, id),
  FOREIGN KEY (workspace, workflow, thread) REFERENCES comment_threads (workspace, workflow, id) ON DELETE CASCADE
);
CREATE INDEX comments_created ON comments (workspace, workflow, thread, created, id);

CREATE TABLE comment_mentions (
  workspace text NOT NULL,
  user_id text NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  workflow text NOT NULL,
  thread text NOT NULL,
  comment text NOT NULL,
  at bigint NOT NULL,
  PRIMARY KEY (workspace, user_id, workflow, thread, comment),
  FOREIGN KEY (workspace, workflow, thread, comment) REFERENCES comments (workspace, workflow, thread, id) ON DELETE CASCADE
);
CREATE INDEX comment_mentions_at ON comment_mentions (workspace, user_id, at);
CREATE INDEX comment_mentions_comment ON comment_mentions (workspace, workflow, thread, comment);

-- at is the time of the newest comment that the person has seen.
CREATE TABLE comment_reads (
  workspace text NOT NULL,
  user_id text NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  workflow text NOT NULL,
  thread text NOT NULL,
  at bigint NOT NULL,
  PRIMARY KEY (workspace, user_id, workflow, thread),
  FOREIGN KEY (workspace, workflow, thread) REFERENCES comment_threads (workspace, workflow, id) ON DELETE CASCADE
);
CREATE INDEX comment_reads_thread ON comment_reads (workspace, workflow, thread);
