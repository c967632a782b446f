/** Candidates with charts on a page; of any more it has the tables. */
export const chartedCandidates = 8
