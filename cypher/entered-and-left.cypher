// Answers: Which companies entered the lead list between two runs, and which left it?
// Parameters:
//   before: string = "" -- the earlier run; the one before the later run when not given
//   after: string = "" -- the later run; the newest when not given
//   length: integer = 500 -- how long the list is, at most 1000: the ranks that a store remembers of every run
//   limit: integer = 1000 -- the most rows
// Columns:
//   change: string -- entered or left
//   company_id: string
//   name: string
//   rank_before: integer -- NULL where it was not among the first 1000
//   rank_after: integer
//   is_client: boolean -- now
//   is_suppressed: boolean -- now
//   before: string -- the earlier run
//   after: string -- the later run
// Cost: two lists of a thousand companies: milliseconds.
MATCH (b:Run) WHERE $after = '' OR b.run_id = $after
WITH b ORDER BY b.finished DESC, b.run_id DESC LIMIT 1
MATCH (a:Run) WHERE ($before = '' AND a.finished < b.finished) OR a.run_id = $before
WITH a, b ORDER BY a.finished DESC, a.run_id DESC LIMIT 1
MATCH (r:Run)-[:LISTED]->(c:Company) WHERE r.run_id = a.run_id OR r.run_id = b.run_id
WITH DISTINCT a, b, c
OPTIONAL MATCH (a)-[was:LISTED]->(c)
OPTIONAL MATCH (b)-[now:LISTED]->(c)
WITH a.run_id AS before, b.run_id AS after, c, was.rank AS rank_before, now.rank AS rank_after,
     coalesce(was.rank, 1000000000) <= $length AS listed_before, coalesce(now.rank, 1000000000) <= $length AS listed_after
WHERE listed_before <> listed_after
RETURN CASE WHEN listed_after THEN 'entered' ELSE 'left' END AS change, c.company_id AS company_id, c.name AS name,
       rank_before, rank_after, c.is_client AS is_client, c.is_suppressed AS is_suppressed, before, after
ORDER BY change, coalesce(CASE WHEN listed_after THEN rank_after ELSE rank_before END, 0), company_id
LIMIT $limit
