CREATE TABLE person (
	id TEXT PRIMARY KEY,                  -- readable: named everywhere
	pseudonym TEXT NOT NULL UNIQUE,       -- readable: how colleagues and callers know her
	roles TEXT NOT NULL,                  -- readable: JSON list; the second lock
	languages TEXT NOT NULL DEFAULT '[]', -- readable: JSON list; routing
	skills TEXT NOT NULL DEFAULT '[]',    -- readable: JSON list; routing
	gender TEXT NOT NULL DEFAULT '',      -- readable: a caller may wish for a woman or a man
	locale TEXT NOT NULL DEFAULT '',      -- readable: language of her pages
	capacity INTEGER NOT NULL DEFAULT 3,  -- readable: written contacts at once
	state TEXT NOT NULL,                  -- readable: invited, enrolled, active, former
	on_call {{blob}}                      -- sealed: operational key
);

CREATE TABLE presence (
	person TEXT PRIMARY KEY REFERENCES person (id), -- readable: whose
	node TEXT NOT NULL,                   -- readable: which process beats for her
	state TEXT NOT NULL,                  -- readable: ready, busy, break, away, locked
	load INTEGER NOT NULL DEFAULT 0,      -- readable: contacts that count
	capacity INTEGER NOT NULL,            -- readable: of the shift
	since BIGINT NOT NULL,                -- readable: longest ready comes first
	beat_until BIGINT NOT NULL,           -- readable: lapses
	CHECK (load BETWEEN 0 AND capacity + 1)
);

CREATE TABLE slot (
	id TEXT PRIMARY KEY,                  -- readable: named at sign-in
	person TEXT NOT NULL,                 -- readable: whose
	kind TEXT NOT NULL,                   -- readable: passphrase or once
	argon INTEGER NOT NULL,               -- readable: number of a compiled set
	salt {{blob}} NOT NULL,               -- readable: of the slow hash
	shred TEXT NOT NULL,                  -- readable: its pepper
	sealed {{blob}} NOT NULL              -- sealed: slot
);
CREATE INDEX slot_person ON slot (person);

CREATE TABLE session (
	id TEXT PRIMARY KEY,                  -- readable: shown with "end it"
	lookup {{blob}} NOT NULL UNIQUE,      -- readable: derived from the cookie
	person TEXT NOT NULL,                 -- readable: whose
	slot TEXT NOT NULL,                   -- readable: unlocks it again
	shred TEXT NOT NULL,                  -- readable: its entry; gone = locked
	blob {{blob}} NOT NULL,               -- sealed: cookie half and entry
	began BIGINT NOT NULL,                -- readable: shown with "end it"
	totp_at BIGINT NOT NULL,              -- readable: when the second factor was last given
	abs_at BIGINT NOT NULL,               -- readable: 12 hours
	locked INTEGER NOT NULL DEFAULT 0,    -- readable: opens nothing until unlocked
	ended INTEGER NOT NULL DEFAULT 0      -- readable: counts devices
);
CREATE INDEX session_person ON session (person);

CREATE TABLE member (
	team TEXT NOT NULL,                   -- readable: which team
	epoch BIGINT NOT NULL,                -- readable: of the team
	person TEXT NOT NULL,                 -- readable: who holds it
	wrapped {{blob}} NOT NULL,            -- sealed: person
	signer TEXT NOT NULL,                 -- readable: who gave it
	sig {{blob}} NOT NULL,                -- readable: of context and wrapped
	PRIMARY KEY (team, epoch, person)
);

CREATE TABLE invitation (
	person TEXT PRIMARY KEY,              -- readable: who is invited
	lookup {{blob}} NOT NULL UNIQUE,      -- readable: derived from the code
	inviter TEXT NOT NULL,                -- readable: who must confirm
	sealed {{blob}} NOT NULL,             -- sealed: inviter (code and teams)
	keys {{blob}},                        -- readable: public keys, once enrolled
	mac {{blob}}                          -- readable: of them, by the code
);

CREATE TABLE totp (
	person TEXT PRIMARY KEY,              -- readable: whose
	seed {{blob}} NOT NULL,               -- sealed: operational key
	confirmed INTEGER NOT NULL DEFAULT 0, -- readable: counts once a code was given
	last_step BIGINT NOT NULL DEFAULT 0   -- readable: a code is good once
);
