-- Campaigns on web applications. target is the origin, settings without passwords, which are sealed. owner, fence and beat
-- are of who works on it, as with documents; pause and stop are wishes, and joins personas that are to join. of_campaign is
-- the one whose findings are tested again.
CREATE TABLE campaigns (
  workspace text NOT NULL,
  id text NOT NULL,
  name text NOT NULL,
  target text NOT NULL,
  settings text NOT NULL,
  sealed text NOT NULL,
  after text NOT NULL,
  of_campaign text NOT NULL,
  again text NOT NULL,
  plan text NOT NULL,
  status text NOT NULL,
  pause boolean NOT NULL,
  stop boolean NOT NULL,
  joins text NOT NULL,
  error text NOT NULL,
  board text NOT NULL,
  summary text NOT NULL,
  restarts bigint NOT NULL,
  owner text NOT NULL,
  fence bigint NOT NULL,
  beat bigint NOT NULL,
  created bigint NOT NULL,
  begun bigint NOT NULL,
  ended bigint NOT NULL,
  author text NOT NULL,
  PRIMARY KEY (workspace, id)
);
CREATE INDEX campaigns_created ON campaigns (workspace, created);
CREATE INDEX campaigns_target ON campaigns (workspace, target, ended);
CREATE INDEX campaigns_open ON campaigns (status, created) WHERE status IN ('queued', 'working');

-- The cases of one that is under way: what was done is not done again after a crash. They go when it ends.
CREATE TABLE campaign_cases (
  workspace text NOT NULL,
  campaign text NOT NULL,
  id text NOT NULL,
  data text NOT NULL,
  PRIMARY KEY (workspace, campaign, id),
  FOREIGN KEY (workspace, campaign) REFERENCES campaigns (workspace, id) ON DELETE CASCADE
);

-- What came of it, packed: surface and cases, without the findings.
CREATE TABLE campaign_results (
  workspace text NOT NULL,
  campaign text NOT NULL,
  data bytea NOT NULL,
  PRIMARY KEY (workspace, campaign),
  FOREIGN KEY (workspace, campaign) REFERENCES campaigns (workspace, id) ON DELETE CASCADE
);

-- data is the finding with its evidence, without pictures. retest is what testing it again came to, and when.
CREATE TABLE campaign_findings (
  workspace text NOT NULL,
  campaign text NOT NULL,
  print text NOT NULL,
  place bigint NOT NULL,
  severity text NOT NULL,
  area text NOT NULL,
  probe text NOT NULL,
  title text NOT NULL,
  data text NOT NULL,
  retest text NOT NULL,
  retested bigint NOT NULL,
  PRIMARY KEY (workspace, campaign, print),
  FOREIGN KEY (workspace, campaign) REFERENCES campaigns (workspace, id) ON DELETE CASCADE
);

-- Pictures by their hash, and what personas look at just now as "live" and the persona.
CREATE TABLE campaign_pictures (
  workspace text NOT NULL,
  campaign text NOT NULL,
  name text NOT NULL,
  data bytea NOT NULL,
  created bigint NOT NULL,
  PRIMARY KEY (workspace, campaign, name),
  FOREIGN KEY (workspace, campaign) REFERENCES campaigns (workspace, id) ON DELETE CASCADE
);
CREATE INDEX campaign_pictures_created ON campaign_pictures (created);

-- Findings that somebody knows to be false, for all campaigns on the target.
CREATE TABLE campaign_marks (
  workspace text NOT NULL,
  target text NOT NULL,
  print text NOT NULL,
  reason text NOT NULL,
  author text NOT NULL,
  created bigint NOT NULL,
  PRIMARY KEY (workspace, target, print)
);

-- Links to a report for people without an account. hash is that of the token.
CREATE TABLE campaign_shares (
  workspace text NOT NULL,
  campaign text NOT NULL,
  id text NOT NULL,
  hash text NOT NULL,
  created bigint NOT NULL,
  expires bigint NOT NULL,
  author text NOT NULL,
  PRIMARY KEY (workspace, campaign, id),
  UNIQUE (hash),
  FOREIGN KEY (workspace, campaign) REFERENCES campaigns (workspace, id) ON DELETE CASCADE
);

-- Campaigns that are run again and again. next is 0 for never.
CREATE TABLE campaign_plans (
  workspace text NOT NULL,
  id text NOT NULL,
  name text NOT NULL,
  settings text NOT NULL,
  sealed text NOT NULL,
  after text NOT NULL,
  cron text NOT NULL,
  timezone text NOT NULL,
  active boolean NOT NULL,
  next bigint NOT NULL,
  last bigint NOT NULL,
  created bigint NOT NULL,
  updated bigint NOT NULL,
  author text NOT NULL,
  PRIMARY KEY (workspace, id)
);
CREATE INDEX campaign_plans_due ON campaign_plans (next) WHERE next > 0;

-- Personas that people made.
CREATE TABLE personas (
  workspace text NOT NULL,
  id text NOT NULL,
  data text NOT NULL,
  created bigint NOT NULL,
  updated bigint NOT NULL,
  author text NOT NULL,
  PRIMARY KEY (workspace, id)
);
