export const digits: Intl.NumberFormat = new Intl.NumberFormat("ja");
