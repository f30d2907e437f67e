-- A job is work to be done later, by whichever node takes it first.
CREATE TABLE job (
	kind    TEXT NOT NULL,             -- readable: what is to be done
	key     TEXT NOT NULL,             -- readable: to what; the same job is not kept twice
	body    TEXT NOT NULL DEFAULT '',  -- readable: ids only
	team    TEXT NOT NULL DEFAULT '',  -- readable: whose session can do it; empty: any node
	run_at  BIGINT NOT NULL,           -- readable: not before; once claimed: whose it is until then
	claim   TEXT NOT NULL DEFAULT '',  -- readable: random name of who is at it; fences off who comes too late
	attempt BIGINT NOT NULL DEFAULT 0, -- readable: how often it was begun without success
	again   INTEGER NOT NULL DEFAULT 0, -- readable: asked for once more while somebody is at it
	PRIMARY KEY (kind, key)
);
CREATE INDEX job_due ON job (team, kind, run_at);
