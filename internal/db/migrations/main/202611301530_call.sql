-- What came lately, by hashes under the key of a day: nothing of it leads to anybody once
-- that key is gone, and the row goes with it. An address or a number that came; a vendor's
-- name for what came, so that a repetition is dropped; digits that she was told to say when
-- she calls again; what a vendor said of something before we knew the vendor's name for it.
CREATE TABLE recent (
	kind TEXT NOT NULL,                   -- readable: from, call, got, digits or said
	hash {{blob}} NOT NULL,               -- readable: under the key of the day
	contact TEXT NOT NULL DEFAULT '',     -- readable: what it leads to; empty where that is erased, or not known
	said TEXT NOT NULL DEFAULT '',        -- readable: how far a vendor said that something got
	until BIGINT NOT NULL,                -- readable: when the day's key goes, and the row
	PRIMARY KEY (kind, hash, contact)
);
CREATE UNIQUE INDEX recent_once ON recent (kind, hash) WHERE kind <> 'call';
CREATE INDEX recent_contact ON recent (contact);
CREATE INDEX recent_until ON recent (until);

-- Where she may be called back, as she has said it to the telephone. The first session that
-- opens it moves it into the head, and the row goes.
CREATE TABLE call_back (
	contact TEXT PRIMARY KEY,             -- readable: who wishes it
	id TEXT NOT NULL,                     -- readable: made before sealing
	at BIGINT NOT NULL,                   -- readable: since when
	sealed {{blob}} NOT NULL              -- sealed: K
);

-- What a living call needs to outlive the process that holds it. The row goes when it ends.
CREATE TABLE dialog (
	id TEXT PRIMARY KEY,                  -- readable: random, ours
	contact TEXT NOT NULL,                -- readable: whose call it is; empty before there is one
	node TEXT NOT NULL,                   -- readable: which process holds the call
	lease_until BIGINT NOT NULL,          -- readable: then another one may take it over
	began BIGINT NOT NULL,                -- readable: order
	shred TEXT NOT NULL,                  -- readable: the entry of its day
	sealed {{blob}} NOT NULL              -- sealed: dialog day
);
CREATE INDEX dialog_lease ON dialog (lease_until);
CREATE INDEX dialog_contact ON dialog (contact);

-- A number finds contacts as a phrase does; drawing a new phrase leaves it alone.
ALTER TABLE thread ADD COLUMN kind TEXT NOT NULL DEFAULT 'phrase'; -- readable: phrase or number
