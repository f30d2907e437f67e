ALTER TABLE harm ADD COLUMN once TEXT NOT NULL DEFAULT ''; -- readable: a hash that a second tap makes again; what it is of was never kept
ALTER TABLE harm ADD COLUMN keep_until BIGINT NOT NULL DEFAULT 0; -- readable: when it is forgotten, set as it is closed; 0 while it is open
CREATE UNIQUE INDEX harm_once ON harm (reported_by, once) WHERE once <> '';
CREATE INDEX harm_keep ON harm (keep_until) WHERE keep_until > 0;
