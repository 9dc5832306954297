export type { CarrierCertificate } from "./carrier-certificate.ts";
export type { Refusal } from "./admission.ts";
export { dial, type DialOptions } from "./dial.ts";
export type { WelcomeOptions } from "./guests.ts";
export { listen, type Listener, type ListenOptions } from "./listen.ts";
export { acceptWebSockets, type WebSockets } from "./web-sockets.ts";
