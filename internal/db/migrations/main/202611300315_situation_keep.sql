ALTER TABLE situation ADD COLUMN keep_until BIGINT NOT NULL DEFAULT 0; -- readable: copy of the clock of its entries; 0 while it goes on
