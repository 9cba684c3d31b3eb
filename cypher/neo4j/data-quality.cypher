// Answers: How much of the graph is unknown or unconnected?
// Parameters:
// Columns:
//   finding: string
//   count: integer
//   of: integer -- how many there are in all
// Cost: one look at every company and every stake: a second or two for a million companies.
WITH COUNT { (:Company) } AS companies, COUNT { ()-[:OWNS]->() } AS stakes
UNWIND [{at: 1, finding: 'companies without owner, stake or other link', of: companies,
         count: COUNT { (c:Company) WHERE c.links = 0 }},
        {at: 2, finding: 'clients without owner, stake or other link', of: COUNT { (c:Company) WHERE c.is_client = true },
         count: COUNT { (c:Company) WHERE c.is_client = true AND coalesce(c.links, 0) = 0 }},
        {at: 3, finding: 'stakes of unknown share', of: stakes,
         count: COUNT { ()-[r:OWNS]->() WHERE r.share IS NULL }},
        {at: 4, finding: 'stakes without a date', of: stakes,
         count: COUNT { ()-[r:OWNS]->() WHERE r.since IS NULL }},
        {at: 5, finding: 'companies on a cycle of ownership', of: companies,
         count: COUNT { (c:Company) WHERE c.in_cycle = true }},
        {at: 6, finding: 'companies without a name', of: companies,
         count: companies - COUNT { (c:Company) WHERE c.name IS NOT NULL }},
        {at: 7, finding: 'companies without an industry', of: companies,
         count: COUNT { (c:Company) WHERE NOT EXISTS { (c)-[:IN_INDUSTRY]->() } }},
        {at: 8, finding: 'companies without a place', of: companies,
         count: COUNT { (c:Company) WHERE NOT EXISTS { (c)-[:LOCATED_IN]->() } }}] AS row
RETURN row.finding AS finding, row.count AS count, row.of AS of
ORDER BY row.at
