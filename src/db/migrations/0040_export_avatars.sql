-- The avatar that an archive holds, or '': one that is not its owner's any more ends the archive.
ALTER TABLE exports ADD COLUMN avatar TEXT NOT NULL DEFAULT '';
