import {
  type ChangeEvent,
  type FormEvent,
  type KeyboardEvent,
  type ReactNode,
  useState,
} from "react";
import { useLanguage, useText } from "../text/index.ts";
import { formatBytes, Icon, Notice } from "../ui/index.ts";
import { stopAnswer } from "./chat-store.ts";
import type { TextFile } from "./conversation.ts";

type Props = {
  readonly isBusy: boolean;
  readonly canAsk: boolean;
  readonly onAsk: (question: string, files: readonly TextFile[]) => void;
  /** What is written has changed: for the estimate. */
  readonly onWrite: (text: string) => void;
  readonly children: ReactNode;
};

const fileBytesMax = 200_000;
const filesMax = 8;

/** Where a question is written. Enter sends it, Shift and Enter begin a new line. */
export function Composer({ canAsk, children, isBusy, onAsk, onWrite }: Props): ReactNode {
  const { chat } = useText();
  const [question, setQuestion] = useState("");
  const [files, setFiles] = useState<readonly TextFile[]>([]);
  const [isRefused, setIsRefused] = useState(false);
  const write = (text: string, attached: readonly TextFile[]): void => {
    setQuestion(text);
    setFiles(attached);
    onWrite([text, ...attached.map((file) => file.text)].join(""));
  };
  const send = (): void => {
    if (!canAsk || isBusy || question.trim() === "") return;
    onAsk(question.trim(), files);
    write("", []);
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  };
  const attach = async (event: ChangeEvent<HTMLInputElement>): Promise<void> => {
    const chosen = [...(event.target.files ?? [])].slice(0, filesMax - files.length);
    const read = await Promise.all(chosen.map(readFile));
    setIsRefused(read.includes(undefined));
    write(question, [...files, ...read.filter((file) => file !== undefined)]);
    event.target.value = "";
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    send();
  };
  return (
    <form className="composer" onSubmit={submit}>
      {isRefused && <Notice kind="caution">{chat.tooLarge}</Notice>}
      <Attached
        files={files}
        onDetach={(name) =>
          write(
            question,
            files.filter((file) => file.name !== name),
          )
        }
      />
      <textarea
        rows={1}
        aria-label={chat.ask}
        placeholder={chat.ask}
        value={question}
        onChange={(event) => write(event.target.value, files)}
        onKeyDown={onKey}
      />
      <div className="composer-foot">
        <label className="button quiet tight" title={chat.attach}>
          <Icon name="attach" />
          <span className="unseen">{chat.attach}</span>
          <input className="unseen" type="file" multiple onChange={(event) => void attach(event)} />
        </label>
        {children}
        <SendButton isBusy={isBusy} isReady={canAsk && question.trim() !== ""} />
      </div>
    </form>
  );
}

function SendButton({
  isBusy,
  isReady,
}: {
  readonly isBusy: boolean;
  readonly isReady: boolean;
}): ReactNode {
  const { chat } = useText();
  if (isBusy) {
    return (
      <button
        type="button"
        className="button main round"
        aria-label={chat.stop}
        onClick={stopAnswer}
      >
        <Icon name="stop" />
      </button>
    );
  }
  return (
    <button type="submit" className="button main round" aria-label={chat.send} disabled={!isReady}>
      <Icon name="send" />
    </button>
  );
}

type AttachedProps = {
  readonly files: readonly TextFile[];
  readonly onDetach: (name: string) => void;
};

function Attached({ files, onDetach }: AttachedProps): ReactNode {
  const { chat } = useText();
  const language = useLanguage();
  if (files.length === 0) return undefined;
  return (
    <ul className="attached">
      {files.map(({ name, text }) => (
        <li key={name} className="tag">
          {chat.attached(name, formatBytes(language, text.length))}
          <button type="button" aria-label={chat.detach(name)} onClick={() => onDetach(name)}>
            <Icon name="close" />
          </button>
        </li>
      ))}
    </ul>
  );
}

/** Undefined for what is too large, or no text. */
async function readFile(file: File): Promise<TextFile | undefined> {
  if (file.size > fileBytesMax) return undefined;
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(await file.arrayBuffer());
    return { name: file.name, text };
  } catch {
    return undefined;
  }
}
