// Answers: How much of the graph is unknown or unconnected?
// Parameters:
// Columns:
//   finding: string
//   count: integer
//   of: integer -- how many there are in all
// Cost: one look at every company and every stake: a second or two for a million companies.
MATCH (c:Company)-[:IN_INDUSTRY]->(:Industry)
WITH count(DISTINCT c) AS in_industry
OPTIONAL MATCH (c:Company)-[:LOCATED_IN]->(:Place)
WITH in_industry, count(DISTINCT c) AS in_place
OPTIONAL MATCH (:Company|Holder|Person)-[r:OWNS]->(:Company)
WITH in_industry, in_place, count(r) AS stakes, count(r.share) AS known
MATCH (c:Company)
WITH in_industry, in_place, stakes, known, count(*) AS companies,
     count(CASE WHEN c.links = 0 THEN 1 END) AS orphans, count(CASE WHEN c.is_client THEN 1 END) AS clients,
     count(CASE WHEN c.is_client AND c.links = 0 THEN 1 END) AS orphan_clients,
     count(CASE WHEN c.name IS NULL THEN 1 END) AS nameless, count(CASE WHEN c.in_cycle THEN 1 END) AS circular
UNWIND [{at: 1, finding: 'companies without owner, stake or other link', count: orphans, of: companies},
        {at: 2, finding: 'clients without owner, stake or other link', count: orphan_clients, of: clients},
        {at: 3, finding: 'stakes of unknown share', count: stakes - known, of: stakes},
        {at: 4, finding: 'companies on a cycle of ownership', count: circular, of: companies},
        {at: 5, finding: 'companies without a name', count: nameless, of: companies},
        {at: 6, finding: 'companies without an industry', count: companies - in_industry, of: companies},
        {at: 7, finding: 'companies without a place', count: companies - in_place, of: companies}] AS row
RETURN row.finding AS finding, row.count AS count, row.of AS of
ORDER BY row.at
