-- Runs and their journal. On SQLite this is a file of its own (runs.db), so that history neither blocks nor bloats
-- what people draw; therefore nothing here refers to a table of the studio.

-- idem_key is null without a key, and nulls do not clash. origin is what started the run.
CREATE TABLE runs (
  workspace text NOT NULL,
  id text NOT NULL,
  workflow text NOT NULL,
  workflow_name text NOT NULL,
  revision bigint NOT NULL,
  origin text NOT NULL,
  node text NOT NULL,
  status text NOT NULL,
  error text NOT NULL,
  error_node text NOT NULL,
  created bigint NOT NULL,
  started bigint NOT NULL,
  finished bigint NOT NULL,
  wake bigint NOT NULL,
  parent text NOT NULL,
  retry_of text NOT NULL,
  author text NOT NULL,
  idem_key text,
  owner text NOT NULL,
  fence bigint NOT NULL,
  steps bigint NOT NULL,
  input bytea,
  PRIMARY KEY (workspace, id)
);
CREATE UNIQUE INDEX runs_idem ON runs (workspace, workflow, idem_key) WHERE idem_key IS NOT NULL;
CREATE INDEX runs_created ON runs (workspace, created, id);
CREATE INDEX runs_workflow ON runs (workspace, workflow, created, id);
-- Serves the look-out for runs that must go on, in all workspaces; ended runs are not in it.
CREATE INDEX runs_open ON runs (status, wake) WHERE status IN ('queued', 'running', 'waiting', 'deciding');

CREATE TABLE journal (
  workspace text NOT NULL,
  run text NOT NULL,
  first bigint NOT NULL,
  count bigint NOT NULL,
  fence bigint NOT NULL,
  events bytea NOT NULL,
  PRIMARY KEY (workspace, run, first)
);

-- The drawing of a revision, kept while there are runs of it.
CREATE TABLE snapshots (
  workspace text NOT NULL,
  workflow text NOT NULL,
  revision bigint NOT NULL,
  doc text NOT NULL,
  kept bigint NOT NULL,
  PRIMARY KEY (workspace, workflow, revision)
);

-- One row a process: it lives while seen grows.
CREATE TABLE processes (
  owner text NOT NULL PRIMARY KEY,
  seen bigint NOT NULL
);
