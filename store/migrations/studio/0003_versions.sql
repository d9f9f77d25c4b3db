-- published is the revision that triggers and callers run; 0 while nothing is published.
ALTER TABLE workflows ADD COLUMN published bigint NOT NULL DEFAULT 0;
UPDATE workflows SET published = revision WHERE active;

-- 0 keeps the history of workflows for ever.
ALTER TABLE workspaces ADD COLUMN keep_revisions_days bigint NOT NULL DEFAULT 0;

CREATE INDEX revisions_at ON revisions (workspace, at);

-- A version is a revision that somebody named, or that was published: one row each time.
CREATE TABLE versions (
  workspace text NOT NULL,
  workflow text NOT NULL,
  id text NOT NULL,
  revision bigint NOT NULL,
  name text NOT NULL,
  note text NOT NULL,
  published boolean NOT NULL,
  author text NOT NULL,
  at bigint NOT NULL,
  PRIMARY KEY (workspace, workflow, id),
  FOREIGN KEY (workspace, workflow) REFERENCES workflows (workspace, id) ON DELETE CASCADE
);
CREATE INDEX versions_revision ON versions (workspace, workflow, revision);

-- The drawings of versions, whole: they stay when the edits that led to them are thinned out.
CREATE TABLE drawings (
  workspace text NOT NULL,
  workflow text NOT NULL,
  revision bigint NOT NULL,
  doc text NOT NULL,
  PRIMARY KEY (workspace, workflow, revision),
  FOREIGN KEY (workspace, workflow) REFERENCES workflows (workspace, id) ON DELETE CASCADE
);

-- What was active before there were versions runs on as it is.
INSERT INTO versions (workspace, workflow, id, revision, name, note, published, author, at)
  SELECT workspace, id, 'first', revision, '', '', true, author, updated FROM workflows WHERE active;
INSERT INTO drawings (workspace, workflow, revision, doc)
  SELECT workspace, id, revision, doc FROM workflows WHERE active;
