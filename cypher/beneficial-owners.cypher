// Answers: Who owns a company in the end, and how much of it, directly and through others?
// Parameters:
//   company_id: string -- the company
//   smallest: float = 0.0 -- leave out owners who cannot reach this share
// Columns:
//   owner_type: string -- person, holder, or a company that nobody in the graph owns
//   owner_id: string
//   name: string
//   share: float -- the effective share, halfway between its bounds where stakes are unknown
//   share_low: float -- at the least
//   share_high: float -- at the most
//   ways: integer -- over how many stakes of this owner it comes
// Cost: the owners of one company and of its effective owners (50 at most): milliseconds. Where the company held by a
//   person or holder is on an ownership cycle, what returns to it over the cycle is not counted.
MATCH (c:Company {company_id: $company_id})
OPTIONAL MATCH (x:Company)-[e:EFFECTIVE_OWNS]->(c) WHERE NOT EXISTS { MATCH ()-[:OWNS]->(x) }
WITH c, collect({type: 'company', id: x.company_id, name: x.name, share: e.share, low: e.share_low,
                 high: e.share_high}) AS companies
OPTIONAL MATCH (o:Holder|Person)-[r:OWNS]->(c)
WITH c, companies, collect({type: CASE WHEN o.person_id IS NULL THEN 'holder' ELSE 'person' END,
                            id: coalesce(o.person_id, o.holder_id), name: o.name,
                            share: coalesce(r.share, (r.share_low + r.share_high) / 2),
                            low: r.share_low, high: r.share_high}) AS direct
OPTIONAL MATCH (o:Holder|Person)-[r:OWNS]->(x:Company)-[e:EFFECTIVE_OWNS]->(c)
WITH companies, direct, collect({type: CASE WHEN o.person_id IS NULL THEN 'holder' ELSE 'person' END,
                                 id: coalesce(o.person_id, o.holder_id), name: o.name,
                                 share: coalesce(r.share, (r.share_low + r.share_high) / 2) * e.share,
                                 low: r.share_low * e.share_low, high: r.share_high * e.share_high}) AS through
UNWIND companies + direct + through AS way
WITH way.type AS owner_type, way.id AS owner_id, way.name AS name, sum(way.share) AS share, sum(way.low) AS low,
     sum(way.high) AS high, count(way.id) AS ways
WHERE ways > 0 AND high >= $smallest
RETURN owner_type, owner_id, name, round(CASE WHEN share > 1 THEN 1.0 ELSE share END, 6) AS share,
       round(CASE WHEN low > 1 THEN 1.0 ELSE low END, 6) AS share_low,
       round(CASE WHEN high > 1 THEN 1.0 ELSE high END, 6) AS share_high, ways
ORDER BY share DESC, owner_id
