-- What people asked of a collection. deleted is when it was thrown away; 0: it was not.
CREATE TABLE conversations (
  workspace text NOT NULL,
  collection text NOT NULL,
  id text NOT NULL,
  author text NOT NULL,
  title text NOT NULL,
  created bigint NOT NULL,
  updated bigint NOT NULL,
  deleted bigint NOT NULL,
  PRIMARY KEY (workspace, id),
  FOREIGN KEY (workspace, collection) REFERENCES collections (workspace, id) ON DELETE CASCADE
);
CREATE INDEX conversations_of ON conversations (workspace, collection, author, updated);
CREATE INDEX conversations_deleted ON conversations (deleted);

-- A question with what came of it. answer is without the search, which is in trace; cited are the documents with their
-- versions. verdict is "up", "down" or empty, judged when it was given, and made the judged question made of it.
CREATE TABLE messages (
  workspace text NOT NULL,
  collection text NOT NULL,
  conversation text NOT NULL,
  id text NOT NULL,
  number bigint NOT NULL,
  question text NOT NULL,
  state text NOT NULL,
  text text NOT NULL,
  answer text NOT NULL,
  cited text NOT NULL,
  trace text NOT NULL,
  error text NOT NULL,
  verdict text NOT NULL,
  reasons text NOT NULL,
  remark text NOT NULL,
  judged bigint NOT NULL,
  made text NOT NULL,
  created bigint NOT NULL,
  finished bigint NOT NULL,
  PRIMARY KEY (workspace, id),
  UNIQUE (workspace, conversation, number),
  FOREIGN KEY (workspace, conversation) REFERENCES conversations (workspace, id) ON DELETE CASCADE
);
CREATE INDEX messages_judged ON messages (workspace, collection, judged);
