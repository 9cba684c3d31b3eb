// Answers: Which clients have a new owner, their own or of a company above them in the group, since they were won?
// Parameters:
//   since: date = 1900-01-01 -- only stakes that began on this day or later
//   least: float = 0.5 -- only stakes that may be at least this large
//   limit: integer = 100 -- the most rows
// Columns:
//   company_id: string -- the client
//   name: string
//   won: date
//   since: date -- when the stake began, as the newest link of the register says
//   changed_id: string -- the company that has the owner: the client, or one above it in its group
//   changed_name: string
//   owner_type: string -- company, holder or person
//   owner_id: string
//   owner_name: string
//   share: float -- NULL where unknown
//   ultimate_parent_id: string -- who controls the client now
// Cost: the owners of the clients and of their effective owners: about a second for 5,000 clients.
MATCH (x:Company)-[:EFFECTIVE_OWNS*0..1]->(k:Company)
WHERE k.is_client = true AND x.group_id = k.group_id
WITH DISTINCT k, x
MATCH (o:Company|Holder|Person)-[r:OWNS]->(x)
WHERE r.since >= $since AND r.share_high >= $least AND (k.won IS NULL OR r.since > k.won)
RETURN k.company_id AS company_id, k.name AS name, k.won AS won, r.since AS since, x.company_id AS changed_id,
       x.name AS changed_name,
       CASE WHEN o.company_id IS NOT NULL THEN 'company' WHEN o.holder_id IS NOT NULL THEN 'holder' ELSE 'person' END
       AS owner_type, coalesce(o.company_id, o.holder_id, o.person_id) AS owner_id, o.name AS owner_name,
       r.share AS share, k.ultimate_parent_id AS ultimate_parent_id
ORDER BY since DESC, company_id, changed_id, owner_id
LIMIT $limit
