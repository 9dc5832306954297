import type { ReactNode } from "react";
import { encode } from "uqr";

type Props = { readonly link: string; readonly label: string };

/** A link that a phone's camera reads. */
export function LinkCode({ label, link }: Props): ReactNode {
  const { data, size } = encode(link, { ecc: "L", border: 2 });
  const squares = data.flatMap((row, y) =>
    row.flatMap((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : [])),
  );
  return (
    <figure className="link-code">
      <svg
        viewBox={`0 0 ${size} ${size}`}
        role="img"
        aria-label={label}
        shapeRendering="crispEdges"
      >
        <rect width={size} height={size} fill="#fff" />
        <path d={squares.join("")} fill="#1d1a1e" />
      </svg>
      <figcaption className="soft small">{label}</figcaption>
    </figure>
  );
}
