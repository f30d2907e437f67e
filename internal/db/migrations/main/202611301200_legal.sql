-- What the law asks of us. The server reads what a day needs; what was asked, of whom, by
-- whom, and what became of it is sealed to the privacy team, and to the supervisor who is
-- named for it.
CREATE TABLE legal (
	id TEXT PRIMARY KEY,                  -- readable: named on pages; its leaves name it
	object TEXT NOT NULL,                 -- readable: object id of its key
	state TEXT NOT NULL,                  -- readable: open, answered, closed
	paper TEXT NOT NULL,                  -- readable: question, subpoena, order or warrant
	at BIGINT NOT NULL,                   -- readable: since when
	due_by BIGINT NOT NULL,               -- readable: rings with nobody signed in; 0 when nobody waits for an answer
	rung_at BIGINT NOT NULL DEFAULT 0,    -- readable: a day rings once
	named TEXT NOT NULL                   -- readable: the supervisor who opens what must be produced, and finds it in her list
);
CREATE INDEX legal_due ON legal (due_by) WHERE due_by > 0 AND rung_at = 0;

CREATE TABLE legal_act (
	legal TEXT NOT NULL,                  -- readable: of which request
	n BIGINT NOT NULL,                    -- readable: the order; who adds one says how many she saw
	sealed {{blob}} NOT NULL,             -- sealed: team privacy, and who is named
	PRIMARY KEY (legal, n)
);

-- A search under way. It is gone when its request has taken in what it found.
CREATE TABLE legal_search (
	id TEXT PRIMARY KEY,                  -- readable: object id of the key of what it looks for
	legal TEXT NOT NULL,                  -- readable: for which request
	at BIGINT NOT NULL,                   -- readable: contacts that began until then are looked at
	stage TEXT NOT NULL,                  -- readable: contacts, situations, done
	after TEXT NOT NULL,                  -- readable: the id that was looked at last; ids say nothing
	n BIGINT NOT NULL,                    -- readable: portions that were looked at
	contacts BIGINT NOT NULL,             -- readable: how many were looked at
	situations BIGINT NOT NULL,           -- readable: how many were looked at
	gone BIGINT NOT NULL,                 -- readable: of how many contacts nothing is left
	shut BIGINT NOT NULL,                 -- readable: how many things did not open
	by_person TEXT NOT NULL,              -- readable: in whose session it went on last
	done_at BIGINT NOT NULL DEFAULT 0,    -- readable: 0 while it goes on
	sealed {{blob}}                       -- sealed: team supervisors, for the machine; what it looks for; empty once it has ended
);
CREATE INDEX legal_search_legal ON legal_search (legal);

CREATE TABLE legal_found (
	search TEXT NOT NULL,                 -- readable: of which search
	n BIGINT NOT NULL,                    -- readable: of which portion
	sealed {{blob}} NOT NULL,             -- sealed: team privacy; all of one size, with or without a find
	signer TEXT NOT NULL,                 -- readable: in whose session
	sig {{blob}} NOT NULL,                -- readable: hers
	PRIMARY KEY (search, n)
);
