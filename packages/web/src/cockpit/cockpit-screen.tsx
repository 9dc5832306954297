import { CocoonError } from "@cocoon/protocol";
import { type ChangeEvent, type FormEvent, type ReactNode, useState } from "react";
import { useText } from "../text/index.ts";
import { Icon, Notice } from "../ui/index.ts";
import "./cockpit.css";
import { type Access, readAccess, rememberAccess, rememberedAccess } from "./connection.ts";
import { Dashboard } from "./dashboard.tsx";
import { useWorker } from "./use-worker.ts";

/** An owner's own worker: what it does, what it earns, and why it idles. */
export function CockpitScreen(): ReactNode {
  const { cockpit: text } = useText();
  const [access, setAccess] = useState(rememberedAccess);
  const { books, failure, report } = useWorker(access);
  const connect = (next: Access | undefined): void => {
    rememberAccess(next);
    setAccess(next);
  };
  return (
    <article className="page">
      <header>
        <h1>{text.title}</h1>
        <p>{text.lead}</p>
      </header>
      {failure !== undefined && (
        <Notice kind="bad">
          <p>
            {text.refused} <code>{failure.code}</code>
          </p>
        </Notice>
      )}
      {access === undefined || (report === undefined && failure !== undefined) ? (
        <ConnectForm onConnect={connect} />
      ) : (
        <Dashboard report={report} books={books} onDisconnect={() => connect(undefined)} />
      )}
    </article>
  );
}

function ConnectForm({ onConnect }: { readonly onConnect: (access: Access) => void }): ReactNode {
  const { cockpit: text } = useText();
  const [url, setUrl] = useState("");
  const [token, setToken] = useState("");
  const [isUnread, setIsUnread] = useState(false);
  const take = (json: string): void => {
    try {
      onConnect(readAccess(json));
    } catch (error) {
      if (!(error instanceof CocoonError)) throw error;
      setIsUnread(true);
    }
  };
  const choose = async (event: ChangeEvent<HTMLInputElement>): Promise<void> => {
    const file = event.target.files?.item(0);
    if (file) take(await file.text());
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    take(JSON.stringify({ url: url.trim(), token: token.trim() }));
  };
  return (
    <form className="card connect" onSubmit={submit}>
      <p>{text.where}</p>
      <label className="button">
        <Icon name="attach" /> {text.choose}
        <input
          className="unseen"
          type="file"
          accept=".json,application/json"
          onChange={(event) => void choose(event)}
        />
      </label>
      <p className="soft small">{text.orType}</p>
      <label className="field">
        <span>{text.address}</span>
        <input
          className="input"
          type="url"
          value={url}
          placeholder="http://127.0.0.1:10040"
          autoComplete="off"
          onChange={(event) => setUrl(event.target.value)}
        />
      </label>
      <label className="field">
        <span>{text.key}</span>
        <input
          className="input mono"
          type="password"
          value={token}
          autoComplete="off"
          onChange={(event) => setToken(event.target.value)}
        />
      </label>
      {isUnread && <Notice kind="bad">{text.unread}</Notice>}
      <button type="submit" className="button main" disabled={url === "" || token === ""}>
        {text.connect}
      </button>
    </form>
  );
}
