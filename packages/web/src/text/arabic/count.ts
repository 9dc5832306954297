const plural = new Intl.PluralRules("ar");
export const digits = new Intl.NumberFormat("ar");

/** Arabic counts in six ways; a noun after the number takes one of these. */
export function count(amount: number, one: string, few: string, many: string): string {
  const rule = plural.select(amount);
  const noun = rule === "few" ? few : rule === "one" ? one : many;
  return `${digits.format(amount)} ${noun}`;
}
