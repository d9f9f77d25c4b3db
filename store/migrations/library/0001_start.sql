-- A collection of documents that are searched together. next is the first chunk number that was not given out.
CREATE TABLE collections (
  workspace text NOT NULL,
  id text NOT NULL,
  name text NOT NULL,
  note text NOT NULL,
  language text NOT NULL,
  settings text NOT NULL,
  split text NOT NULL,
  embedder text NOT NULL,
  models text NOT NULL,
  calibration text NOT NULL,
  next bigint NOT NULL,
  created bigint NOT NULL,
  updated bigint NOT NULL,
  author text NOT NULL,
  PRIMARY KEY (workspace, id),
  UNIQUE (workspace, name)
);

-- version is the claim whose content is searched; 0: none yet. beat is when its worker gave the last sign.
CREATE TABLE documents (
  workspace text NOT NULL,
  collection text NOT NULL,
  id text NOT NULL,
  name text NOT NULL,
  address text NOT NULL,
  file text NOT NULL,
  bytes bigint NOT NULL,
  title text NOT NULL,
  language text NOT NULL,
  pages bigint NOT NULL,
  chunks bigint NOT NULL,
  tags text NOT NULL,
  status text NOT NULL,
  stage text NOT NULL,
  done bigint NOT NULL,
  total bigint NOT NULL,
  error text NOT NULL,
  version bigint NOT NULL,
  owner text NOT NULL,
  fence bigint NOT NULL,
  beat bigint NOT NULL,
  created bigint NOT NULL,
  updated bigint NOT NULL,
  author text NOT NULL,
  PRIMARY KEY (workspace, collection, id),
  UNIQUE (workspace, collection, name),
  FOREIGN KEY (workspace, collection) REFERENCES collections (workspace, id) ON DELETE CASCADE
);
CREATE INDEX documents_due ON documents (status, updated);

-- The bytes as they came, once for each document, so that it can be taken in again.
CREATE TABLE document_files (
  workspace text NOT NULL,
  collection text NOT NULL,
  document text NOT NULL,
  data bytea NOT NULL,
  PRIMARY KEY (workspace, collection, document),
  FOREIGN KEY (workspace, collection, document) REFERENCES documents (workspace, collection, id) ON DELETE CASCADE
);

-- The text that citations point into.
CREATE TABLE document_texts (
  workspace text NOT NULL,
  collection text NOT NULL,
  document text NOT NULL,
  space text NOT NULL,
  text text NOT NULL,
  PRIMARY KEY (workspace, collection, document),
  FOREIGN KEY (workspace, collection, document) REFERENCES documents (workspace, collection, id) ON DELETE CASCADE
);

CREATE TABLE chunks (
  workspace text NOT NULL,
  collection text NOT NULL,
  number bigint NOT NULL,
  document text NOT NULL,
  begins bigint NOT NULL,
  ends bigint NOT NULL,
  page bigint NOT NULL,
  headings text NOT NULL,
  text text NOT NULL,
  PRIMARY KEY (workspace, collection, number),
  FOREIGN KEY (workspace, collection, document) REFERENCES documents (workspace, collection, id) ON DELETE CASCADE
);
CREATE INDEX chunks_document ON chunks (workspace, collection, document, number);

-- The vectors of a document, packed: some thousand a part.
CREATE TABLE vectors (
  workspace text NOT NULL,
  collection text NOT NULL,
  document text NOT NULL,
  part bigint NOT NULL,
  data bytea NOT NULL,
  PRIMARY KEY (workspace, collection, document, part),
  FOREIGN KEY (workspace, collection, document) REFERENCES documents (workspace, collection, id) ON DELETE CASCADE
);
