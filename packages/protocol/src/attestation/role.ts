/** What an attested program does in the network. */
export type Role = "worker" | "proxy";

const roles: readonly Role[] = ["worker", "proxy"];

/** The role's byte in claims and in the root contract: 1 worker, 2 proxy. */
export function roleByte(role: Role): number {
  return roles.indexOf(role) + 1;
}

/** The role of a byte, or undefined when there is none. */
export function roleOfByte(byte: number): Role | undefined {
  return roles[byte - 1];
}
