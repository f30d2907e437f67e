CREATE TABLE following (
	contact TEXT PRIMARY KEY,             -- readable: for whom
	version BIGINT NOT NULL,              -- readable: who saves says what she saw
	sealed {{blob}} NOT NULL              -- sealed: S
);
