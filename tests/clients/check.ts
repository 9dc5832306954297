/** Where a client finds the API, and by which fetch. */
export type Reach = { readonly baseURL: string; readonly fetch?: typeof fetch };

/** A feature, and what shows that a client has it; the text is how, where it is not as everywhere. Throws when it has not. */
export type Check = readonly [feature: string, show: () => Promise<string | void>];
