-- Newcomers only watch.
ALTER TABLE call_record ADD COLUMN broadcast BOOLEAN DEFAULT FALSE NOT NULL;
