-- What is counted. Nothing here names a contact, or has an order or a moment by which
-- it could be joined to one: rows stand in the order of their own contents.
CREATE TABLE fact_pending (
	id TEXT PRIMARY KEY,                  -- readable: random, made for this row; bound into what is sealed
	sealed {{blob}} NOT NULL              -- sealed: team stats
) {{rowless}};

CREATE TABLE fact (
	month TEXT NOT NULL,                  -- readable: in which they were closed
	codes TEXT NOT NULL,                  -- readable: from a closed list
	n BIGINT NOT NULL,                    -- readable: how often; corrections take away
	PRIMARY KEY (month, codes)
) {{rowless}};

CREATE TABLE tally (
	month TEXT NOT NULL,                  -- readable: hours of a week are counted, never persons
	weekday INTEGER NOT NULL,             -- readable: 0 = Sunday, in the line's time zone
	hour INTEGER NOT NULL,                -- readable: 0 to 23
	channel TEXT NOT NULL,                -- readable: by which they came
	lang TEXT NOT NULL,                   -- readable: in which they wrote
	counter TEXT NOT NULL,                -- readable: what happened
	n BIGINT NOT NULL,                    -- readable: how often
	PRIMARY KEY (month, weekday, hour, channel, lang, counter)
) {{rowless}};

ALTER TABLE contact ADD COLUMN facts_wait INTEGER NOT NULL DEFAULT 0; -- readable: short facts stand in the head; a later job counts them apart
ALTER TABLE contact ADD COLUMN keep_days BIGINT NOT NULL DEFAULT 0; -- readable: how long what we wrote is kept, as it was when it closed
ALTER TABLE contact ADD COLUMN keep_record_until BIGINT NOT NULL DEFAULT 0; -- readable: copy of the clock of S, whole days; 0 = has not begun
CREATE INDEX contact_facts ON contact (id) WHERE facts_wait = 1;
