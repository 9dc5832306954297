/** Where a reload finds how the page was opened. */
export const storedAs = "cocoon.telegram";
