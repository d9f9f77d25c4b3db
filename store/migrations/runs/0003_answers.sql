-- What people answered to the questions of runs. The journal is written only by whoever executes the run; these are not.
CREATE TABLE answers (
	workspace text NOT NULL,
	run       text NOT NULL,
	question  text NOT NULL,
	choice    text NOT NULL,
	word      text NOT NULL,
	author    text NOT NULL,
	at        bigint NOT NULL,
	PRIMARY KEY (workspace, run, question)
);
