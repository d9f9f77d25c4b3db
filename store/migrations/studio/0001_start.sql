-- Portable types only: ids and documents text, counters and times (microseconds UTC) bigint, flags boolean.
-- bytea is Postgres' type of bytes; SQLite takes the name and keeps a blob as it is.

CREATE TABLE users (
  id text NOT NULL PRIMARY KEY,
  email text NOT NULL UNIQUE,
  name text NOT NULL,
  password_hash text NOT NULL,
  created bigint NOT NULL
);

CREATE TABLE sessions (
  hash text NOT NULL PRIMARY KEY,
  id text NOT NULL,
  previous text NOT NULL,
  rotated bigint NOT NULL,
  user_id text NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  workspace text NOT NULL,
  created bigint NOT NULL,
  seen bigint NOT NULL,
  expires bigint NOT NULL,
  agent text NOT NULL,
  address text NOT NULL
);
CREATE INDEX sessions_previous ON sessions (previous);
CREATE INDEX sessions_user ON sessions (user_id);

-- A set-up link belongs to no workspace: the empty text.
CREATE TABLE tokens (
  hash text NOT NULL PRIMARY KEY,
  purpose text NOT NULL,
  workspace text NOT NULL,
  role text NOT NULL,
  email text NOT NULL,
  author text NOT NULL,
  created bigint NOT NULL,
  expires bigint NOT NULL
);
CREATE INDEX tokens_workspace ON tokens (workspace, purpose);

-- wrapped_key is the key that seals the workspace's secrets, sealed with the master key; '' until the first secret.
CREATE TABLE workspaces (
  id text NOT NULL PRIMARY KEY,
  name text NOT NULL,
  wrapped_key text NOT NULL,
  created bigint NOT NULL
);

CREATE TABLE members (
  workspace text NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
  user_id text NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  role text NOT NULL,
  since bigint NOT NULL,
  PRIMARY KEY (workspace, user_id)
);
CREATE INDEX members_user ON members (user_id);

-- search is what people's words are looked for in: name, folder and kinds, in lower case.
CREATE TABLE workflows (
  workspace text NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
  id text NOT NULL,
  name text NOT NULL,
  folder text NOT NULL,
  revision bigint NOT NULL,
  active boolean NOT NULL,
  archived boolean NOT NULL,
  deleted bigint NOT NULL,
  nodes bigint NOT NULL,
  kinds text NOT NULL,
  search text NOT NULL,
  keep_days bigint NOT NULL,
  created bigint NOT NULL,
  updated bigint NOT NULL,
  author text NOT NULL,
  doc text NOT NULL,
  PRIMARY KEY (workspace, id)
);
CREATE INDEX workflows_updated ON workflows (workspace, updated, id);
CREATE INDEX workflows_name ON workflows (workspace, name);

-- client and seq are null for edits that did not come from an editor's tab.
CREATE TABLE revisions (
  workspace text NOT NULL,
  workflow text NOT NULL,
  number bigint NOT NULL,
  ops text NOT NULL,
  inverse text NOT NULL,
  author text NOT NULL,
  client text,
  seq bigint,
  at bigint NOT NULL,
  PRIMARY KEY (workspace, workflow, number),
  FOREIGN KEY (workspace, workflow) REFERENCES workflows (workspace, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX revisions_client ON revisions (workspace, workflow, client, seq);

-- A request brings a path and no workspace, so that paths are unique over the installation. test is 0 for an active
-- workflow's address and the time until which it is open for a test address.
CREATE TABLE hooks (
  workspace text NOT NULL,
  workflow text NOT NULL,
  node text NOT NULL,
  path text NOT NULL,
  method text NOT NULL,
  test bigint NOT NULL,
  FOREIGN KEY (workspace, workflow) REFERENCES workflows (workspace, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX hooks_live ON hooks (path, method) WHERE test = 0;
CREATE UNIQUE INDEX hooks_test ON hooks (path, method) WHERE test <> 0;
CREATE INDEX hooks_workflow ON hooks (workspace, workflow);

-- The index on next serves the look-out for what is due, in all workspaces.
CREATE TABLE schedules (
  workspace text NOT NULL,
  workflow text NOT NULL,
  id text NOT NULL,
  node text NOT NULL,
  cron text NOT NULL,
  timezone text NOT NULL,
  next bigint NOT NULL,
  last bigint NOT NULL,
  PRIMARY KEY (workspace, workflow, id),
  FOREIGN KEY (workspace, workflow) REFERENCES workflows (workspace, id) ON DELETE CASCADE
);
CREATE INDEX schedules_next ON schedules (next);

CREATE TABLE credentials (
  workspace text NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
  id text NOT NULL,
  name text NOT NULL,
  type text NOT NULL,
  fields text NOT NULL,
  sealed text NOT NULL,
  created bigint NOT NULL,
  updated bigint NOT NULL,
  author text NOT NULL,
  PRIMARY KEY (workspace, id)
);
CREATE UNIQUE INDEX credentials_name ON credentials (workspace, name);

CREATE TABLE variables (
  workspace text NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
  name text NOT NULL,
  value text NOT NULL,
  updated bigint NOT NULL,
  author text NOT NULL,
  PRIMARY KEY (workspace, name)
);

CREATE TABLE settings (
  name text NOT NULL PRIMARY KEY,
  value text NOT NULL
);
