-- What the one decode says of a picture beside its renditions. phash: the 64 bits of the perceptual
-- hash as a signed number; NULL before it was developed, and for photos of older versions. colours:
-- JSON, the largest share (of 1000) first: [{"colour":"#a0b1c2","share":412}].
ALTER TABLE photos ADD COLUMN phash BIGINT;
ALTER TABLE photos ADD COLUMN colours TEXT NOT NULL DEFAULT '[]';
