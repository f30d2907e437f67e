-- By which words somebody is found again. Several contacts of one person share them.
CREATE TABLE thread (
	idx {{blob}} NOT NULL,                -- readable: HMAC of the phrase under the team's index key, which the server has not
	contact TEXT NOT NULL,                -- readable: what it finds
	epoch BIGINT NOT NULL,                -- readable: of the team, whose index key it was made by
	PRIMARY KEY (idx, contact)
);
CREATE INDEX thread_contact ON thread (contact);

CREATE TABLE phrase_try (
	contact TEXT PRIMARY KEY,             -- readable: in which a phrase was asked for
	tries INTEGER NOT NULL                -- readable: after five a supervisor is told
);
