// TON's libraries take Node's Buffer for granted.

import { Buffer } from "buffer/";

globalThis.Buffer = Buffer;
