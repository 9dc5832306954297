export { type Charge, type ChargeState, IncomingLedger, type Payout } from "./incoming.ts";
export { type IncomingChannel, type IncomingPhase } from "./incoming-channel.ts";
export { ledgerMigrations } from "./migrations.ts";
export { type OutgoingChannel, OutgoingLedger, type OutgoingPhase } from "./outgoing.ts";
