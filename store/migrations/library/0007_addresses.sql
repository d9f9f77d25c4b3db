-- Of a document that was fetched: the name of a file of the type that its site said it has, and what the site wants to be
-- asked with whether it has changed.
ALTER TABLE documents ADD COLUMN read_as text NOT NULL DEFAULT '';
ALTER TABLE documents ADD COLUMN etag text NOT NULL DEFAULT '';
ALTER TABLE documents ADD COLUMN modified text NOT NULL DEFAULT '';

-- Addresses whose pages are documents of a collection. round counts the looks at it; begun: the first pages of the present
-- one are known. owner, fence and beat are of who looks at it now, as with documents. next is when it is looked at by
-- itself; 0: never.
CREATE TABLE sources (
  workspace text NOT NULL,
  collection text NOT NULL,
  id text NOT NULL,
  address text NOT NULL,
  kind text NOT NULL,
  pages bigint NOT NULL,
  depth bigint NOT NULL,
  tags text NOT NULL,
  every text NOT NULL,
  in_step boolean NOT NULL,
  status text NOT NULL,
  error text NOT NULL,
  cut boolean NOT NULL,
  begun boolean NOT NULL,
  round bigint NOT NULL,
  looked bigint NOT NULL,
  next bigint NOT NULL,
  owner text NOT NULL,
  fence bigint NOT NULL,
  beat bigint NOT NULL,
  created bigint NOT NULL,
  updated bigint NOT NULL,
  author text NOT NULL,
  PRIMARY KEY (workspace, collection, id),
  UNIQUE (workspace, collection, address, kind),
  FOREIGN KEY (workspace, collection) REFERENCES collections (workspace, id) ON DELETE CASCADE
);
CREATE INDEX sources_due ON sources (status, next);

-- The pages of them. round is the last look that listed a page; document stays when that is deleted, so that the page does
-- not come back by itself.
CREATE TABLE source_pages (
  workspace text NOT NULL,
  collection text NOT NULL,
  source text NOT NULL,
  address text NOT NULL,
  depth bigint NOT NULL,
  state text NOT NULL,
  reason text NOT NULL,
  document text NOT NULL,
  round bigint NOT NULL,
  looked bigint NOT NULL,
  PRIMARY KEY (workspace, collection, source, address),
  FOREIGN KEY (workspace, collection, source) REFERENCES sources (workspace, collection, id) ON DELETE CASCADE
);
CREATE INDEX source_pages_state ON source_pages (workspace, collection, source, state, depth, address);
CREATE INDEX source_pages_document ON source_pages (workspace, collection, document);
