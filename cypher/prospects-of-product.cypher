// Answers: Who wants a product and does not have it?
// Parameters:
//   item: string -- the product
//   known: string = "" -- only these: customer or company
//   limit: integer = 100 -- the most rows
// Columns:
//   rank: integer -- on the list of the product, or of the customer
//   score: float
//   known: string -- customer, or company where it is none yet
//   id: string -- of the customer or company
//   name: string -- of the company, NULL where it is not known
//   why: string
// Cost: one look at the offers of one product: under a second for a hundred thousand.
MATCH (n)-[s:SHOULD_BUY]->(i:Item {item: $item})
OPTIONAL MATCH (n)-[:IS_COMPANY]->(c:Company)
WITH s.rank AS rank, s.score AS score, s.why AS why, n.customer_id AS customer_id, n.company_id AS company_id,
     min(coalesce(n.name, c.name)) AS name
WITH rank, score, CASE WHEN customer_id IS NULL THEN 'company' ELSE 'customer' END AS known,
     coalesce(customer_id, company_id) AS id, name, why
WHERE $known = '' OR known = $known
RETURN rank, score, known, id, name, why
ORDER BY rank, known DESC, id
LIMIT $limit
