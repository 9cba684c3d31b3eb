// Answers: What should the customers of an owner buy next?
// Parameters:
//   owner_id: string = "" -- only this owner: the id of a company, a holder or a person
//   limit: integer = 100 -- the most rows
// Columns:
//   owner_id: string
//   owner: string -- its name
//   item: string
//   customers: integer -- how many of the owner's companies should buy it
//   best_rank: integer -- the best place of the item on their lists
//   customer_id: string -- one of them, the first by id
// Cost: one look at every offer to a customer that is a company with an owner: seconds for a million offers.
MATCH (o)-[:OWNS]->(c:Company)<-[:IS_COMPANY]-(u:Customer)
WITH DISTINCT coalesce(o.company_id, o.holder_id, o.person_id) AS owner_id, o.name AS owner, u
WHERE $owner_id = '' OR owner_id = $owner_id
MATCH (u)-[s:SHOULD_BUY]->(i:Item)
RETURN owner_id, owner, i.item AS item, count(DISTINCT u.customer_id) AS customers, min(s.rank) AS best_rank,
       min(u.customer_id) AS customer_id
ORDER BY customers DESC, best_rank, owner_id, item
LIMIT $limit
