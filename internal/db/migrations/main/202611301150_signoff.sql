-- Who, outside the administration, has signed which words before they are in force: the
-- survivors' council, counsel. The signature is over all that stands here.
CREATE TABLE signoff (
	kind TEXT NOT NULL,                   -- readable: of which edition
	name TEXT NOT NULL,                   -- readable: of which edition
	lang TEXT NOT NULL DEFAULT '',        -- readable: of which edition
	digest TEXT NOT NULL,                 -- readable: of the words that were signed; other words are not
	who TEXT NOT NULL,                    -- readable: council or counsel
	called TEXT NOT NULL,                 -- readable: the reviewer, as the line names her; of the staff or outside it, never a caller
	by_person TEXT NOT NULL,              -- readable: who signed, or noted that it was signed
	at BIGINT NOT NULL,                   -- readable: when that was written
	day TEXT NOT NULL DEFAULT '',         -- readable: of what was noted: the day on which it was signed
	how TEXT NOT NULL DEFAULT '',         -- readable: of what was noted: by letter, in a meeting
	sig {{blob}} NOT NULL,                -- readable: a signature tells nothing
	PRIMARY KEY (kind, name, lang, digest, who, called)
);

ALTER TABLE edition ADD COLUMN editors TEXT NOT NULL DEFAULT ''; -- readable: who has written at the draft; none of them notes a sign-off
