-- Questions of a collection with the passages that answer them, or the verdict that nothing does.
CREATE TABLE questions (
  workspace text NOT NULL,
  collection text NOT NULL,
  id text NOT NULL,
  question text NOT NULL,
  good text NOT NULL,
  unanswerable bigint NOT NULL,
  created bigint NOT NULL,
  updated bigint NOT NULL,
  author text NOT NULL,
  PRIMARY KEY (workspace, collection, id),
  UNIQUE (workspace, collection, question),
  FOREIGN KEY (workspace, collection) REFERENCES collections (workspace, id) ON DELETE CASCADE
);

-- Runs over them. summary is the result without its single questions, which are in cases.
CREATE TABLE evaluations (
  workspace text NOT NULL,
  collection text NOT NULL,
  id text NOT NULL,
  note text NOT NULL,
  summary text NOT NULL,
  cases text NOT NULL,
  created bigint NOT NULL,
  author text NOT NULL,
  PRIMARY KEY (workspace, collection, id),
  FOREIGN KEY (workspace, collection) REFERENCES collections (workspace, id) ON DELETE CASCADE
);
CREATE INDEX evaluations_created ON evaluations (workspace, collection, created);
