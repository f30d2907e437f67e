CREATE TABLE situation (
	id TEXT PRIMARY KEY,                  -- readable: named everywhere
	handle TEXT NOT NULL,                 -- readable: a neutral word for staff, its own as long as it lives
	state TEXT NOT NULL,                  -- readable: open or closed
	began BIGINT NOT NULL,                -- readable: age
	state_at BIGINT NOT NULL,             -- readable: since when it stands so
	shred_s TEXT NOT NULL,                -- readable: object id of S
	commit_s {{blob}} NOT NULL,           -- readable: says which S is the right one
	signer TEXT NOT NULL,                 -- readable: the person who made it
	sig {{blob}} NOT NULL                 -- readable: hers, vouches for the key columns
);
CREATE UNIQUE INDEX situation_handle ON situation (handle) WHERE state = 'open';
CREATE INDEX situation_state ON situation (state, state_at);
CREATE INDEX situation_shred ON situation (shred_s);

CREATE TABLE part (
	situation TEXT NOT NULL,              -- readable: of what
	of TEXT NOT NULL,                     -- readable: a contact's id, else random
	kind TEXT NOT NULL,                   -- readable: contact, person or place
	about TEXT NOT NULL DEFAULT '',       -- readable: the contact under whose key it stands; empty: a key of its own
	object TEXT NOT NULL,                 -- readable: object id of that key
	at BIGINT NOT NULL,                   -- readable: since when it is part of it
	by_person TEXT NOT NULL,              -- readable: who added it
	version BIGINT NOT NULL,              -- readable: two who write at once learn of each other
	sealed {{blob}},                      -- sealed: S (its head: what it is in the situation)
	detail {{blob}},                      -- sealed: S (names and addresses, opened with a reason)
	PRIMARY KEY (situation, of)
);
CREATE INDEX part_of ON part (of);
CREATE INDEX part_about ON part (about) WHERE about <> '';
CREATE INDEX part_object ON part (object);

CREATE TABLE happening (
	id TEXT PRIMARY KEY,                  -- readable: made before sealing
	situation TEXT NOT NULL,              -- readable: of what
	contact TEXT NOT NULL DEFAULT '',     -- readable: the contact under whose key it stands; empty: the situation's own
	kind TEXT NOT NULL,                   -- readable: what we did: note, summary, linked, unlinked, closed, opened, done
	at BIGINT NOT NULL,                   -- readable: order
	by_person TEXT NOT NULL,              -- readable: who
	sealed {{blob}}                       -- sealed: S (its head)
);
CREATE INDEX happening_situation ON happening (situation, at);
CREATE INDEX happening_contact ON happening (contact) WHERE contact <> '';

CREATE TABLE task (
	id TEXT PRIMARY KEY,                  -- readable: made before sealing
	situation TEXT NOT NULL,              -- readable: of what
	contact TEXT NOT NULL DEFAULT '',     -- readable: the contact under whose key it stands; empty: the situation's own
	due BIGINT NOT NULL,                  -- readable: overdue tasks are shown
	person TEXT NOT NULL DEFAULT '',      -- readable: who said she would; empty: whoever is on shift
	at BIGINT NOT NULL,                   -- readable: since when
	by_person TEXT NOT NULL,              -- readable: who made it
	done_at BIGINT NOT NULL DEFAULT 0,    -- readable: 0 while it is to be done
	done_by TEXT NOT NULL DEFAULT '',     -- readable: who did it
	sealed {{blob}}                       -- sealed: S (its head)
);
CREATE INDEX task_situation ON task (situation);
CREATE INDEX task_due ON task (due) WHERE done_at = 0;
CREATE INDEX task_contact ON task (contact) WHERE contact <> '';

CREATE TABLE news (
	person TEXT NOT NULL,                 -- readable: who took the first call of one in it
	situation TEXT NOT NULL,              -- readable: of what something became
	at BIGINT NOT NULL,                   -- readable: since when it is unread
	PRIMARY KEY (person, situation)
);

CREATE TABLE conflict (
	situation TEXT NOT NULL,              -- readable: what is closed to her
	person TEXT NOT NULL,                 -- readable: of the staff; she knows somebody in it
	at BIGINT NOT NULL,                   -- readable: since when
	PRIMARY KEY (situation, person)
);
CREATE INDEX conflict_person ON conflict (person);

CREATE TABLE reading (
	id TEXT PRIMARY KEY,                  -- readable: answered by it
	contact TEXT NOT NULL,                -- readable: whose words somebody asks to read
	person TEXT NOT NULL,                 -- readable: who asks
	asked_at BIGINT NOT NULL,             -- readable: order
	given_by TEXT NOT NULL DEFAULT '',    -- readable: the supervisor who answered
	given_at BIGINT NOT NULL DEFAULT 0,   -- readable: 0 while nobody has
	until BIGINT NOT NULL DEFAULT 0,      -- readable: the grant ends then at the latest; 0: none was given
	ended_at BIGINT NOT NULL DEFAULT 0,   -- readable: 0 while it waits or opens
	sealed {{blob}}                       -- sealed: S (its head: the reason)
);
CREATE UNIQUE INDEX reading_open ON reading (contact, person) WHERE ended_at = 0;
CREATE INDEX reading_waits ON reading (asked_at) WHERE ended_at = 0;

CREATE TABLE request (
	id TEXT PRIMARY KEY,                  -- readable: answered by it
	contact TEXT NOT NULL,                -- readable: in which she asked
	about TEXT NOT NULL,                  -- readable: the contact that it is about
	kind TEXT NOT NULL,                   -- readable: show, correct, erase or keep
	at BIGINT NOT NULL,                   -- readable: since when
	done_at BIGINT NOT NULL DEFAULT 0,    -- readable: 0 until she was answered
	done_by TEXT NOT NULL DEFAULT '',     -- readable: who answered
	UNIQUE (contact, kind, at)
);
CREATE INDEX request_waits ON request (at) WHERE done_at = 0;
CREATE INDEX request_contact ON request (contact);

ALTER TABLE contact ADD COLUMN promised_until BIGINT NOT NULL DEFAULT 0; -- readable: she wished to wait for our word; she is shown the day
CREATE INDEX contact_situation ON contact (situation) WHERE situation <> '';
CREATE INDEX contact_promised ON contact (promised_until) WHERE promised_until > 0;
