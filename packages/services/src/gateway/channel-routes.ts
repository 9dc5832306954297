// /v1/channels: what the gateway pays from. For the gateway's owner, on the gateway's own machine.

import { CocoonError, JsonReader, parseJson } from "@cocoon/protocol";
import { requireJson } from "@cocoon/sdk";
import { startReclaim } from "../channels/index.ts";
import type { HttpApp } from "../http/index.ts";
import type { Gateway } from "./gateway.ts";

export function addChannelRoutes(app: HttpApp, gateway: Gateway): void {
  const { answers, ledger, sessions } = gateway;
  app.get("/v1/channels", async () => {
    const data = await Promise.all(
      ledger.list().map(async ({ address, deposit, payee, phase }) => {
        const session = sessions.all.find(({ channel }) => channel === address);
        return {
          address,
          payee,
          phase,
          depositNanotons: deposit.toString(),
          spentNanotons: (await answers.spent(address)).toString(),
          ...(session !== undefined && {
            voucheredNanotons: session.account.vouchered.toString(),
          }),
        };
      }),
    );
    return Response.json({ object: "list", data });
  });
  app.post("/v1/channels/:address/close", async (context) => {
    requireJson(context.req.header("content-type"));
    const address = context.req.param("address");
    if (await wantsAlone(context.req.raw)) {
      const { closesAtSeconds } = await startReclaim(gateway, address);
      sessions.renew(address);
      return Response.json({ closesAtSeconds });
    }
    await sessions.next();
    const session = sessions.all.find(({ channel }) => channel === address);
    if (session === undefined) throw new CocoonError("channel_unknown");
    const closed = await session.closeChannel();
    const channel = ledger.find(address);
    if (channel !== undefined) await ledger.recordChain(address, "closed", channel.deposit);
    sessions.renew(address);
    return Response.json({
      transaction: closed.transaction,
      paidNanotons: closed.paid.toString(),
    });
  });
}

/** How a channel is closed: with the proxy, or without anybody. */
async function wantsAlone(request: Request): Promise<boolean> {
  const code = "request_malformed";
  const text = await request.text();
  if (text === "") return false;
  const json = new JsonReader(parseJson(text, code), code);
  return json.has("alone") && json.boolean("alone");
}
