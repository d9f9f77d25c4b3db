-- untold is set with the end of a campaign after which a workflow is started, until that was done. error is why a plan was not
-- started when its time came.
ALTER TABLE campaigns ADD COLUMN untold boolean NOT NULL DEFAULT false;
CREATE INDEX campaigns_untold ON campaigns (ended) WHERE untold;
ALTER TABLE campaign_plans ADD COLUMN error text NOT NULL DEFAULT '';
