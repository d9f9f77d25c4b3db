-- Evaluations run in the background: what was asked for, who works on it (fence, beat) and how far it is.
ALTER TABLE evaluations ADD COLUMN order_json text NOT NULL DEFAULT '{}';
ALTER TABLE evaluations ADD COLUMN status text NOT NULL DEFAULT 'done';
ALTER TABLE evaluations ADD COLUMN done bigint NOT NULL DEFAULT 0;
ALTER TABLE evaluations ADD COLUMN total bigint NOT NULL DEFAULT 0;
ALTER TABLE evaluations ADD COLUMN error text NOT NULL DEFAULT '';
ALTER TABLE evaluations ADD COLUMN restarts bigint NOT NULL DEFAULT 0;
ALTER TABLE evaluations ADD COLUMN fitting text NOT NULL DEFAULT '';
ALTER TABLE evaluations ADD COLUMN ended bigint NOT NULL DEFAULT 0;
ALTER TABLE evaluations ADD COLUMN owner text NOT NULL DEFAULT '';
ALTER TABLE evaluations ADD COLUMN fence bigint NOT NULL DEFAULT 0;
ALTER TABLE evaluations ADD COLUMN beat bigint NOT NULL DEFAULT 0;
CREATE INDEX evaluations_open ON evaluations (status, created) WHERE status IN ('queued', 'working');
