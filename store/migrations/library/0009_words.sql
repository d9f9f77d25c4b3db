-- The words of a document's chunks as an index, so that a collection is opened without reading its texts again. The
-- language is that of the analyzer that made it; a document without one is indexed of its texts.
CREATE TABLE document_words (
  workspace text NOT NULL,
  collection text NOT NULL,
  document text NOT NULL,
  language text NOT NULL,
  data bytea NOT NULL,
  PRIMARY KEY (workspace, collection, document),
  FOREIGN KEY (workspace, collection, document) REFERENCES documents (workspace, collection, id) ON DELETE CASCADE
);
