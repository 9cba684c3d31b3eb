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
OPTIONAL MATCH (:Industry {code: $industry})<-[:PART_OF*0..8]-(i:Industry)
WITH collect(DISTINCT i) AS industries
OPTIONAL MATCH (:Place {place_key: $place})<-[:PART_OF*0..4]-(p:Place)
WITH industries, collect(DISTINCT p) AS places
WITH industries, places, 100000 AS few,
     CASE WHEN $industry = '' THEN 9000000000
          ELSE reduce(n = 0, i IN industries | n + COUNT { (i)<-[:IN_INDUSTRY]-() }) END AS in_industry,
     CASE WHEN $place = '' THEN 9000000000
          ELSE reduce(n = 0, p IN places | n + COUNT { (p)<-[:LOCATED_IN]-() }) END AS in_place
CALL {
  WITH industries, few, in_industry, in_place
  UNWIND CASE WHEN in_industry <= few AND in_industry <= in_place THEN industries ELSE [] END AS i
  MATCH (i)<-[:IN_INDUSTRY]-(c:Company)
  RETURN c
UNION
  WITH places, few, in_industry, in_place
  UNWIND CASE WHEN in_place <= few AND in_place < in_industry THEN places ELSE [] END AS p
  MATCH (p)<-[:LOCATED_IN]-(c:Company)
  RETURN c
UNION
  WITH few, in_industry, in_place
  MATCH (c:Company)
  WHERE c.rank IS NOT NULL AND in_industry > few AND in_place > few AND $fit IN ['', 'Weak']
    AND ($fit = '' OR c.fit = $fit) AND $size_from = 0.0 AND $size_to = 1e300 AND c.`score` >= 0.0
    AND ($industry = '' OR EXISTS { MATCH (c)-[:IN_INDUSTRY]->(:Industry)-[:PART_OF*0..8]->(i) WHERE '' + i.code = $industry })
    AND ($place = '' OR EXISTS { MATCH (c)-[:LOCATED_IN]->(:Place)-[:PART_OF*0..4]->(p) WHERE '' + p.place_key = $place })
  RETURN c ORDER BY c.rank LIMIT toInteger($limit)
UNION
  WITH few, in_industry, in_place
  UNWIND CASE WHEN in_industry > few AND in_place > few
              AND (NOT $fit IN ['', 'Weak'] OR $size_from <> 0.0 OR $size_to <> 1e300) THEN [1] ELSE [] END AS every
  MATCH (c:Company) USING SCAN c:Company
  WHERE ($fit = '' OR c.fit = $fit) AND c.`score` >= $size_from AND c.`score` <= $size_to
  RETURN c
}
WITH DISTINCT c
WHERE c.rank IS NOT NULL AND ($fit = '' OR c.fit = $fit) AND c.`score` >= $size_from AND c.`score` <= $size_to
  AND ($industry = '' OR EXISTS { MATCH (c)-[:IN_INDUSTRY]->(:Industry)-[:PART_OF*0..8]->(i) WHERE '' + i.code = $industry })
  AND ($place = '' OR EXISTS { MATCH (c)-[:LOCATED_IN]->(:Place)-[:PART_OF*0..4]->(p) WHERE '' + p.place_key = $place })
RETURN c.rank AS rank, c.score AS score, c.fit AS fit, c.company_id AS company_id, c.name AS name, c.`score` AS size,
       c.nearest_client_id AS nearest_client_id
ORDER BY rank
LIMIT $limit
