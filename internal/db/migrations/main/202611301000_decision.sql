CREATE TABLE decision (
	id TEXT PRIMARY KEY,                  -- readable: random; its leaves name it
	owner TEXT NOT NULL,                  -- readable: the contact or situation that it is about
	due_by BIGINT NOT NULL,               -- readable: the clock rings with nobody signed in; 0 when nothing is due any more
	second_by BIGINT NOT NULL             -- readable: when a second person must have spoken of what was sent alone; 0 = nobody must
);
CREATE INDEX decision_owner ON decision (owner);
CREATE INDEX decision_due_by ON decision (due_by) WHERE due_by > 0;
CREATE INDEX decision_second_by ON decision (second_by) WHERE second_by > 0;

CREATE TABLE decision_act (
	decision TEXT NOT NULL,               -- readable: which decision
	n BIGINT NOT NULL,                    -- readable: the order; who adds one says how many she saw
	sealed {{blob}} NOT NULL,             -- sealed: S
	PRIMARY KEY (decision, n)
);
