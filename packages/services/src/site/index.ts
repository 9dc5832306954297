export { serveSite, type SiteOptions } from "./site.ts";
