export { chooseFunding, type Funding, fundingOf, onFunding } from "./funding.ts";
export {
  closeSession,
  failureOf,
  onReceiptProved,
  openClient,
  openSession,
  returnRest,
  type SessionPhase,
  sessionPhase,
} from "./open-session.ts";
export type { FundedClient } from "./session.ts";
