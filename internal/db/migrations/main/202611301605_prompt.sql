-- The sound of what the line says on the telephone. All of it is the line's own words.
CREATE TABLE prompt (
	lang TEXT NOT NULL,                   -- readable: in which language
	said TEXT NOT NULL,                   -- readable: names the words; the same ones in a language have one sound
	words TEXT NOT NULL,                  -- readable: the line's own, as an edition has them
	machine BIGINT NOT NULL,              -- readable: 1 is a machine's draft, which a voice takes the place of
	millis BIGINT NOT NULL,               -- readable: how long it lasts
	at BIGINT NOT NULL,                   -- readable: since when
	by_person TEXT NOT NULL,              -- readable: who has brought it; empty for a machine's
	sound {{blob}} NOT NULL,              -- readable: the line's own words, as a WAV file
	PRIMARY KEY (lang, said)
);
