import { CocoonError } from "@cocoon/protocol";
import { type DragEvent, type ReactNode, useState } from "react";
import { Failure } from "../reasons/index.ts";
import { useText } from "../text/index.ts";
import { Icon, Notice } from "../ui/index.ts";
import { type Judged, judge } from "./judge.ts";
import { VerdictView } from "./verdict-view.tsx";

type Result = Judged | CocoonError | "working" | undefined;

/** Drop a proof, see what holds. It needs nothing but the file. */
export function VerifyScreen(): ReactNode {
  const text = useText().verify;
  const [result, setResult] = useState<Result>();
  const [endpoint, setEndpoint] = useState("");
  const [isOver, setIsOver] = useState(false);
  const check = async (file: Blob | null | undefined): Promise<void> => {
    if (!file) return;
    setResult("working");
    try {
      setResult(await judge(file, endpoint));
    } catch (error) {
      if (!(error instanceof CocoonError)) throw error;
      setResult(error);
    }
  };
  const onDrag = (event: DragEvent): void => {
    event.preventDefault();
    setIsOver(event.type === "dragover");
    if (event.type === "drop") void check(event.dataTransfer.files.item(0));
  };
  return (
    <article className="page narrow" onDragOver={onDrag} onDragLeave={onDrag} onDrop={onDrag}>
      <header>
        <h1>{text.title}</h1>
        <p>{text.lead}</p>
      </header>
      <div className="section">
        <label className={`drop ${isOver ? "over" : ""}`}>
          <input
            className="unseen"
            type="file"
            accept=".json,application/json"
            onChange={(event) => void check(event.target.files?.item(0))}
          />
          <Icon name="verify" />
          <strong>{text.drop}</strong>
          <span className="soft">{text.choose}</span>
        </label>
        <Endpoint value={endpoint} onChange={setEndpoint} />
      </div>
      <div aria-live="polite">
        <Outcome result={result} />
      </div>
      <p className="soft small">
        {text.saved}{" "}
        <a href="./verify.html" download="cocoon-verify.html">
          {text.save}
        </a>
      </p>
    </article>
  );
}

type EndpointProps = { readonly value: string; readonly onChange: (value: string) => void };

function Endpoint({ onChange, value }: EndpointProps): ReactNode {
  const text = useText().verify;
  return (
    <details className="more">
      <summary>{text.askChain}</summary>
      <div>
        <p className="soft">{text.askChainMeaning}</p>
        <input
          className="input"
          type="url"
          aria-label={text.endpoint}
          placeholder="https://toncenter.com/api/v2/jsonRPC"
          autoComplete="off"
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      </div>
    </details>
  );
}

function Outcome({ result }: { readonly result: Result }): ReactNode {
  const text = useText().verify;
  if (result === undefined) return undefined;
  if (result === "working") return <p className="soft">{text.working}…</p>;
  if (!(result instanceof CocoonError)) return <VerdictView {...result} />;
  return (
    <div data-verdict={result.code}>
      <Notice kind="bad">
        <strong>{text.refused}</strong>
        <Failure code={result.code} message={result.message} />
      </Notice>
    </div>
  );
}
