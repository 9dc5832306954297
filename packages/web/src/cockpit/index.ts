export { CockpitScreen } from "./cockpit-screen.tsx";
