const plural = new Intl.PluralRules("en");

export function count(amount: number, one: string, other: string): string {
  return `${amount.toLocaleString("en")} ${plural.select(amount) === "one" ? one : other}`;
}
