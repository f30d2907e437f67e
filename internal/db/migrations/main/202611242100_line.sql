CREATE TABLE line (
	id TEXT PRIMARY KEY,                  -- readable: stands in every context
	name TEXT NOT NULL,                   -- readable: on every page
	generation BIGINT NOT NULL,           -- readable: the shred store must be at least this new
	intake {{blob}} NOT NULL,             -- sealed: operational key
	pepper {{blob}} NOT NULL              -- sealed: operational key
);

CREATE TABLE statement (
	kind TEXT NOT NULL,                   -- readable: manifest or roster
	serial BIGINT NOT NULL,               -- readable: order
	body {{blob}} NOT NULL,               -- readable: checked by all
	signatures {{blob}} NOT NULL,         -- readable: checked by all
	PRIMARY KEY (kind, serial)
);

CREATE TABLE key_grant (
	object TEXT NOT NULL,                 -- readable: shred id of the key
	grantee TEXT NOT NULL,                -- readable: team/x, person/x or object/x
	epoch BIGINT NOT NULL,                -- readable: of the team
	scope TEXT NOT NULL,                  -- readable: head or body
	kind TEXT NOT NULL,                   -- readable: hpke or symmetric
	wrapped {{blob}} NOT NULL,            -- sealed: grantee
	signer TEXT NOT NULL DEFAULT '',      -- readable: who vouches: intake, or a person
	sig {{blob}},                         -- readable: of context and wrapped
	PRIMARY KEY (object, grantee, scope)
);

CREATE TABLE tombstone (
	object TEXT PRIMARY KEY,              -- readable: what is gone
	at BIGINT NOT NULL                    -- readable: since when
);

CREATE TABLE leaf (
	id TEXT PRIMARY KEY,                  -- readable: random
	n BIGINT UNIQUE,                      -- readable: place in the tree; NULL until sequenced
	hash {{blob}} NOT NULL,               -- readable: commitment
	opening {{blob}},                     -- sealed: privacy (readable for transitions, which say no more than their row)
	object TEXT NOT NULL                  -- readable: goes with the object
);
CREATE INDEX leaf_new ON leaf (id) WHERE n IS NULL;
CREATE INDEX leaf_object ON leaf (object);

CREATE TABLE tree (
	i BIGINT PRIMARY KEY,                 -- readable: stored hash index
	hash {{blob}} NOT NULL                -- readable: node
);
