/** Pixels of the letters of a chart at its own width. */
export const chartText = 12
