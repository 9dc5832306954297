import { Component, type ReactNode } from "react";
import { useText } from "../text/index.ts";
import { Empty } from "../ui/index.ts";

type Props = { readonly children: ReactNode };
type State = { readonly hasFailed: boolean };

/** A page that breaks says so, and the others stay. */
export class Boundary extends Component<Props, State> {
  static getDerivedStateFromError(): State {
    return { hasFailed: true };
  }

  override readonly state: State = { hasFailed: false };

  override render(): ReactNode {
    return this.state.hasFailed ? <Failed /> : this.props.children;
  }
}

function Failed(): ReactNode {
  const { app } = useText();
  return (
    <div className="page" role="alert">
      <Empty icon="warning" title={app.failed} />
      <button type="button" className="button" onClick={() => location.reload()}>
        {app.retry}
      </button>
    </div>
  );
}
