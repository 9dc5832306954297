export { type BuiltBundle, type BundleRequest, buildBundle, renewAtMs } from "./bundle.ts";
export { createIdentity, type WorkerIdentity } from "./identity.ts";
export { gpuCommandDefault, gpuTool, type GpuToolOptions } from "./gpu-tool.ts";
export { type HardwareAttesterOptions, openHardwareAttester } from "./hardware-attester.ts";
export { type MachineReport, type ReportSource } from "./report-source.ts";
export { snpguestReports } from "./snpguest.ts";
export { openTsmFolder, type TsmFolder, tsmPath, tsmReports } from "./tsm.ts";
