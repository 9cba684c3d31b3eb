// Answers: Which leads have a director, an owner or another linked person or holder in common with clients?
// Parameters:
//   client_id: string = "" -- only this client
//   hub: integer = 50 -- pass over persons and holders with more relationships than this
//   limit: integer = 100 -- the most rows
// Columns:
//   company_id: string -- the lead
//   name: string
//   rank: integer -- among the leads; NULL in the ownership group of a client
//   clients: integer -- how many clients it shares somebody with
//   shared: integer -- how many persons and holders it shares
//   through: string -- one of them, the first by name
//   client_id: string -- one of the clients, the first by id
// Cost: from the clients two links out, no further than ``hub`` from each person: a second or two for 5,000 clients.
MATCH (k:Company)<-[:OWNS|LINKED]-(o:Holder|Person)
WHERE k.is_client = true AND ($client_id = '' OR k.company_id = $client_id) AND coalesce(o.links, 0) <= $hub
WITH DISTINCT k, o
MATCH (o)-[:OWNS|LINKED]->(c:Company) WHERE c.score IS NOT NULL
RETURN c.company_id AS company_id, c.name AS name, c.rank AS rank, count(DISTINCT k.company_id) AS clients,
       count(DISTINCT coalesce(o.person_id, o.holder_id)) AS shared, min(o.name) AS through,
       min(k.company_id) AS client_id
ORDER BY clients DESC, coalesce(rank, 9000000000), company_id
LIMIT $limit
