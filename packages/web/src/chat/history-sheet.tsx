import { type FormEvent, type ReactNode, useState } from "react";
import { useLive } from "../live/index.ts";
import { useLanguage, useText } from "../text/index.ts";
import { formatAgo, Icon, Notice, useNow } from "../ui/index.ts";
import { type ChatState, removeConversation, showConversation } from "./chat-store.ts";
import { titleOf } from "./conversation.ts";
import { forget, keep, keepingState, unlock } from "./keeping.ts";

type Props = Pick<ChatState, "conversations" | "openId"> & { readonly onDone: () => void };

/** All conversations of this browser, and whether they are kept. */
export function HistorySheet({ conversations, onDone, openId }: Props): ReactNode {
  const { chat } = useText();
  const language = useLanguage();
  const nowMs = useNow();
  const show = (id: string): void => {
    showConversation(id);
    onDone();
  };
  return (
    <div className="history">
      {conversations.length === 0 && <p className="soft">{chat.noHistory}</p>}
      <ul>
        {conversations.map((conversation) => (
          <li key={conversation.id}>
            <button
              type="button"
              className="history-open"
              aria-current={conversation.id === openId}
              onClick={() => show(conversation.id)}
            >
              <span>{titleOf(conversation)}</span>
              <span className="soft small">
                {formatAgo(language, nowMs - conversation.beganAtMs)}
              </span>
            </button>
            <button
              type="button"
              className="button quiet tight"
              aria-label={chat.remove(titleOf(conversation))}
              onClick={() => removeConversation(conversation.id)}
            >
              <Icon name="bin" />
            </button>
          </li>
        ))}
      </ul>
      <Keeping />
    </div>
  );
}

function Keeping(): ReactNode {
  const { chat } = useText();
  const state = useLive(keepingState);
  if (state === "unknown") return undefined;
  if (state === "on") {
    return (
      <Notice kind="good">
        <p>{chat.kept}</p>
        <button type="button" className="button tight" onClick={() => void forget()}>
          {chat.forget}
        </button>
      </Notice>
    );
  }
  return <PassphraseForm isLocked={state === "locked"} />;
}

function PassphraseForm({ isLocked }: { readonly isLocked: boolean }): ReactNode {
  const { chat } = useText();
  const [passphrase, setPassphrase] = useState("");
  const [isWrong, setIsWrong] = useState(false);
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (isLocked) setIsWrong(!(await unlock(passphrase)));
    else await keep(passphrase);
  };
  return (
    <form className="card keeping" onSubmit={(event) => void submit(event)}>
      <h3>
        <Icon name="lock" /> {isLocked ? chat.locked : chat.keep}
      </h3>
      <p className="soft small">{isLocked ? chat.lockedMeaning : chat.keepMeaning}</p>
      <label className="field">
        <span>{chat.passphrase}</span>
        <input
          className="input"
          type="password"
          value={passphrase}
          autoComplete={isLocked ? "current-password" : "new-password"}
          onChange={(event) => setPassphrase(event.target.value)}
        />
      </label>
      {isWrong && <Notice kind="bad">{chat.wrongPassphrase}</Notice>}
      <div className="keeping-actions">
        <button type="submit" className="button main" disabled={passphrase.length < 8}>
          {isLocked ? chat.unlock : chat.keepAction}
        </button>
        {isLocked && (
          <button type="button" className="button quiet" onClick={() => void forget()}>
            {chat.forget}
          </button>
        )}
      </div>
    </form>
  );
}
