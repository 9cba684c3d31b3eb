// Answers: By which links is a lead joined to a client?
// Parameters:
//   company_id: string -- the lead
//   client_id: string -- the client
//   hub: integer = 50 -- do not go through anybody with more relationships than this
//   limit: integer = 10 -- the most rows
// Columns:
//   links: integer -- how many links the way has, 1 to 4
//   names: string -- who is on it
//   way: path -- the nodes and relationships
// Cost: four links out at most, no further than ``hub`` from anybody in between: under a second.
MATCH (c:Company {company_id: $company_id}), (k:Company {company_id: $client_id}) WHERE c <> k
MATCH p = allShortestPaths((c)-[:OWNS|LINKED*..4]-(k))
WHERE all(n IN nodes(p) WHERE n.links <= $hub OR n = c OR n = k)
WITH p, length(p) AS links,
     substring(reduce(names = '', n IN nodes(p) | names + ' - ' + coalesce(n.name, '')), 3) AS names
RETURN links, names, p AS way
ORDER BY names
LIMIT $limit
