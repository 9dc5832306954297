export { appraiseMachine, type MachineFinding, type MachineAppraisal } from "./appraisal.ts";
export { runProgram, type RunProgram, whileFound } from "./program.ts";
export { readSensors } from "./sensors.ts";
export { type Cpu, type Gpus, type MachineSurvey, surveyCpu, surveyMachine } from "./survey.ts";
export { type MachineView, viewMachine } from "./view.ts";
