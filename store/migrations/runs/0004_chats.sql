-- What people say to workflows in chats. person is empty where nobody was signed in: then the id is all that opens it.
CREATE TABLE chats (
  workspace text NOT NULL,
  workflow text NOT NULL,
  id text NOT NULL,
  person text NOT NULL,
  created bigint NOT NULL,
  updated bigint NOT NULL,
  PRIMARY KEY (workspace, id)
);
CREATE INDEX chats_updated ON chats (updated);

CREATE TABLE chat_messages (
  workspace text NOT NULL,
  chat text NOT NULL,
  number bigint NOT NULL,
  role text NOT NULL,
  text text NOT NULL,
  sources text NOT NULL,
  created bigint NOT NULL,
  PRIMARY KEY (workspace, chat, number),
  FOREIGN KEY (workspace, chat) REFERENCES chats (workspace, id) ON DELETE CASCADE
);
