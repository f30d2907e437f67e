-- What the database knows of its own tables; the same in both stores.
CREATE TABLE schema (
	one     INTEGER PRIMARY KEY CHECK (one = 1), -- readable: there is one row
	release BIGINT NOT NULL, -- readable: which release brought the tables to their state
	probe   {{blob}}         -- readable: empty bytes, written to see that the disk takes them
);
CREATE TABLE migration (
	name TEXT PRIMARY KEY, -- readable: a file of changes that was applied
	at   BIGINT NOT NULL   -- readable: when
);
