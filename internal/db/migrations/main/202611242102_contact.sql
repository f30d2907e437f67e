CREATE TABLE queue (
	id TEXT PRIMARY KEY,                  -- readable: order of waiting; its row is the lock of matching
	name TEXT NOT NULL,                   -- readable: on the desk
	rules TEXT NOT NULL DEFAULT '{}'      -- readable: JSON of required skills and whom to ask when nobody fits
);

CREATE TABLE contact (
	id TEXT PRIMARY KEY,                  -- readable: named everywhere
	handle TEXT NOT NULL DEFAULT '',      -- readable: a neutral word for staff, given back at closing
	channel TEXT NOT NULL,                -- readable: routing
	queue TEXT NOT NULL DEFAULT '',       -- readable: order of waiting
	lang TEXT NOT NULL DEFAULT '',        -- readable: routing
	urgency INTEGER NOT NULL DEFAULT 9,   -- readable: order of waiting
	path TEXT NOT NULL DEFAULT 'unknown', -- readable: order of waiting
	danger INTEGER NOT NULL DEFAULT 0,    -- readable: order of waiting, alarm
	minor INTEGER NOT NULL DEFAULT 0,     -- readable: order of waiting
	returned INTEGER NOT NULL DEFAULT 0,  -- readable: order of waiting
	waits INTEGER NOT NULL DEFAULT 0,     -- readable: how often she had to wait
	wishes TEXT NOT NULL DEFAULT '{}',    -- readable: JSON of whom she wishes for; routing
	state TEXT NOT NULL,                  -- readable: where it stands
	advocate TEXT NOT NULL DEFAULT '',    -- readable: whose it is, or was last
	epoch BIGINT NOT NULL DEFAULT 0,      -- readable: decides races
	last_seq BIGINT NOT NULL DEFAULT 0,   -- readable: a gap makes the desk ask again
	began BIGINT NOT NULL,                -- readable: age
	seen_until BIGINT NOT NULL DEFAULT 0, -- readable: her page is open until then
	seen INTEGER NOT NULL DEFAULT 0,      -- readable: she was seen since opening
	gone INTEGER NOT NULL DEFAULT 0,      -- readable: she left by the button
	quiet_at BIGINT NOT NULL DEFAULT 0,   -- readable: last word of either side
	state_at BIGINT NOT NULL,             -- readable: since when it stands so
	asked_at BIGINT NOT NULL DEFAULT 0,   -- readable: "Are you still there?" was asked
	wrap_until BIGINT NOT NULL DEFAULT 0, -- readable: wrap-up counts until then
	editions TEXT NOT NULL DEFAULT '{}',  -- readable: JSON, kind: number
	pub {{blob}},                         -- readable: adapters seal to it
	pub_secret {{blob}},                  -- sealed: K
	commit_k {{blob}},                    -- readable: says which K is the right one
	commit_s {{blob}},                    -- readable: says which S is the right one
	intake_sig {{blob}},                  -- readable: vouches for the key columns
	head {{blob}},                        -- sealed: S
	head_n BIGINT NOT NULL DEFAULT 0,     -- readable: counter of the head
	way {{blob}},                         -- sealed: K
	situation TEXT NOT NULL DEFAULT '',   -- readable: what it is about
	shred_k TEXT NOT NULL DEFAULT '',     -- readable: object id of K
	shred_s TEXT NOT NULL DEFAULT '',     -- readable: object id of S
	keep_words_until BIGINT NOT NULL DEFAULT 0, -- readable: copy of the entry's clock
	legal_hold INTEGER NOT NULL DEFAULT 0 -- readable: copy of the entry's hold
);
CREATE UNIQUE INDEX contact_handle ON contact (handle) WHERE handle <> '';
CREATE INDEX contact_waiting ON contact (queue, state, urgency, began);
CREATE INDEX contact_state ON contact (state, state_at);
CREATE INDEX contact_advocate ON contact (advocate, state);
CREATE INDEX contact_shred_k ON contact (shred_k);
CREATE INDEX contact_shred_s ON contact (shred_s);

CREATE TABLE caller (
	lookup {{blob}} NOT NULL,             -- readable: derived from the cookie
	contact TEXT NOT NULL,                -- readable: what the cookie opens
	wrap {{blob}} NOT NULL,               -- sealed: cookie
	from_seq BIGINT NOT NULL,             -- readable: 0 = her own browser
	current INTEGER NOT NULL,             -- readable: the next word goes here
	PRIMARY KEY (lookup, contact)
);
CREATE UNIQUE INDEX caller_current ON caller (lookup) WHERE current = 1;
CREATE INDEX caller_contact ON caller (contact);

