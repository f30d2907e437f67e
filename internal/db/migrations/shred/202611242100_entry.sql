CREATE TABLE entry (
	id TEXT PRIMARY KEY,                  -- readable: named by what depends on it
	wrapped {{blob}} NOT NULL,            -- sealed: generation
	generation BIGINT NOT NULL,           -- readable: which key wraps it
	created_at BIGINT NOT NULL,           -- readable: orphans are swept by age
	not_after BIGINT NOT NULL DEFAULT 0,  -- readable: from then on it opens nothing; 0 = no end
	hold INTEGER NOT NULL DEFAULT 0,      -- readable: not destroyed while set
	signer TEXT NOT NULL DEFAULT '',      -- readable: who set clock and hold
	sig {{blob}},                         -- readable: of clock and hold, checked before destroying
	kind TEXT NOT NULL,                   -- readable: what kind of thing depends on it
	head_n BIGINT NOT NULL DEFAULT 0,     -- readable: counter of the newest head
	head_hash {{blob}}                    -- readable: hash of the newest head
);
CREATE INDEX entry_due ON entry (not_after);
CREATE INDEX entry_age ON entry (kind, created_at);
CREATE INDEX entry_generation ON entry (generation);

CREATE TABLE generation (
	n BIGINT PRIMARY KEY,                 -- readable: the order of nights
	wrapped {{blob}}                      -- sealed: operational key; empty where a two-slot file holds it
);

CREATE TABLE mark (
	kind TEXT PRIMARY KEY,                -- readable: which statement
	serial BIGINT NOT NULL,               -- readable: the highest seen
	hash {{blob}} NOT NULL                -- readable: and which one it was
);
