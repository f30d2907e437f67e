-- The register of what went wrong, or nearly did, by our own doing. What happened and what
-- was done about it is sealed to two teams; the server reads what a deadline needs.
CREATE TABLE harm (
	id TEXT PRIMARY KEY,                  -- readable: named on pages; its entry in the shred store has the same name
	kind TEXT NOT NULL,                   -- readable: of what, from a closed list; the deadline is by it
	near INTEGER NOT NULL,                -- readable: 1 where it was noticed in time
	state TEXT NOT NULL,                  -- readable: open, correcting, closed
	version BIGINT NOT NULL,              -- readable: whoever changes it has seen the newest
	reported_by TEXT NOT NULL,            -- readable: who is shown what becomes of it
	at BIGINT NOT NULL,                   -- readable: when it was reported
	owner TEXT NOT NULL DEFAULT '',       -- readable: who puts it right
	due BIGINT NOT NULL,                  -- readable: when it rings unless it is closed
	edition BIGINT NOT NULL,              -- readable: number of the deadlines it was given by; 0 = the program's own
	rung_at BIGINT NOT NULL DEFAULT 0,    -- readable: a deadline rings once
	closed_at BIGINT NOT NULL DEFAULT 0,  -- readable: shown to who reported it
	closed_by TEXT NOT NULL DEFAULT '',   -- readable: never whose act it was
	doer {{blob}} NOT NULL                -- sealed: teams supervisors and privacy; whose act it was
);
CREATE INDEX harm_due ON harm (due) WHERE state <> 'closed' AND rung_at = 0;
CREATE INDEX harm_reported_by ON harm (reported_by);

CREATE TABLE harm_entry (
	harm TEXT NOT NULL,                   -- readable: of which report
	n BIGINT NOT NULL,                    -- readable: order
	kind TEXT NOT NULL,                   -- readable: report, correction, reopening
	at BIGINT NOT NULL,                   -- readable: when
	by_person TEXT NOT NULL,              -- readable: who wrote it
	sealed {{blob}} NOT NULL,             -- sealed: teams supervisors and privacy
	PRIMARY KEY (harm, n)
);
