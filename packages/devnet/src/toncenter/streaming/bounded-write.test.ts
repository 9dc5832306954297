import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { connect } from "node:net";
import { test } from "node:test";
import { writeBounded } from "./bounded-write.ts";

test("writeBounded() cuts off a client that does not read before the memory fills", async (context) => {
  const responses: ServerResponse[] = [];
  const server = createServer((_request, response) => {
    responses.push(response);
    writeBounded(response, ": hello\n\n");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  context.after(() => server.close());
  // oxlint-disable-next-line no-unsafe-type-assertion -- listening on TCP
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  socket.write("GET / HTTP/1.1\r\nhost: x\r\n\r\n");
  await once(socket, "data");
  socket.pause();
  const closed = once(socket, "close");
  const [response] = responses;
  assert.ok(response);
  const text = "x".repeat(65_536);
  let count = 0;
  // Writes in one turn reach no socket: what is unread is exactly what was written.
  while (writeBounded(response, text)) count += 1;
  assert.ok(count >= 8 && count <= 17, `${count}`);
  assert.ok(response.destroyed);
  assert.equal(writeBounded(response, text), false);
  socket.resume();
  await closed;
});
