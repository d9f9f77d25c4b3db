-- What language models took: a row a day, model and use. day is a number like 20261122 in the studio's time zone, micros
-- are millionths of a US dollar. unpriced counts the calls whose price is not known, which micros lacks. took is the sum of
-- their time; l0 to l11 count the calls by how long they took.
CREATE TABLE model_usage (
  workspace text NOT NULL,
  day bigint NOT NULL,
  model text NOT NULL,
  provider text NOT NULL,
  credential text NOT NULL,
  kind text NOT NULL,
  subject text NOT NULL,
  part text NOT NULL,
  api_key text NOT NULL,
  name text NOT NULL,
  key_name text NOT NULL,
  calls bigint NOT NULL,
  failed bigint NOT NULL,
  kept bigint NOT NULL,
  unpriced bigint NOT NULL,
  estimated bigint NOT NULL,
  input bigint NOT NULL,
  output bigint NOT NULL,
  cached bigint NOT NULL,
  micros bigint NOT NULL,
  took bigint NOT NULL,
  l0 bigint NOT NULL, l1 bigint NOT NULL, l2 bigint NOT NULL, l3 bigint NOT NULL, l4 bigint NOT NULL, l5 bigint NOT NULL,
  l6 bigint NOT NULL, l7 bigint NOT NULL, l8 bigint NOT NULL, l9 bigint NOT NULL, l10 bigint NOT NULL, l11 bigint NOT NULL,
  PRIMARY KEY (workspace, day, model, credential, kind, subject, part, api_key)
);

-- The sum of a month, like 202611, so that a budget is held without adding up.
CREATE TABLE model_months (
  workspace text NOT NULL,
  month bigint NOT NULL,
  micros bigint NOT NULL,
  PRIMARY KEY (workspace, month)
);

-- at_limit is "stop" or "local".
CREATE TABLE model_budgets (
  workspace text NOT NULL PRIMARY KEY REFERENCES workspaces (id) ON DELETE CASCADE,
  micros bigint NOT NULL,
  warn bigint NOT NULL,
  at_limit text NOT NULL,
  updated bigint NOT NULL,
  author text NOT NULL
);

-- What calls under way may take.
CREATE TABLE model_reservations (
  workspace text NOT NULL,
  id text NOT NULL,
  micros bigint NOT NULL,
  until bigint NOT NULL,
  PRIMARY KEY (workspace, id)
);
CREATE INDEX model_reservations_until ON model_reservations (until);

-- Prices that a workspace knows better than the lists. price is JSON, in US dollars for a million tokens.
CREATE TABLE model_prices (
  workspace text NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
  model text NOT NULL,
  price text NOT NULL,
  updated bigint NOT NULL,
  author text NOT NULL,
  PRIMARY KEY (workspace, model)
);
