export { type AskedWitness, Cosigning } from "./cosigning.ts";
export {
  type AnchorReference,
  type LogLeaf,
  ReceiptLog,
  receiptLogMigrations,
} from "./receipt-log.ts";
export { addLogRoutes } from "./routes.ts";
export { TileFolder } from "./tile-folder.ts";
