import type { ReceiptState } from "@cocoon/sdk";
import { lazy, type ReactNode, Suspense, useEffect, useState } from "react";
import { currentPulse } from "../network/index.ts";
import { useText } from "../text/index.ts";
import { Icon, Notice } from "../ui/index.ts";
import { recordVerdict } from "./chat-store.ts";
import type { OpenedProof } from "./proofs.ts";

const VerdictView = lazy(async () => ({
  default: (await import("../verify/index.ts")).VerdictView,
}));

type Props = {
  readonly receipt: string;
  /** When it comes further the proof is opened anew. */
  readonly state: ReceiptState;
};

/** An answer's whole proof, checked here and on the chain, and the file of it. */
export function ProofSheet({ receipt, state }: Props): ReactNode {
  const { app, chat } = useText();
  const proof = useProof(receipt, state);
  if (proof === undefined) return <p className="soft">{app.loading}…</p>;
  if (proof === null) return <Notice kind="bad">{chat.noProof}</Notice>;
  return (
    <Suspense fallback={<p className="soft">{app.loading}…</p>}>
      <div className="proof-sheet">
        <VerdictView {...proof} />
        <button type="button" className="button" onClick={() => save(receipt, proof.text)}>
          <Icon name="download" /> {chat.download}
        </button>
      </div>
    </Suspense>
  );
}

/** Undefined while it is checked, null where this browser does not have it. */
function useProof(receipt: string, state: ReceiptState): OpenedProof | null | undefined {
  const [proof, setProof] = useState<OpenedProof | null>();
  useEffect(() => {
    let isCurrent = true;
    const open = async (): Promise<void> => {
      const { openProof } = await import("./proofs.ts");
      const opened = await openProof(receipt, currentPulse.read().description?.endpoints[0]);
      if (!isCurrent) return;
      setProof(opened ?? null);
      if (opened !== undefined) recordVerdict(receipt, opened.verdict.holds ? "holds" : "fails");
    };
    open().catch(() => void (isCurrent && setProof(null)));
    return () => {
      isCurrent = false;
    };
  }, [receipt, state]);
  return proof;
}

function save(receipt: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = `cocoon-proof-${receipt}.json`;
  link.click();
  URL.revokeObjectURL(url);
}
