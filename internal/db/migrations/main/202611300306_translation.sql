-- What the staff know of a message beside its words: whose translation it is, or which
-- approved phrase.
ALTER TABLE message ADD COLUMN mark      -- sealed: K
	{{blob}};

-- A contact for which a translator is asked, or works. The row goes when she does.
CREATE TABLE translator_request (
	id TEXT PRIMARY KEY,                  -- readable: named by desks
	contact TEXT NOT NULL UNIQUE,         -- readable: for whom
	lang TEXT NOT NULL,                   -- readable: the caller's language; who can come
	ours TEXT NOT NULL,                   -- readable: the advocate's; empty until somebody has the contact
	asked_by TEXT NOT NULL,               -- readable: who asks, shown; empty = the line itself
	asked_at BIGINT NOT NULL,             -- readable: since when she waits
	translator TEXT NOT NULL DEFAULT '',  -- readable: who comes, shown to the advocate
	taken_at BIGINT NOT NULL DEFAULT 0,   -- readable: since when
	given_at BIGINT NOT NULL DEFAULT 0,   -- readable: since when the contact is open to her
	n BIGINT NOT NULL DEFAULT 0,          -- readable: number of the newest translation; desks look when it changes
	passed TEXT NOT NULL DEFAULT '[]'     -- readable: JSON of who cannot come, and is not asked again
);
CREATE INDEX translator_request_person ON translator_request (translator);

CREATE TABLE translation (
	contact TEXT NOT NULL,                -- readable: which thread
	id TEXT NOT NULL,                     -- readable: made before sealing
	n BIGINT NOT NULL,                    -- readable: order
	kind TEXT NOT NULL,                   -- readable: of her words, a sentence to translate, or that sentence translated
	about TEXT NOT NULL DEFAULT '',       -- readable: of which message or sentence
	by_person TEXT NOT NULL,              -- readable: who wrote it
	at BIGINT NOT NULL,                   -- readable: when
	sealed {{blob}} NOT NULL,             -- sealed: K
	PRIMARY KEY (contact, id),
	UNIQUE (contact, n)
);
