import { operatorNotice } from "@cocoon/protocol";
import { type ReactNode, useState } from "react";
import { useText } from "../text/index.ts";
import { Cocoon, Drawer, formatShortTon, Icon } from "../ui/index.ts";
import type { AnswerProof } from "./conversation.ts";
import { ProofSheet } from "./proof-sheet.tsx";

const windings = { signed: 1, included: 2, anchored: 3 } as const;

/** How far an answer's proof has come, at a glance; one click opens it. */
export function Badge({ proof }: { readonly proof: AnswerProof }): ReactNode {
  const { chat, states, tiers } = useText();
  const [isOpen, setIsOpen] = useState(false);
  const { receipt, state, tier, verdict } = proof;
  const hasFailed = verdict === "fails";
  return (
    <>
      <button
        type="button"
        className={`badge ${kindOf(proof)}`}
        data-receipt={receipt}
        data-state={state}
        data-verdict={verdict}
        title={chat.openProof}
        onClick={() => setIsOpen(true)}
      >
        {hasFailed ? <Icon name="warning" /> : <Cocoon wound={windings[state]} />}
        {hasFailed ? (
          <span>{chat.unproven}</span>
        ) : (
          <>
            <span>{tiers[tier]}</span>
            <span aria-hidden="true">·</span>
            <span aria-live="polite">{states[state]}</span>
          </>
        )}
      </button>
      <span className="soft small number">{chat.cost(formatShortTon(BigInt(proof.cost)))}</span>
      <Drawer isOpen={isOpen} onClose={() => setIsOpen(false)} title={chat.proof}>
        <ProofSheet receipt={receipt} state={state} />
      </Drawer>
    </>
  );
}

/** Only what hardware vouches for, and what this page verified, looks as if all were well. */
function kindOf({ tier, verdict }: AnswerProof): string {
  if (verdict === "fails") return "bad";
  if (verdict === undefined) return "";
  return operatorNotice(tier) === undefined ? "good" : "caution";
}
