-- What was consented and approved stands in a head of its own, under the head of the S of
-- whose it is, with a counter that the shred store knows too.
CREATE TABLE consent (
	owner TEXT PRIMARY KEY,               -- readable: the contact or situation that it is about
	entry TEXT NOT NULL,                  -- readable: of the shred store, which knows the newest
	n BIGINT NOT NULL,                    -- readable: its counter; who writes says what she has read
	sealed {{blob}} NOT NULL              -- sealed: S (its head: who, what, to whom, for what, until when)
);
CREATE INDEX consent_entry ON consent (entry);

CREATE TABLE consent_until (
	id TEXT PRIMARY KEY,                  -- readable: of one consent or override; its entry in the shred store has the same name
	owner TEXT NOT NULL,                  -- readable: whose
	until BIGINT NOT NULL,                -- readable: it ends by itself with nobody signed in; may only shorten what is sealed
	second_by BIGINT NOT NULL DEFAULT 0   -- readable: a second person answers until then, or it rings; 0 = nobody must
);
CREATE INDEX consent_until_owner ON consent_until (owner);
CREATE INDEX consent_until_second ON consent_until (second_by) WHERE second_by > 0;
