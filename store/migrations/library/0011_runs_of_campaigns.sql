-- The run of a workflow that waits for a campaign, and the key under which its step asked for it: asked again, after a crash,
-- it is the same campaign. Both are empty for one that people asked for.
ALTER TABLE campaigns ADD COLUMN run text NOT NULL DEFAULT '';
ALTER TABLE campaigns ADD COLUMN asked text NOT NULL DEFAULT '';
CREATE UNIQUE INDEX campaigns_asked ON campaigns (workspace, asked) WHERE asked <> '';
