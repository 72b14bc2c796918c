-- Which way sound and pictures take.
ALTER TABLE call_record ADD COLUMN topology VARCHAR(16) DEFAULT 'SFU' NOT NULL;
