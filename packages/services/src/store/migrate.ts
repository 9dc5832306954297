import { CocoonError, primitives, toHex, utf8 } from "@cocoon/protocol";
import type Driver from "libsql";

/**
 * Applies the migrations that the database does not have yet, in order, all or nothing.
 *
 * A migration is known by the SHA-256 of its SQL, so rooms can put their lists together in any order and a later
 * release can add to each. One that was applied must stay in the list as it is: a database that knows another is
 * from a newer release or was made by a migration that somebody edited, and is refused.
 */
export function migrate(driver: Driver.Database, migrations: readonly string[]): void {
  const wanted = new Map(migrations.map((sql) => [toHex(primitives.sha256(utf8(sql))), sql]));
  if (wanted.size !== migrations.length) throw new RangeError("a migration is listed twice");
  driver.exec("BEGIN IMMEDIATE");
  try {
    driver.exec(
      "CREATE TABLE IF NOT EXISTS migrations (checksum TEXT PRIMARY KEY NOT NULL) STRICT, WITHOUT ROWID",
    );
    const applied = driver.prepare("SELECT checksum FROM migrations").pluck().all([]).map(String);
    if (applied.some((checksum) => !wanted.has(checksum))) {
      throw new CocoonError("storage_failed", {
        reason: "the database has a migration that this release does not have, or has changed",
      });
    }
    for (const [checksum, sql] of wanted) {
      if (applied.includes(checksum)) continue;
      driver.exec(sql);
      driver.prepare("INSERT INTO migrations (checksum) VALUES (?)").run([checksum]);
    }
    driver.exec("COMMIT");
  } catch (error) {
    if (driver.inTransaction) driver.exec("ROLLBACK");
    throw error;
  }
}
