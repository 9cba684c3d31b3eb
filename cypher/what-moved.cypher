// Answers: Who entered a list, left it, or moved within it, and why?
// Parameters:
//   change: string = "" -- only entered, left, up or down
//   limit: integer = 100 -- the most rows
// Columns:
//   change: string
//   id: string -- of the customer or company
//   name: string -- of the company
//   old_rank: integer -- NULL where it was not on the earlier list
//   new_rank: integer
//   why: string
// Cost: one look at everything that moved in the last comparison: milliseconds.
MATCH (r:SalesRun)-[m:MOVED]->(n) WHERE $change = '' OR m.change = $change
RETURN m.change AS change, coalesce(n.customer_id, n.company_id) AS id, n.name AS name, m.old_rank AS old_rank,
       m.new_rank AS new_rank, m.why AS why
ORDER BY change, coalesce(m.new_rank, m.old_rank), id
LIMIT $limit
