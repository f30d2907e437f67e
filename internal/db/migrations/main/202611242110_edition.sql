CREATE TABLE edition (
	kind TEXT NOT NULL,                   -- readable: what it is: hours, urgency, ...
	name TEXT NOT NULL,                   -- readable: which one of the kind
	lang TEXT NOT NULL DEFAULT '',        -- readable: empty where the kind has no languages
	number BIGINT NOT NULL,               -- readable: 0 = the draft
	state TEXT NOT NULL,                  -- readable: draft, published, withdrawn
	body TEXT NOT NULL,                   -- readable: JSON; nothing of a caller's is in it
	version BIGINT NOT NULL DEFAULT 1,    -- readable: of the draft; two who write at once learn of each other
	at BIGINT NOT NULL,                   -- readable: when
	by_person TEXT NOT NULL,              -- readable: who
	reviewed_by TEXT NOT NULL DEFAULT '', -- readable: who has read it; empty = draft, not reviewed
	PRIMARY KEY (kind, name, lang, number)
);

CREATE UNIQUE INDEX edition_published ON edition (kind, name, lang) WHERE state = 'published';

CREATE TABLE edition_change (
	one INTEGER PRIMARY KEY,              -- readable: always 1
	n BIGINT NOT NULL                     -- readable: grows with every publication, so that all nodes follow
);
INSERT INTO edition_change (one, n) VALUES (1, 0);
