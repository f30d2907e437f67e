CREATE TABLE emergency (
	id TEXT PRIMARY KEY,                    -- readable: made before sealing
	contact TEXT NOT NULL,                  -- readable: whose danger
	version BIGINT NOT NULL,                -- readable: two who write at once learn of each other
	state TEXT NOT NULL,                    -- readable: open, calling, sent or ended
	ground TEXT NOT NULL,                   -- readable: her wish, danger now, or a duty that is due at once
	decision TEXT NOT NULL DEFAULT '',      -- readable: id of the decision about that duty
	opened_at BIGINT NOT NULL,              -- readable: the clock
	opened_by TEXT NOT NULL,                -- readable: who
	calls TEXT NOT NULL DEFAULT '',         -- readable: who of us calls, so that two do not
	called_at BIGINT NOT NULL DEFAULT 0,    -- readable: 0 until somebody was sent
	confirm_by BIGINT NOT NULL DEFAULT 0,   -- readable: a second person answers until then; 0 where it was her wish
	second_by TEXT NOT NULL DEFAULT '',     -- readable: who that was
	second_at BIGINT NOT NULL DEFAULT 0,    -- readable: 0 until then
	second_says TEXT NOT NULL DEFAULT '',   -- readable: confirmed or contested
	ended_at BIGINT NOT NULL DEFAULT 0,     -- readable: 0 while it goes on
	sealed {{blob}} NOT NULL                -- sealed: S (all of it, the reasons, her words, the place, who was sent)
);
CREATE UNIQUE INDEX emergency_open ON emergency (contact) WHERE ended_at = 0;
CREATE INDEX emergency_contact ON emergency (contact);
CREATE INDEX emergency_second ON emergency (confirm_by) WHERE confirm_by > 0 AND second_at = 0;
