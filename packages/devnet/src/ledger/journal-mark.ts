/** The end of a journal at some time, and where each record before it begins. */
export type JournalMark = { readonly offsets: readonly number[]; readonly sizeBytes: number };
