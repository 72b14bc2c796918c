-- Whether what is written to everybody goes into the history.
ALTER TABLE call_record ADD COLUMN keep_chat BOOLEAN DEFAULT FALSE NOT NULL;
