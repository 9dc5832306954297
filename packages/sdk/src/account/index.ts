export { absentAccount, type TonAccount } from "./ton-account.ts";
export {
  type AccountProof,
  type BlockId,
  type ProvenAccount,
  verifyAccountProof,
} from "./verify-account.ts";
