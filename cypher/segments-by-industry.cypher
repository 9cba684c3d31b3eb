// Answers: In which industries are the customers of each segment?
// Parameters:
//   segment: string = "" -- only this segment
//   digits: integer = 2 -- how many characters the code of an industry has
//   limit: integer = 200 -- the most rows
// Columns:
//   segment: string
//   industry: string -- its code
//   title: string
//   customers: integer
//   monetary: float -- what they bought, all together; NULL where no amounts are known
//   offer: string -- of the segment
// Cost: one look at every customer with a segment and an industry: a second for a hundred thousand.
MATCH (s:Segment)<-[m:IN_SEGMENT]-(u:Customer)-[:IS_COMPANY]->(c:Company) WHERE $segment = '' OR s.segment = $segment
WITH DISTINCT s, u.customer_id AS customer_id, m.monetary AS monetary, c
MATCH (c)-[:IN_INDUSTRY]->(:Industry)-[:PART_OF*0..5]->(i:Industry) WHERE size(i.code) = $digits
RETURN s.segment AS segment, i.code AS industry, i.title AS title, count(DISTINCT customer_id) AS customers,
       sum(monetary) AS monetary, s.offer AS offer
ORDER BY segment, customers DESC, industry
LIMIT $limit
