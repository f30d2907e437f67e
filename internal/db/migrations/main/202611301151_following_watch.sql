ALTER TABLE following ADD COLUMN rings_at BIGINT NOT NULL DEFAULT 0; -- readable: when a clock rings for supervisors with nobody looking; not which, nor of what
ALTER TABLE following ADD COLUMN rung_at BIGINT NOT NULL DEFAULT 0; -- readable: the last one that did; each rings once
CREATE INDEX following_rings ON following (rings_at) WHERE rings_at > 0;

CREATE TABLE to_sign (
	id TEXT PRIMARY KEY,                  -- readable: named on pages
	contact TEXT NOT NULL,                -- readable: for whom somebody has to sign
	role TEXT NOT NULL,                   -- readable: which role has to
	since BIGINT NOT NULL,                -- readable: since when
	asked_by TEXT NOT NULL,               -- readable: who came to the step
	sealed {{blob}} NOT NULL,             -- sealed: S
	answer TEXT NOT NULL DEFAULT '',      -- readable: yes or no, noted by who does not open the contact
	answered_by TEXT NOT NULL DEFAULT '', -- readable: who noted it
	answered_at BIGINT NOT NULL DEFAULT 0, -- readable: when
	sig {{blob}}                          -- readable: hers
);
CREATE INDEX to_sign_contact ON to_sign (contact);
