-- A day on which something was destroyed because its time was over, or because
-- nothing depended on it. It stands here, since whoever writes the main database
-- must not make a large day look usual.
CREATE TABLE forgetting (
	day BIGINT PRIMARY KEY,               -- readable: days since 1970, UTC
	done BIGINT NOT NULL                  -- readable: how many entries
);

-- Who lets a day go over its measure.
CREATE TABLE release (
	day BIGINT NOT NULL,                  -- readable: days since 1970, UTC
	person TEXT NOT NULL,                 -- readable: who
	up_to BIGINT NOT NULL,                -- readable: how many entries in all
	sig {{blob}} NOT NULL,                -- readable: hers
	PRIMARY KEY (day, person)
);
