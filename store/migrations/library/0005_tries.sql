-- tries is how often a document was claimed since somebody asked for it: one that takes the whole process down with it is
-- not claimed for ever.
ALTER TABLE documents ADD COLUMN tries bigint NOT NULL DEFAULT 0;
DROP INDEX documents_due;
CREATE INDEX documents_due ON documents (status, tries, updated);
