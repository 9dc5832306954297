// Of `@cocoon/sdk/ai-sdk`, apart from the rest: what it stands on is installed by those who use the AI SDK.

export {
  type CocoonProvider,
  type CocoonReach,
  createCocoonProvider,
  type ReachedProof,
} from "./provider.ts";
