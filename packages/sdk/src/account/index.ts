export { absentAccount, type AccountState } from "./account-state.ts";
export {
  type AccountProof,
  type BlockId,
  type ProvenAccount,
  verifyAccountProof,
} from "./verify-account.ts";
