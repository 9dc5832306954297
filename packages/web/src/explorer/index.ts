export { ExplorerScreen } from "./explorer-screen.tsx";
