// Answers: How much of the graph is unknown or unconnected?
// Parameters:
// Columns:
//   finding: string
//   count: integer
//   of: integer -- how many there are in all
// Cost: one look at every company and every stake: a second or two for a million companies.
MATCH (c:Company)
WITH count(*) AS companies, count(CASE WHEN NOT EXISTS { (c)-[:IN_INDUSTRY]->() } THEN 1 END) AS no_industry,
     count(CASE WHEN NOT EXISTS { (c)-[:LOCATED_IN]->() } THEN 1 END) AS no_place
UNWIND [{at: 1, finding: 'companies without owner, stake or other link', of: companies,
         count: COUNT { (c:Company) WHERE c.links = 0 }},
        {at: 2, finding: 'clients without owner, stake or other link', of: COUNT { (c:Company) WHERE c.is_client = true },
         count: COUNT { (c:Company) WHERE c.is_client = true AND coalesce(c.links, 0) = 0 }},
        {at: 3, finding: 'stakes of unknown share', of: COUNT { ()-[:OWNS]->() },
         count: COUNT { ()-[r:OWNS]->() WHERE r.share IS NULL }},
        {at: 4, finding: 'companies on a cycle of ownership', of: companies,
         count: COUNT { (c:Company) WHERE c.in_cycle = true }},
        {at: 5, finding: 'companies without a name', of: companies,
         count: companies - COUNT { (c:Company) WHERE c.name IS NOT NULL }},
        {at: 6, finding: 'companies without an industry', count: no_industry, of: companies},
        {at: 7, finding: 'companies without a place', count: no_place, of: companies}] AS row
RETURN row.finding AS finding, row.count AS count, row.of AS of
ORDER BY row.at
