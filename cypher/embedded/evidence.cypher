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
MATCH p = (c:Company {company_id: $company_id})
          -[:OWNS|LINKED* ALL SHORTEST 1..4 (r, n | WHERE n.links <= $hub OR n.company_id IN [$company_id, $client_id])]-
          (k:Company {company_id: $client_id})
WITH p, length(p) AS links,
     list_to_string(' - ', list_transform(properties(nodes(p), 'name'), name -> coalesce(name, ''))) AS names
RETURN links, names, p AS way
ORDER BY names
LIMIT $limit
