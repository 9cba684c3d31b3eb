// Answers: Which clients look unlike the rest: in industries and places where hardly another client is?
// Parameters:
//   level: string = "region" -- of the places: country, region, city or postcode
//   limit: integer = 50 -- the most rows
// Columns:
//   company_id: string -- the client
//   name: string
//   industry: string -- the widest level of its industry; NULL where unknown
//   industry_title: string -- what that industry is; NULL where unknown
//   others_in_industry: integer -- other clients in it
//   place_key: string -- NULL where unknown
//   others_in_place: integer -- other clients in it
//   segment: string -- the segment of clients that it is in; NULL where in none
//   won: date
// Cost: the industries and places of the clients: about a second for 5,000 clients.
MATCH (k:Company) WHERE k.is_client = true
OPTIONAL MATCH (k)-[:IN_INDUSTRY]->(f:Industry)
WITH k, min(f.code) AS code
OPTIONAL MATCH (f:Industry {code: code})-[:PART_OF*0..8]->(i:Industry)
WHERE NOT EXISTS { MATCH (i)-[:PART_OF]->(:Industry) }
WITH k, min(i.code) AS industry
OPTIONAL MATCH (k)-[:LOCATED_IN]->(f:Place)
WITH k, industry, f
OPTIONAL MATCH (f)-[:PART_OF*0..4]->(p:Place) WHERE p.level = $level
WITH k, industry, min(p.place_key) AS place_key
WITH industry, collect({id: k.company_id, name: k.name, segment: k.segment, won: k.won, place: place_key}) AS members,
     count(*) AS clients
UNWIND members AS m
WITH m.place AS place_key, collect({id: m.id, name: m.name, segment: m.segment, won: m.won, industry: industry,
                                    others: CASE WHEN industry IS NOT NULL THEN clients - 1 END}) AS members,
     count(*) AS clients
UNWIND members AS m
WITH m.id AS company_id, m.name AS name, m.industry AS industry, m.others AS others_in_industry, place_key,
     CASE WHEN place_key IS NOT NULL THEN clients - 1 END AS others_in_place, m.segment AS segment, m.won AS won
OPTIONAL MATCH (i:Industry {code: industry})
RETURN company_id, name, industry, i.title AS industry_title, others_in_industry, place_key, others_in_place, segment, won
ORDER BY (coalesce(others_in_industry, 1000000) + 1) * (coalesce(others_in_place, 1000000) + 1), company_id
LIMIT $limit
