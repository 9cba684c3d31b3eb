// Answers: Who is in the arms of the experiments, and what did they show?
// Parameters:
//   about: string = "" -- only the experiment on the list of this name
//   limit: integer = 100 -- the most rows
// Columns:
//   about: string -- the list, or the table with the results
//   arm: string
//   members: integer -- customers and companies dealt into it; 0 for results
//   outcome: string -- NULL for a list that was only dealt
//   n: integer -- cases with a result
//   rate: float
//   lift: float -- against the control
//   low: float -- the ends of its 95 % interval
//   high: float
//   p_value: float
// Cost: one look at every member of an arm: under a second for a hundred thousand.
MATCH (r:SalesRun) WHERE $about = '' OR r.about = $about
MATCH (a:Arm)
OPTIONAL MATCH (r)-[m:MEASURED]->(a)
OPTIONAL MATCH (n)-[i:IN_ARM]->(a) WHERE i.run_id = r.run_id
WITH r.about AS about, a.arm AS arm, m.outcome AS outcome, m.n AS n, m.rate AS rate, m.lift AS lift, m.low AS low,
     m.high AS high, m.p_value AS p_value, count(i) AS members
WHERE members > 0 OR outcome IS NOT NULL
RETURN about, arm, members, outcome, n, rate, lift, low, high, p_value
ORDER BY about, coalesce(outcome, ''), arm
LIMIT $limit
