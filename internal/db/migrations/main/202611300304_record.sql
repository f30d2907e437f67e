CREATE TABLE record_field (
	owner TEXT NOT NULL,                  -- readable: the contact or situation that it is about
	field TEXT NOT NULL,                  -- readable: a random id of the form's, says nothing
	version BIGINT NOT NULL,              -- readable: who saves says what she saw
	at BIGINT NOT NULL,                   -- readable: when it was saved
	by_person TEXT NOT NULL,              -- readable: who of the staff saved it
	sealed {{blob}} NOT NULL,             -- sealed: S
	PRIMARY KEY (owner, field)
);
CREATE INDEX record_field_at ON record_field (at) WHERE at % 86400000 <> 0;
