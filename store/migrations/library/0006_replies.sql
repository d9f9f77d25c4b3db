-- Replies of language models, by a hash of all that was asked, so that the same question is paid once.
CREATE TABLE model_replies (
  workspace text NOT NULL,
  hash text NOT NULL,
  reply text NOT NULL,
  bytes bigint NOT NULL,
  created bigint NOT NULL,
  PRIMARY KEY (workspace, hash)
);
CREATE INDEX model_replies_created ON model_replies (workspace, created, bytes);

-- Answers to calls that carried a key of their own, so that the same call again is answered without being made. hash is of
-- the key and who sent it, request of what it asked. status is 0 while the first is under way.
CREATE TABLE call_answers (
  workspace text NOT NULL,
  hash text NOT NULL,
  request text NOT NULL,
  claim text NOT NULL,
  status bigint NOT NULL,
  type text NOT NULL,
  body bytea NOT NULL,
  until bigint NOT NULL,
  PRIMARY KEY (workspace, hash)
);
CREATE INDEX call_answers_until ON call_answers (until);
