ALTER TABLE following ADD COLUMN rings_at BIGINT NOT NULL DEFAULT 0; -- readable: when a clock rings for supervisors with nobody looking; not which, nor of what
ALTER TABLE following ADD COLUMN rung_at BIGINT NOT NULL DEFAULT 0; -- readable: the last one that did; each rings once
CREATE INDEX following_rings ON following (rings_at) WHERE rings_at > 0;

CREATE TABLE to_sign (
	contact TEXT NOT NULL,                -- readable: for whom somebody has to sign
	role TEXT NOT NULL,                   -- readable: which role has to
	steps BIGINT NOT NULL,                -- readable: how many steps wait for it; not which, nor of what
	since BIGINT NOT NULL,                -- readable: since when
	asked_by TEXT NOT NULL,               -- readable: who came to the step
	PRIMARY KEY (contact, role)
);
