-- Keys of programs that act for a person in a workspace. scopes is a list in JSON; expires is 0 for a key without end.
CREATE TABLE keys (
  id text NOT NULL PRIMARY KEY,
  hash text NOT NULL UNIQUE,
  hint text NOT NULL,
  name text NOT NULL,
  user_id text NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  workspace text NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
  scopes text NOT NULL,
  created bigint NOT NULL,
  expires bigint NOT NULL,
  used bigint NOT NULL
);
CREATE INDEX keys_user ON keys (workspace, user_id);
