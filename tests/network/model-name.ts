/** The model of a test network, where a page asks for it too. */
export const modelName = "cocoon-tiny";
