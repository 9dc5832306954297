export { CocoonError, type ErrorDetails } from "./cocoon-error.ts";
export {
  type Blame,
  errorTable,
  type ErrorCode,
  type ErrorRow,
  isErrorCode,
  type Retry,
} from "./table.ts";
