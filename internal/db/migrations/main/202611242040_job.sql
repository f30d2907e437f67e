-- A job is work to be done once, later, by whichever node takes it.
CREATE TABLE job (
	kind        TEXT NOT NULL,              -- readable: what is to be done
	key         TEXT NOT NULL,              -- readable: to what; the same job is not kept twice
	body        TEXT NOT NULL DEFAULT '',   -- readable: ids only
	team        TEXT NOT NULL DEFAULT '',   -- readable: whose session can do it; empty: any node
	run_at      BIGINT NOT NULL,            -- readable: not before
	lease_until BIGINT NOT NULL DEFAULT 0,  -- readable: until then somebody is at it
	attempt     BIGINT NOT NULL DEFAULT 0,  -- readable: fences off who comes too late
	PRIMARY KEY (kind, key)
);
CREATE INDEX job_due ON job (team, run_at);
