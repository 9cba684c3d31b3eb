// Answers: Who is joined to so many companies that a link through them says little?
// Parameters:
//   least: integer = 50 -- the fewest relationships of a hub
//   limit: integer = 50 -- the most rows
// Columns:
//   type: string -- company, holder or person
//   id: string
//   name: string
//   links: integer -- stakes and other links
//   companies: integer -- different companies that it owns or is linked to
//   clients: integer -- clients among them
// Cost: one look at how many relationships everybody has, then one link out from ``limit`` of them: under a second.
MATCH (h:Company|Holder|Person) WHERE h.links >= $least
WITH h, h.links AS links, coalesce(h.company_id, h.holder_id, h.person_id) AS id
ORDER BY links DESC, id LIMIT $limit
OPTIONAL MATCH (h)-[:OWNS|LINKED]-(c:Company)
RETURN CASE WHEN h.company_id IS NOT NULL THEN 'company' WHEN h.holder_id IS NOT NULL THEN 'holder' ELSE 'person' END
       AS type, id, h.name AS name, links, count(DISTINCT c.company_id) AS companies,
       count(DISTINCT CASE WHEN c.is_client THEN c.company_id END) AS clients
ORDER BY links DESC, id
