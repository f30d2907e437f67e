ALTER TABLE decision ADD COLUMN urgent INTEGER NOT NULL DEFAULT 0; -- readable: a duty stands in it that is due at once, and nobody has settled that it is not met; help may be called on it