CREATE TABLE message (
	contact TEXT NOT NULL,                -- readable: which thread
	id TEXT NOT NULL,                     -- readable: made before sealing
	seq BIGINT,                           -- readable: order; NULL until sent
	at BIGINT NOT NULL,                   -- readable: order on the page; the sealed text has its own
	side TEXT NOT NULL,                   -- readable: caller, line or advocate
	author TEXT NOT NULL DEFAULT '',      -- readable: who of the staff wrote it
	form TEXT NOT NULL,                   -- readable: p or s
	sealed {{blob}} NOT NULL,             -- sealed: K
	sent TEXT NOT NULL DEFAULT 'no',      -- readable: how far it got
	read INTEGER NOT NULL DEFAULT 0,      -- readable: she said so
	PRIMARY KEY (contact, id),
	UNIQUE (contact, seq)
);

CREATE TABLE note (
	id TEXT PRIMARY KEY,                  -- readable: made before sealing
	contact TEXT NOT NULL,                -- readable: what it is about
	situation TEXT NOT NULL DEFAULT '',   -- readable: empty until attached
	at BIGINT NOT NULL,                   -- readable: order
	by_person TEXT NOT NULL,              -- readable: who wrote it
	sealed {{blob}} NOT NULL              -- sealed: S
);
CREATE INDEX note_contact ON note (contact);

CREATE TABLE return_code (
	lookup {{blob}} PRIMARY KEY,          -- readable: from the slow hash
	shred TEXT NOT NULL,                  -- readable: its entry
	contact TEXT NOT NULL,                -- readable: what it opens
	wrap {{blob}} NOT NULL,               -- sealed: code
	expires BIGINT NOT NULL               -- readable: sweeps
);
CREATE INDEX return_code_contact ON return_code (contact);

CREATE TABLE offer (
	id TEXT PRIMARY KEY,                  -- readable: named by the desk
	contact TEXT NOT NULL,                -- readable: what is offered
	kind TEXT NOT NULL,                   -- readable: offer or handover
	advocate TEXT NOT NULL,               -- readable: to whom
	giver TEXT NOT NULL DEFAULT '',       -- readable: who hands over
	epoch BIGINT NOT NULL,                -- readable: of the contact, decides races
	made BIGINT NOT NULL,                 -- readable: since when it rings
	until BIGINT NOT NULL,                -- readable: how long it rings
	outcome TEXT NOT NULL DEFAULT '',     -- readable: accepted, declined, late, gone
	ended_at BIGINT                       -- readable: NULL while it rings
);
CREATE UNIQUE INDEX offer_open ON offer (contact) WHERE ended_at IS NULL;
CREATE INDEX offer_advocate ON offer (advocate, ended_at);
CREATE INDEX offer_past ON offer (contact, ended_at);

CREATE TABLE draft (
	person TEXT NOT NULL,                 -- readable: whose
	contact TEXT NOT NULL,                -- readable: of what
	place TEXT NOT NULL,                  -- readable: composer, note or a field
	n BIGINT NOT NULL,                    -- readable: the newest wins
	sealed {{blob}} NOT NULL,             -- sealed: person's draft key
	PRIMARY KEY (person, contact, place)
);
CREATE INDEX draft_contact ON draft (contact);

CREATE TABLE joined (
	contact TEXT NOT NULL,                -- readable: which thread
	person TEXT NOT NULL,                 -- readable: who reads and writes along, shown to its advocate
	at BIGINT NOT NULL,                   -- readable: since when
	PRIMARY KEY (contact, person)
);

CREATE TABLE alert (
	id TEXT PRIMARY KEY,                  -- readable: acknowledged by it
	contact TEXT NOT NULL,                -- readable: what rings
	kind TEXT NOT NULL,                   -- readable: danger, waiting too long, nobody ready
	at BIGINT NOT NULL,                   -- readable: since when
	acknowledged_by TEXT NOT NULL DEFAULT '', -- readable: who has seen it
	acknowledged_at BIGINT                -- readable: NULL while it rings
);
CREATE INDEX alert_contact ON alert (contact);
CREATE INDEX alert_open ON alert (at) WHERE acknowledged_at IS NULL;
