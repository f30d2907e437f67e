-- Ways to the telephone network that do not work at the moment.
CREATE TABLE outage (
	trunk TEXT PRIMARY KEY,               -- readable: as the configuration calls it
	why TEXT NOT NULL,                    -- readable: what fails, in a word: network, registration, refused, credit
	since BIGINT NOT NULL,                -- readable: since when
	until BIGINT NOT NULL                 -- readable: counts until then, unless it is said again
);
