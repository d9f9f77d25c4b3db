-- What a campaign leaves for the next one on its target, packed; of each target only the last. Its pictures are among those
-- of the campaign, as "page" and their hash.
CREATE TABLE campaign_baselines (
  workspace text NOT NULL,
  campaign text NOT NULL,
  data bytea NOT NULL,
  PRIMARY KEY (workspace, campaign),
  FOREIGN KEY (workspace, campaign) REFERENCES campaigns (workspace, id) ON DELETE CASCADE
);
