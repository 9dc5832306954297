// A devnet that a test kills: node kill-fixture.ts HOME. Its first line of output is the endpoint, its last what the chain
// died of.

import { CocoonError } from "@cocoon/protocol";
import { startDevnet } from "../src/start-devnet.ts";

const [home] = process.argv.slice(2);
if (home === undefined) throw new RangeError("no folder given");
const devnet = await startDevnet({ home, port: 0, blockMs: 20, snapshotEvery: 8 });
process.stdout.write(`${devnet.url}\n`);
const failure = await devnet.stopped;
process.stdout.write(`${failure instanceof CocoonError ? failure.code : String(failure)}\n`);
