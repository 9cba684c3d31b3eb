// Answers: Which are the best leads of an industry, a place and a size?
// Parameters:
//   industry: string = "" -- a code with everything below it, such as 56
//   place: string = "" -- the key of a place with everything in it, such as region|US|CA
//   fit: string = "" -- Strong, Moderate or Weak
//   size_column: property = score -- a column of numbers of the register, such as employees
//   size_from: float = 0.0 -- the least of it
//   size_to: float = 1e300 -- the most of it
//   limit: integer = 50 -- the most rows
// Columns:
//   rank: integer
//   score: float
//   fit: string
//   company_id: string
//   name: string
//   size: float -- the value of the size column
//   nearest_client_id: string
// Cost: the companies of the industry or the place where these are few, else the leads in order or one look at every
//   company: two seconds at most for a million companies.
MATCH (c:Company)
WHERE c.rank IS NOT NULL AND ($fit = '' OR c.fit = $fit) AND c.`score` >= $size_from AND c.`score` <= $size_to
  AND ($industry = '' OR EXISTS { MATCH (c)-[:IN_INDUSTRY]->(:Industry)-[:PART_OF*0..8]->(:Industry {code: $industry}) })
  AND ($place = '' OR EXISTS { MATCH (c)-[:LOCATED_IN]->(:Place)-[:PART_OF*0..4]->(:Place {place_key: $place}) })
RETURN c.rank AS rank, c.score AS score, c.fit AS fit, c.company_id AS company_id, c.name AS name, c.`score` AS size,
       c.nearest_client_id AS nearest_client_id
ORDER BY rank, company_id
LIMIT $limit
