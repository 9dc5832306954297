import { CocoonError, type RawAddress } from "@cocoon/protocol";

/** Who is paid for what runs on which hardware. */
export type PlatformUse = {
  /** Worker id, hex. */
  readonly id: string;
  readonly payout: RawAddress;
  /** Of the machine and of its GPUs, hex; see AttestedWorker. */
  readonly platformIds: readonly string[];
};

/**
 * One platform, one owner: a key that was extracted from a single machine must not become a crowd of workers. Several
 * workers on a machine are fine while one address is paid for all. Throws platform_shared.
 */
export function requireOwnPlatform(newcomer: PlatformUse, standing: Iterable<PlatformUse>): void {
  const wanted = new Set(newcomer.platformIds);
  for (const { id, payout, platformIds } of standing) {
    if (id === newcomer.id || payout === newcomer.payout) continue;
    const platformId = platformIds.find((used) => wanted.has(used));
    if (platformId !== undefined) throw new CocoonError("platform_shared", { platformId });
  }
}
