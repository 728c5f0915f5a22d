-- sqlite
-- A follow writes a page less, a tenth of its cost. The key finds whom somebody follows; sorting
-- them costs 0.3 ms for 860 people, 3 ms for 10,000.
DROP INDEX follows_follower;
-- end
