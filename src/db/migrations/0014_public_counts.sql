-- accounts.photos is told to everybody, so it counts what everybody may know of: an account's
-- published, public photos. Before, the count told how many hidden ones there were.
UPDATE accounts SET photos =
  (SELECT count(*) FROM photos p
   WHERE p.owner_id = accounts.id AND p.state = 3 AND p.visibility = 0);
