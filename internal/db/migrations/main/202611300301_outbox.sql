-- What waits to leave by a channel, and what a vendor has taken and may still speak of.
-- A row goes when the vendor has said how it ended, with her words, and at the latest
-- when its hour's entry ends.
CREATE TABLE outbox (
	contact TEXT NOT NULL,                -- readable: whose; it goes with her words
	id TEXT NOT NULL,                     -- readable: the message that leaves
	channel TEXT NOT NULL,                -- readable: by which it leaves
	shred TEXT NOT NULL,                  -- readable: the entry of its hour
	sealed {{blob}},                      -- sealed: outbox hour; empty once it was handed over
	state TEXT NOT NULL,                  -- readable: waiting, sending, accepted or unknown
	tries BIGINT NOT NULL DEFAULT 0,      -- readable: how often it was tried; decides races
	not_before BIGINT NOT NULL,           -- readable: undo time, then the next try
	not_after BIGINT NOT NULL,            -- readable: when its hour's entry ends
	ref {{blob}},                         -- readable: day-keyed hash of the name it was sent under
	receipt {{blob}},                     -- readable: day-keyed hash of the vendor's name for it
	PRIMARY KEY (contact, id)
);
CREATE INDEX outbox_over ON outbox (not_after);
CREATE INDEX outbox_ref ON outbox (ref);
CREATE INDEX outbox_receipt ON outbox (receipt);
CREATE INDEX message_queued ON message (contact) WHERE sent = 'queued';
