-- When somebody asked that a run ends; 0: nobody. Whoever executes the run, or takes it over, ends it.
ALTER TABLE runs ADD COLUMN cancel bigint NOT NULL DEFAULT 0;
-- Serves the look-out for runs that are to end: few at any time.
CREATE INDEX runs_cancel ON runs (status, cancel) WHERE cancel > 0 AND status IN ('queued', 'running', 'waiting', 'deciding');
-- Finds what a run called.
CREATE INDEX runs_parent ON runs (workspace, parent) WHERE parent <> '';
