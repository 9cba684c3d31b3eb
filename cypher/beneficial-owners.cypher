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
//   direct: float -- what of it is a stake of this owner's own, NULL for none
// Cost: the effective owners of one company, 256 at most, and its owners: milliseconds.
MATCH (c:Company {company_id: $company_id})
OPTIONAL MATCH (o:Company|Holder|Person)-[e:EFFECTIVE_OWNS]->(c) WHERE NOT EXISTS { MATCH ()-[:OWNS]->(o) }
OPTIONAL MATCH (o)-[r:OWNS]->(c)
WITH c, collect({type: CASE WHEN o.company_id IS NOT NULL THEN 'company' WHEN o.holder_id IS NOT NULL THEN 'holder'
                            ELSE 'person' END,
                 id: coalesce(o.company_id, o.holder_id, o.person_id), name: o.name, share: e.share, low: e.share_low,
                 high: e.share_high, direct: coalesce(r.share, (r.share_low + r.share_high) / 2)}) AS through
OPTIONAL MATCH (o:Holder|Person)-[r:OWNS]->(c) WHERE NOT EXISTS { MATCH (o)-[:EFFECTIVE_OWNS]->(c) }
WITH through, collect({type: CASE WHEN o.holder_id IS NOT NULL THEN 'holder' ELSE 'person' END,
                       id: coalesce(o.holder_id, o.person_id), name: o.name,
                       share: coalesce(r.share, (r.share_low + r.share_high) / 2), low: r.share_low, high: r.share_high,
                       direct: coalesce(r.share, (r.share_low + r.share_high) / 2)}) AS direct
UNWIND through + direct AS way
WITH way WHERE way.id IS NOT NULL AND way.high >= $smallest
RETURN way.type AS owner_type, way.id AS owner_id, way.name AS name, round(way.share, 6) AS share,
       round(way.low, 6) AS share_low, round(way.high, 6) AS share_high, round(way.direct, 6) AS direct
ORDER BY share DESC, owner_id
