// Answers: Which are the best leads of every territory?
// Parameters:
//   level: string = "region" -- what a territory is: country, region, city or postcode
//   within: string = "" -- only territories within this place, by key, such as country|DE
//   each: integer = 20 -- how many leads a territory
//   limit: integer = 10000 -- the most rows
// Columns:
//   place_key: string -- the territory
//   place: string -- its name
//   rank: integer
//   score: float
//   fit: string
//   company_id: string
//   name: string
// Cost: every lead with its place, sorted within territories: seconds for a million companies.
MATCH (c:Company)-[:LOCATED_IN]->(:Place)-[:PART_OF*0..4]->(t:Place)
WHERE t.level = $level AND c.rank IS NOT NULL
  AND ($within = '' OR EXISTS { MATCH (t)-[:PART_OF*0..4]->(:Place {place_key: $within}) })
WITH t.place_key AS place_key, t.name AS place, list_slice(list_sort(collect(DISTINCT c.rank)), 1, $each) AS ranks
UNWIND ranks AS rank
MATCH (c:Company) WHERE c.rank = rank
RETURN place_key, place, rank, c.score AS score, c.fit AS fit, c.company_id AS company_id, c.name AS name
ORDER BY place_key, rank
LIMIT $limit
