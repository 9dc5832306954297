// What all clients ask.

export const cityQuestion = { role: "user" as const, content: "What is the weather in Paris?" };

export const weatherSchema = {
  type: "object" as const,
  properties: { city: { type: "string" as const, maxLength: 12 } },
  required: ["city"],
};

export const weatherTool = {
  name: "weather",
  description: "Weather now",
  parameters: weatherSchema,
};

export const person = {
  type: "object" as const,
  properties: {
    name: { type: "string" as const, maxLength: 12 },
    age: { type: "integer" as const },
  },
  required: ["name", "age"],
  additionalProperties: false,
};

/** The names in a text that is a JSON object. */
export function namesIn(text: string): readonly string[] {
  const value: unknown = JSON.parse(text);
  return typeof value === "object" && value !== null ? Object.keys(value) : [];
}
