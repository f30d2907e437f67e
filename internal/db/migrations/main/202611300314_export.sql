CREATE TABLE export_request (
	id TEXT PRIMARY KEY,                  -- readable: named by the desk
	contact TEXT NOT NULL,                -- readable: whose record
	asked_by TEXT NOT NULL,               -- readable: who asks; nobody else fetches it
	asked_at BIGINT NOT NULL,             -- readable: a request lives for a day
	why {{blob}} NOT NULL,                -- sealed: S
	approved_by TEXT NOT NULL DEFAULT '', -- readable: the second person
	approved_at BIGINT NOT NULL DEFAULT 0, -- readable: when that was
	fetched_at BIGINT NOT NULL DEFAULT 0  -- readable: it is fetched once
);
CREATE INDEX export_request_contact ON export_request (contact);
CREATE INDEX export_request_asked_at ON export_request (asked_at);
